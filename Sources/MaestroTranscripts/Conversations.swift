// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Lists of chat messages, of either vendor, alone or several in one file.
enum Conversations {
    /// The messages of a conversation: a list of them, or the `messages` of an object.
    ///
    /// Nil where most items are something else; the others are counted by the importer.
    static func messages(in value: JSONValue) -> [JSONValue]? {
        let list = value.array ?? value["messages"]?.array ?? []
        return list.count(where: isMessage) * 2 > list.count ? list : nil
    }

    static func isMessage(_ value: JSONValue) -> Bool {
        OpenAIChatImporter.roles.contains(value["role"]?.string ?? "")
    }

    static func transcript(
        of messages: [JSONValue],
        in container: JSONValue,
        as format: TranscriptFormat?,
        _ name: String,
        line: (Int) -> Int = { $0 + 1 }
    ) throws(TranscriptError) -> Transcript {
        let id = id(of: container)
        let looksAnthropic = container["system"] != nil || AnthropicImporter.isAnthropic(messages)
        if format == .anthropic || format == nil && looksAnthropic {
            let system = container["system"]
            return try AnthropicImporter.transcript(of: messages, system: system, id: id, name: name, line: line)
        }
        return try OpenAIChatImporter.transcript(of: messages, id: id, name: name, line: line)
    }

    /// The jobs of several conversations in one file; nil where most items are none.
    ///
    /// Items that are none, or that hold no text, are counted with the first job.
    static func transcripts(
        of items: [JSONValue],
        as format: TranscriptFormat?,
        _ name: String
    ) throws(TranscriptError) -> [Transcript]? {
        let found = items.compactMap { item in messages(in: item).map { (item: item, messages: $0) } }
        guard found.count * 2 > items.count else { return nil }
        // An id may stand there more than once, as of a thread that was saved several times: the store tells them apart.
        var transcripts: [Transcript] = []
        var failure: TranscriptError?
        for (item, messages) in found {
            do {
                transcripts.append(try transcript(of: messages, in: item, as: format, name))
            } catch { failure = error }
        }
        if transcripts.isEmpty, let failure { throw failure }
        let skipped = items.count - transcripts.count
        if skipped > 0 { transcripts[0].activity.unknownRecords["not a conversation"] = skipped }
        return transcripts
    }

    private static func id(of container: JSONValue) -> String? {
        let keys = ["session_id", "sessionId", "conversation_id", "thread_id", "id"]
        return keys.lazy.compactMap { container[$0]?.string }.first
    }
}
