// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Maestro

/// Reads the bytes of a transcript into jobs, whatever format they are in.
///
/// The format is reported, never guessed in silence.
package enum TranscriptReader {
    /// The jobs in `bytes`, at least one.
    ///
    /// `format` says what it is; nil looks. `name` is what messages call the file.
    /// - Throws: ``TranscriptError`` where it is none of the formats; nothing was kept.
    package static func read(
        _ bytes: Data,
        format: TranscriptFormat? = nil,
        name: String
    ) throws(TranscriptError) -> [Transcript] {
        let source = try SourceText(bytes, name: name)
        switch format {
        case .text: return [PlainTextImporter.transcript(of: source)]
        case .claudeCode: return [try ClaudeCodeImporter.transcript(of: source)]
        case .openAIChat, .anthropic, .tauBench, nil: break
        }
        if ["{", "["].contains(Character(Unicode.Scalar(source.firstByte))), let value = source.wholeJSON() {
            return try transcripts(of: value, as: format, name)
        }
        return try transcripts(ofLines: source, as: format)
    }

    // MARK: - One JSON value

    private static func transcripts(
        of value: JSONValue,
        as format: TranscriptFormat?,
        _ name: String
    ) throws(TranscriptError) -> [Transcript] {
        if let known = ForeignFormat.name(of: value) { throw .unknownFormat(name, looksLike: known) }
        let items = value.array ?? [value]
        if !items.isEmpty, items.allSatisfy(TauBenchImporter.isResult) {
            return try TauBenchImporter.transcripts(of: items, name: name)
        }
        if let messages = messages(in: value) {
            return [try transcript(of: messages, in: value, as: format, name)]
        }
        if items.allSatisfy({ messages(in: $0) != nil }), !items.isEmpty {
            return try conversations(items, as: format, name)
        }
        if isClaudeCode(value), let source = try? SourceText(Data(value.text.utf8), name: name) {
            return [try ClaudeCodeImporter.transcript(of: source)]
        }
        throw .unknownFormat(name, looksLike: nil)
    }

    /// The messages of a conversation: a list of them, or the `messages` of an object.
    private static func messages(in value: JSONValue) -> [JSONValue]? {
        let list = value.array ?? value["messages"]?.array
        guard let list, !list.isEmpty, list.allSatisfy(isMessage) else { return nil }
        return list
    }

    private static func isMessage(_ value: JSONValue) -> Bool {
        guard let role = value["role"]?.string else { return false }
        return OpenAIChatImporter.roles.contains(role)
    }

    private static func transcript(
        of messages: [JSONValue],
        in container: JSONValue,
        as format: TranscriptFormat?,
        _ name: String,
        suffix: String = "",
        line: (Int) -> Int = { $0 + 1 }
    ) throws(TranscriptError) -> Transcript {
        let keys = ["session_id", "sessionId", "conversation_id", "thread_id", "id"]
        let id = keys.lazy.compactMap { container[$0]?.string }.first.map { $0 + suffix }
        if format == .anthropic
            || format == nil && (container["system"] != nil || AnthropicImporter.isAnthropic(messages))
        {
            return try AnthropicImporter.transcript(
                of: messages,
                system: container["system"],
                id: id,
                name: name,
                line: line
            )
        }
        return try OpenAIChatImporter.transcript(of: messages, id: id, name: name, line: line)
    }

    private static func conversations(
        _ items: [JSONValue],
        as format: TranscriptFormat?,
        _ name: String
    ) throws(TranscriptError) -> [Transcript] {
        var transcripts: [Transcript] = []
        for (index, item) in items.enumerated() {
            transcripts.append(
                try transcript(of: messages(in: item) ?? [], in: item, as: format, name, suffix: "-\(index + 1)")
            )
        }
        return transcripts
    }

    // MARK: - Lines

    private static func transcripts(
        ofLines source: SourceText,
        as format: TranscriptFormat?
    ) throws(TranscriptError) -> [Transcript] {
        var values: [(line: Int, value: JSONValue)] = []
        var broken = 0
        var isCutOff = false
        var isClaude = false
        var foreign: String?
        source.forEachLine { number, line, isLast in
            guard !isClaude, foreign == nil else { return }
            guard line.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"), let value = SourceText.json(of: line) else {
                if isLast, !values.isEmpty { isCutOff = true } else { broken += 1 }
                return
            }
            isClaude = isClaudeCode(value)
            foreign = values.isEmpty ? ForeignFormat.name(of: value) : nil
            values.append((number, value))
        }
        if let foreign { throw .unknownFormat(source.name, looksLike: foreign) }
        if isClaude { return [try ClaudeCodeImporter.transcript(of: source)] }
        guard !values.isEmpty else {
            // Not one line is JSON. A file that opens like JSON is a broken one, and no text.
            guard source.firstByte != UInt8(ascii: "{") else { throw .unknownFormat(source.name, looksLike: nil) }
            return [PlainTextImporter.transcript(of: source)]
        }
        if broken > values.count { return [PlainTextImporter.transcript(of: source)] }
        return try transcripts(of: values, source.name, as: format, broken: broken, isCutOff: isCutOff)
    }

    private static func transcripts(
        of values: [(line: Int, value: JSONValue)],
        _ name: String,
        as format: TranscriptFormat?,
        broken: Int,
        isCutOff: Bool
    ) throws(TranscriptError) -> [Transcript] {
        var transcripts: [Transcript]
        if values.allSatisfy({ isMessage($0.value) }) {
            transcripts = [
                try transcript(
                    of: values.map(\.value),
                    in: .null,
                    as: format,
                    name,
                    line: { values[$0].line }
                )
            ]
        } else if values.allSatisfy({ TauBenchImporter.isResult($0.value) }) {
            transcripts = try TauBenchImporter.transcripts(of: values.map(\.value), name: name)
        } else if values.allSatisfy({ messages(in: $0.value) != nil }) {
            transcripts = try conversations(values.map(\.value), as: format, name)
        } else {
            throw .unknownFormat(name, looksLike: nil)
        }
        for index in transcripts.indices {
            if isCutOff { transcripts[index].activity.notes.append("the last line is cut off and was left out") }
            if broken > 0 { transcripts[index].activity.unknownRecords["not JSON"] = broken }
        }
        return transcripts
    }

    /// A line of a Claude Code session, also the bookkeeping ones that may come first.
    private static func isClaudeCode(_ value: JSONValue) -> Bool {
        guard let type = value["type"]?.string else { return false }
        if value["leafUuid"] != nil || type == "file-history-snapshot" { return true }
        return value["sessionId"]?.string != nil
            && (value["message"] != nil || value["timestamp"] != nil || value["uuid"] != nil)
    }
}
