// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A throw-away PostgreSQL: one cluster in a temporary folder, reached by a Unix socket there and by nothing else.
///
/// It ends, and its folder goes, when this process ends, however it ends.
package final class PostgresServer: Sendable {
    /// The one that the tests of this process share; each has a schema of its own in it.
    package static let shared = Task { try await PostgresServer.start() }

    /// Tests that need it carry `.enabled(if: PostgresServer.isInstalled, …)`, so that they skip with a message elsewhere.
    package static var isInstalled: Bool { binaries != nil && (getuid() != 0 || hasServerUser) }
    package static let absence: String = "no PostgreSQL server is installed (Debian: `apt install postgresql`)"

    private static let schemas = 1000
    /// Nothing outlives a test, so nothing need reach the disk.
    private static let testSettings = ["fsync=off", "full_page_writes=off", "max_connections=300"]

    /// Its socket lies here, its data in `data`, its log in `log`.
    package let folder: String
    private let process: Process
    private let input: FileHandle
    private let output: FileHandle
    private let nextSchema = Mutex(1)

    private init(folder: String, process: Process, input: FileHandle, output: FileHandle) {
        self.folder = folder
        self.process = process
        self.input = input
        self.output = output
    }

    /// Makes and starts a cluster; `settings` as `postgres -c` takes them.
    package static func start(settings: [String]? = nil) async throws -> PostgresServer {
        let settings = settings ?? testSettings
        return try await onOwnThread { try launch(settings) }
    }

    /// The URL of a whole database, which somebody has made.
    package func url(ofDatabase name: String) -> String { "postgres:///\(name)?host=\(folder)&user=postgres" }

    /// The URL of an empty schema that nobody else uses.
    package func makeURL() throws -> String {
        let number = nextSchema.withLock { number in
            defer { number += 1 }
            return number
        }
        guard number <= Self.schemas else { throw BenchFailure("more than \(Self.schemas) schemas are in use") }
        return "postgres:///postgres?host=\(folder)&user=postgres&options=-csearch_path%3Dt\(number)"
    }

    /// Stops the server at once, as a crash would, and starts it again.
    package func restart() async throws {
        try await Self.onOwnThread { [self] in
            try input.write(contentsOf: Data("restart\n".utf8))
            try Self.awaitReady(output, folder)
        }
    }

    // MARK: - The process

    /// Ends with its standard input, whose other end only this process holds.
    ///
    /// The traps leave a Ctrl-C at the terminal to us.
    private static let script = """
        trap '' INT TERM HUP
        bin=$1 dir=$2; shift 2
        options="-k $dir -c listen_addresses="
        for setting; do options="$options -c $setting"; done
        "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale -N >"$dir/log" 2>&1 || exit 1
        up() { "$bin/pg_ctl" -D "$dir/data" -w -t 120 -l "$dir/log" -o "$options" start >/dev/null 2>&1; }
        down() { "$bin/pg_ctl" -D "$dir/data" -w -m immediate stop >/dev/null 2>&1; }
        up || exit 1
        "$bin/psql" -h "$dir" -U postgres -q -c "DO \\$\\$ BEGIN FOR n IN 1..\(schemas) LOOP
            EXECUTE format('CREATE SCHEMA t%s', n); END LOOP; END \\$\\$" postgres >>"$dir/log" 2>&1 || exit 1
        echo ready
        while read -r line; do down; up && echo ready; done
        down
        rm -rf "$dir"
        """

    private static func launch(_ settings: [String]) throws -> PostgresServer {
        guard let binaries else { throw BenchFailure(absence) }
        // Short: the path of a socket has at most 107 bytes.
        let folder = "/tmp/maestro-pg-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        var command = ["/bin/sh", "-c", script, "sh", binaries, folder] + settings
        if getuid() == 0 {
            // PostgreSQL refuses to run as root.
            command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"] + command
            try FileManager.default.setAttributes([.ownerAccountName: "postgres"], ofItemAtPath: folder)
        }
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // Another child that had this end too would keep the server alive after us.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        try awaitReady(output.fileHandleForReading, folder)
        return PostgresServer(
            folder: folder,
            process: process,
            input: input.fileHandleForWriting,
            output: output.fileHandleForReading
        )
    }

    private static func awaitReady(_ output: FileHandle, _ folder: String) throws {
        guard String(decoding: output.availableData, as: UTF8.self).contains("ready") else {
            let log = FileManager.default.contents(atPath: "\(folder)/log") ?? Data()
            throw BenchFailure("PostgreSQL did not start: \(String(decoding: log.suffix(2000), as: UTF8.self))")
        }
    }

    private static func onOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }

    // MARK: - What is installed

    /// The folder of the newest server's programs.
    package static let binaries: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (newest + path).first { folder in
            ["initdb", "pg_ctl", "postgres", "psql"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
    }()

    private static let hasServerUser: Bool = {
        let users = FileManager.default.contents(atPath: "/etc/passwd") ?? Data()
        return String(decoding: users, as: UTF8.self).split(separator: "\n").contains { $0.hasPrefix("postgres:") }
    }()
}
