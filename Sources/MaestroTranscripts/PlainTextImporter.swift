// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Text that is no JSON at all: a log, or a conversation with the speakers' names at the start of lines.
///
/// Only where both a person and an agent are named is it a conversation; a log may well have a line `User: root`. Else
/// nobody can say whose words these are: all of it is `tool`, evidence that must wait.
struct PlainTextImporter {
    static func transcript(of source: SourceText) -> Transcript {
        var importer = PlainTextImporter(source.limits)
        for line in String(decoding: source.bytes, as: UTF8.self).lines { importer.read(line) }
        return importer.transcript()
    }

    /// The same lines both ways: which one it is shows at the end.
    private var conversation: Speech
    private var log: Speech

    init(_ limits: TranscriptLimits = .standard) {
        conversation = Speech(list: EventList(limits), isConversation: true)
        log = Speech(list: EventList(limits), isConversation: false)
    }

    mutating func read(_ line: Substring) {
        conversation.read(line)
        log.read(line)
    }

    consuming func transcript() -> Transcript {
        let isConversation = conversation.actors.isSuperset(of: [.user, .agent])
        var list = isConversation ? conversation.finished() : log.finished()
        list.notes.append(
            isConversation
                ? "read as text with speakers named at the start of lines"
                : "read as text without speakers: nothing in it counts as a person's words"
        )
        return Transcript(
            format: .text,
            outcome: isConversation ? OutcomeInference.outcome(of: list.events) : .unknown,
            activity: list.activity(.text)
        )
    }
}
