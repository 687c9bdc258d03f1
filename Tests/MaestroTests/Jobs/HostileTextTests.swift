// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Testing

@testable import Maestro

/// Input 35: no text of somebody else's may cost minutes.
///
/// There is no regular expression in the sources (`scripts/floors` looks); these are the loops that take their place.
@Suite struct `A hostile text` {
    /// Everything in the engine that walks over a text; the names are for people.
    private static let scanners: [(name: String, scan: @Sendable (String) -> Void)] = [
        ("redaction", { _ = Redactor.standard.redacting($0) }),
        ("hidden characters", { _ = HiddenCharacters.removed(from: $0) }),
        ("prompt imitation", { _ = PromptImitation.first(in: $0) }),
        ("personal data", { _ = PersonalData.found(in: $0, isStrict: true) }),
        ("a quote from it", { _ = QuoteMatcher(String($0.prefix(1000)) + "x").passage(in: $0) }),
        ("likeness", { _ = Similarity($0).saysTheSame(as: Similarity($0 + "x")) }),
        ("words", { _ = WordBag($0) }),
        ("one line", { _ = EntryFile.oneLine($0).onOneLine.cut(toBytes: 100) }),
        ("an entry", { _ = EntryFile(text: $0) }),
        ("a front matter", { _ = EntryFile(text: "---\ntype: user\ndescription: x\n\($0)\n---\n") }),
        ("a description", { _ = EntryFile(text: "---\ntype: user\ndescription: \($0)\n---\n") }),
        ("a body", { _ = DocumentFaults.ofEntry("---\ntype: user\ndescription: x\n---\n\($0)\n") }),
        ("a piece", { _ = try? Piece(yaml: $0) }),
        ("a value of a piece", { _ = try? Piece(yaml: "maestro: 1\nx-a: \($0)") }),
        ("a reply", { _ = ReplyBench().faults(of: $0) }),
        ("a reply with it", { _ = ReplyBench().faults(of: "{\"reasoning\":\"\($0)\",\"memory_changes\":[\($0)") }),
        ("a difference", { _ = UnifiedDiff(from: $0, to: "x\n" + $0 + "y").text(from: "a", to: "b") }),
        ("directives", { _ = Directive.all(in: $0) }),
        ("statements", { _ = Sentences.statements(in: $0) }),
        ("a command", { _ = ShellCommand($0) }),
        (
            "a digest",
            { text in
                let event = Event(number: 1, actor: .user, kind: .message, text: text, line: 1)
                _ = Digest(Activity(format: "text", events: [event]), maxBytes: 4096)
            }
        ),
        ("an index", { _ = MemoryIndex.text(of: [], in: $0 + MemoryIndex.begin + $0) }),
    ]

    @Test(.timeLimit(.minutes(30)), arguments: HostileText.patterns)
    func `is passed over once by everything that looks at it`(pattern: String) {
        let text = HostileText.of(pattern)
        for (_, scan) in Self.scanners { scan(text) }
    }
}
