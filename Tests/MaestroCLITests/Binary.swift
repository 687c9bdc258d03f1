// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Subprocess
import SystemPackage
import Testing

/// The real `maestro`, as a person or a script runs it: in a folder of the test's own, with nothing else in its
/// environment.
struct Binary {
    /// What one run left behind.
    struct Finished {
        let status: TerminationStatus
        let out: String
        let err: String

        var code: Int32? { if case .exited(let code) = status { code } else { nil } }
        var lines: [String] { out.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }

        /// Every line of the output as a JSON object.
        func objects() throws -> [[String: Any]] {
            try out.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
        }

        func object() throws -> [String: Any] {
            let all = try objects()
            try #require(all.count == 1, "one line of JSON, but there are \(all.count): \(out) \(err)")
            return all[0]
        }
    }

    var environment: [String: String] = [:]
    /// A program that runs it, with its arguments: a tracer.
    var wrapper: [String] = []

    /// The data folder of every run.
    static var data: FilePath { TemporaryFolder.path.appending("data") }
    /// The session that ships with the repository: one plain directive (line 29), one refusal with words (line 10).
    static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "examples/first-session.jsonl").path
    static let exampleProject = "/srv/team/harbour"

    func run(_ arguments: String..., input: String = "") async throws -> Finished {
        try await run(arguments, input: input) { _ in }
    }

    /// Runs `meanwhile` beside the process: to send it a signal.
    func run(
        _ arguments: [String],
        input: String = "",
        meanwhile: (_ send: (Signal) throws -> Void) async throws -> Void
    ) async throws -> Finished {
        try await run(arguments, input: input) { _, send in try await meanwhile(send) }
    }

    /// The same, for whom the number of the process matters.
    func run(
        _ arguments: [String],
        input: String = "",
        meanwhile: (_ process: Int32, _ send: @escaping @Sendable (Signal) throws -> Void) async throws -> Void
    ) async throws -> Finished {
        let path = try #require(Self.path, "`maestro` does not lie beside the tests")
        let command = wrapper + [path.string] + arguments
        let result = try await Subprocess.run(
            .path(FilePath(command[0])),
            arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(variables),
            workingDirectory: TemporaryFolder.path,
            input: .string(input),
            output: .string(limit: 8 << 20),
            error: .string(limit: 8 << 20)
        ) { execution in
            try await meanwhile(execution.processIdentifier.value) { try execution.send(signal: $0) }
        }
        return Finished(status: result.terminationStatus, out: result.standardOutput, err: result.standardError)
    }

    /// Runs it through a shell, for what only a shell can do with its files.
    func shell(_ command: String) async throws -> Finished {
        let path = try #require(Self.path, "`maestro` does not lie beside the tests")
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: ["-c", "exec '\(path)' \(command)"],
            environment: .custom(variables),
            workingDirectory: TemporaryFolder.path,
            output: .string(limit: 8 << 20),
            error: .string(limit: 8 << 20)
        )
        return Finished(status: result.terminationStatus, out: result.standardOutput, err: result.standardError)
    }

    private var variables: [Environment.Key: String] {
        var all: [String: String] = [
            "PATH": "/usr/bin:/bin", "HOME": TemporaryFolder.path.string, "MAESTRO_DATA": Self.data.string,
        ]
        all.merge(environment) { $1 }
        return Dictionary(
            uniqueKeysWithValues: all.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } }
        )
    }

    /// Beside the test bundle, where the build puts all products.
    static let path: FilePath? = {
        var places = [CommandLine.arguments[0], Bundle.main.bundlePath].map { URL(filePath: $0) }
        places += places.map { $0.resolvingSymlinksInPath() }
        for start in places {
            var folder = start
            for _ in 0..<5 {
                folder = folder.deletingLastPathComponent()
                let file = folder.appending(path: "maestro").path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue {
                    return FilePath(file)
                }
            }
        }
        return nil
    }()

    // MARK: - Steps that many tests start with

    /// Reflects on the example: one change applied, one waiting.
    @discardableResult
    func reflectOnExample(_ more: String...) async throws -> [String: Any] {
        let finished = try await run(["reflect", Self.example, "--reflector", "offline", "--json"] + more) { _ in }
        try #require(finished.code == 0, "\(finished.err)")
        return try finished.object()
    }

    /// A chat in which a person directs something plainly after the first turn.
    static func chat(saying directive: String = "From now on, always run `make lint` before you push.") -> String {
        let turns = [
            ("user", "Fix the failing date test."), ("assistant", "It is fixed."), ("user", directive),
            ("assistant", "I will."),
        ]
        let messages = turns.map { ["role": $0.0, "content": $0.1] }
        let data = (try? JSONSerialization.data(withJSONObject: messages, options: .sortedKeys)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// Files below the user's folder, by relative path, without Maestro's own.
    static func documents(of user: String = "me") throws -> [String: String] {
        let root = URL(filePath: data.appending("users").appending(user).string)
        guard let walker = FileManager.default.enumerator(atPath: root.path) else { return [:] }
        var texts: [String: String] = [:]
        for case let path as String in walker
        where !path.hasPrefix(".maestro") && !path.hasPrefix("reflections")
            && (path.hasSuffix(".md") || path.hasSuffix(".yaml"))
        {
            texts[path] = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        }
        return texts
    }
}
