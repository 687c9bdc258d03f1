// SPDX-License-Identifier: Apache-2.0
import Maestro

/// A source whose lines are JSON, one value each: what they are together.
struct TranscriptLines {
    private let source: SourceText
    private var values: [(line: Int, value: JSONValue)] = []
    private var broken = 0
    private var isCutOff = false
    private var isClaudeCode = false
    private var foreign: String?

    /// Reads lines until it is plain that they are a session of Claude Code, whose importer reads them again.
    init(_ source: SourceText) {
        self.source = source
        source.forEachLine { number, line, isLast in
            guard !isClaudeCode else { return }
            guard let value = SourceText.json(of: line) else {
                if isLast, !values.isEmpty { isCutOff = true } else { broken += 1 }
                return
            }
            isClaudeCode = ClaudeCodeImporter.isRecord(value)
            foreign = foreign ?? ForeignFormat.name(of: value)
            values.append((number, value))
        }
    }

    func transcripts(as format: TranscriptFormat?) throws(TranscriptError) -> [Transcript] {
        if format == nil, isClaudeCode { return [try ClaudeCodeImporter.transcript(of: source)] }
        guard broken <= values.count, !values.isEmpty else {
            if source.opensLikeJSON { throw .damagedJSON(source.name) }
            return [PlainTextImporter.transcript(of: source)]
        }
        if format == nil, let foreign { throw .unknownFormat(source.name, looksLike: foreign) }
        var transcripts = try readable(as: format)
        for index in transcripts.indices {
            if isCutOff { transcripts[index].activity.notes.append(TranscriptNote.lastLineCut) }
            if broken > 0 { transcripts[index].activity.unknownRecords["not JSON"] = broken }
        }
        return transcripts
    }

    private func readable(as format: TranscriptFormat?) throws(TranscriptError) -> [Transcript] {
        let all = values.map(\.value)
        if format == nil || format == .tauBench, all.allSatisfy(TauBenchImporter.isResult) {
            return try TauBenchImporter.transcripts(of: all, name: source.name)
        }
        if format == .tauBench { throw .malformed(source.name, .tauBench, "its lines have no `traj`") }
        if let messages = Conversations.messages(in: .array(all)) {
            return [
                try Conversations.transcript(
                    of: messages,
                    in: .null,
                    as: format,
                    source.name,
                    line: { values[$0].line }
                )
            ]
        }
        if let transcripts = try Conversations.transcripts(of: all, as: format, source.name) { return transcripts }
        if let format { throw .malformed(source.name, format, "its lines are no messages with a `role`") }
        throw .unknownFormat(source.name, looksLike: nil)
    }
}
