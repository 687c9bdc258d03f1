// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

/// One store that has user `ann`, and a folder for her documents.
struct PulledBench {
    enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
        case embedded, postgres

        var testDescription: String { rawValue }

        /// Those that can be had here.
        static var here: [StoreKind] { hasPostgres && PostgresServer.isInstalled ? allCases : [.embedded] }

        #if Postgres
        private static let hasPostgres = true
        #else
        private static let hasPostgres = false
        #endif
    }

    static var folder: FilePath { TemporaryFolder.path.appending("pulled") }
    /// The global entry that ``fill()`` makes, and that of the project.
    static let entry = "memory/feedback-lint-before-push.md"
    static let projectEntry = "projects/github.com%2facme%2fharbour/memory/project-iso-dates-harbour.md"

    let maestro: Binary

    init(_ kind: StoreKind) async throws {
        // Whose folder it is stands in the folder.
        var environment = ["MAESTRO_USER": "ann"]
        if kind == .postgres { environment["MAESTRO_STORE_URL"] = try await PostgresServer.shared.value.makeURL() }
        maestro = Binary(environment: environment)
    }

    /// Two entries and a piece of one's own, pulled.
    static func filled(_ kind: StoreKind) async throws -> PulledBench {
        let bench = try await PulledBench(kind)
        try await bench.done("remember", "Lint before push", "--project", "global")
        try await bench.done(
            "remember",
            "ISO dates in harbour",
            "--type",
            "project",
            "--project",
            "github.com/acme/harbour"
        )
        let piece = try await bench.done("piece", "show", "fix-issue")
        try await bench.inStore(piece.replacing("max_steps: 24", with: "max_steps: 9"), piece: "fix-issue")
        try await bench.done("pull", folder.string)
        return bench
    }

    // MARK: - Commands

    /// What a command that must succeed prints.
    @discardableResult
    func done(_ arguments: String...) async throws -> String {
        let finished = try await maestro.run(arguments) { _ in }
        try #require(finished.code == 0, "\(arguments): \(finished.err)")
        return finished.out
    }

    func push(_ more: String...) async throws -> Binary.Finished {
        try await maestro.run(["push", Self.folder.string] + more) { _ in }
    }

    func pull(_ more: String...) async throws -> Binary.Finished {
        try await maestro.run(["pull", Self.folder.string] + more) { _ in }
    }

    /// A person edits the global entry in the store itself.
    func inStore(_ text: String) async throws {
        let finished = try await maestro.run(
            "memory",
            "edit",
            "feedback-lint-before-push",
            "--project",
            "global",
            "--file",
            "-",
            input: text
        )
        try #require(finished.code == 0, "\(finished.err)")
    }

    func inStore(_ text: String, piece: String) async throws {
        let finished = try await maestro.run("piece", "edit", piece, "--file", "-", input: text)
        try #require(finished.code == 0, "\(finished.err)")
    }

    /// The global entry as the store has it.
    func storedEntry() async throws -> String {
        try await done("memory", "show", "feedback-lint-before-push", "--project", "global")
    }

    /// How many commits there were.
    func commits() async throws -> Int { try await maestro.run("log", "--json").objects().count }

    // MARK: - Files

    func read(_ place: String = entry) throws -> String {
        try String(contentsOfFile: Self.folder.appending(place).string, encoding: .utf8)
    }

    func write(_ text: String, to place: String = entry) throws {
        let path = Self.folder.appending(place)
        let folder = path.removingLastComponent().string
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: path.string, atomically: true, encoding: .utf8)
    }

    func remove(_ place: String) throws {
        try FileManager.default.removeItem(atPath: Self.folder.appending(place).string)
    }

    func exists(_ place: String) -> Bool {
        FileManager.default.fileExists(atPath: Self.folder.appending(place).string)
    }

    /// Every file of the folder with its bytes, without the lock.
    func files() throws -> [String: Data] {
        let root = Self.folder.string
        var files: [String: Data] = [:]
        for place in try FileManager.default.subpathsOfDirectory(atPath: root) where !place.hasSuffix(".lock") {
            let path = "\(root)/\(place)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            files[place] = FileManager.default.contents(atPath: path)
        }
        return files
    }

    static func text(_ body: String) -> String {
        "---\nname: any\ndescription: a rule\ntype: feedback\n---\n\n\(body)\n"
    }
}
