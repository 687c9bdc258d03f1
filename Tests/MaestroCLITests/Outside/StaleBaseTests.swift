// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// What a person does to the files while the model thinks.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `While the model thinks` {
    /// A person's act, and what becomes of the model's update of one entry and its addition of another.
    struct Act: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let verdicts: [String?]
        /// What must stand there afterwards, byte for byte; nil: nothing.
        let left: [String: String?]
        let perform: @Sendable (URL) throws -> Void
    }

    private static let linter = "feedback-linter-first.md"
    private static let lines = "feedback-short-lines.md"

    private static func entry(_ name: String, _ body: String) -> String {
        "---\nname: \(name)\ndescription: \(name)\ntype: feedback\n---\n\n\(body)\n"
    }

    private static let inPlace = entry("feedback-linter-first", "Run the linter last, says the person.")
    private static let other = entry("feedback-ask-first", "Ask before you deploy.")
    private static let same = entry("feedback-short-lines", "Lines have 100 columns, says the person.")

    static let acts: [Act] = [
        Act(testDescription: "nothing", verdicts: [nil, nil], left: [:]) { _ in },
        Act(testDescription: "saves the entry in place", verdicts: ["stale", nil], left: [linter: inPlace]) { folder in
            let file = try FileHandle(forWritingTo: folder.appending(path: linter))
            defer { _ = Result { try file.close() } }
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: Data(inPlace.utf8))
        },
        Act(testDescription: "saves the entry by a rename", verdicts: ["stale", nil], left: [linter: inPlace]) {
            try inPlace.write(to: $0.appending(path: linter), atomically: true, encoding: .utf8)
        },
        Act(testDescription: "deletes the entry", verdicts: ["stale", nil], left: [linter: nil]) {
            try FileManager.default.removeItem(at: $0.appending(path: linter))
        },
        Act(testDescription: "writes another entry", verdicts: [nil, nil], left: ["feedback-ask-first.md": other]) {
            try other.write(to: $0.appending(path: "feedback-ask-first.md"), atomically: false, encoding: .utf8)
        },
        Act(testDescription: "writes the entry that is added", verdicts: [nil, "already_exists"], left: [lines: same]) {
            try same.write(to: $0.appending(path: lines), atomically: false, encoding: .utf8)
        },
        Act(
            testDescription: "a sync tool adds its copy",
            verdicts: [nil, nil],
            left: ["feedback-linter-first (conflict).md": inPlace]
        ) {
            let file = $0.appending(path: "feedback-linter-first (conflict).md")
            try inPlace.write(to: file, atomically: true, encoding: .utf8)
        },
    ]

    @Test(arguments: acts)
    func `a person wins, and the rest is judged on what stands there then`(act: Act) async throws {
        let data = DataFolder(path: Binary.data.string)
        let folder = URL(filePath: data.path).appending(path: "users/me/memory")
        try await TestServer.run(Scenario.script) { server in
            for command in try Scenario.reflect.preparation() {
                #expect(try await Stage.maestro(data, server).run(command) { _ in }.code == 0)
            }
        }
        let gate = Gate()
        let finished = try await TestServer.run(gate.script(Scenario.second)) { server in
            try await Stage.maestro(data, server).run(try Scenario.reflect.command() + ["--json"]) { _ in
                await gate.untilAsked()
                try act.perform(folder)
                gate.open()
            }
        }

        #expect(finished.code == 0, "\(finished.err)")
        let decisions = try #require(try finished.object()["decisions"] as? [[String: Any]])
        #expect(decisions.map { $0["code"] as? String } == act.verdicts, "\(decisions)")
        for (name, text) in act.left { #expect(try data.documents()["memory/" + name] == text, "\(name)") }
        #expect(data.leftovers() == [])
        #expect(try await Binary().run("fsck").code == 0)
    }
}
