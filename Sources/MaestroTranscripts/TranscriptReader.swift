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
        try read(SourceText(Array(bytes), name: name), format: format)
    }

    /// The same for a source of any length, which `next` gives piece by piece.
    ///
    /// Memory does not grow with it: one that is larger than ``TranscriptLimits/documentBytes`` is read line by line, and
    /// of every activity what is kept stays within limits. What was left out for that is said in the notes.
    /// - Throws: ``TranscriptError``, and whatever `next` throws.
    package static func read(
        format: TranscriptFormat? = nil,
        name: String,
        limits: TranscriptLimits = .standard,
        next: @escaping NextBytes
    ) throws -> [Transcript] {
        var head: [UInt8] = []
        while head.count <= limits.documentBytes {
            let piece = try next(1 << 20)
            if piece.isEmpty { return try read(SourceText(head, name: name, limits: limits), format: format) }
            head += piece
        }
        return [try LongTranscript(head, format: format, name: name, limits: limits, more: next).transcript()]
    }

    private static func read(
        _ source: SourceText,
        format: TranscriptFormat?
    ) throws(TranscriptError) -> [Transcript] {
        var transcripts = try transcripts(of: source, as: format)
        if source.isDamaged {
            for index in transcripts.indices {
                transcripts[index].activity.notes.append(TranscriptNote.damaged)
            }
        }
        if source.zerosAtEnd > 0 {
            for index in transcripts.indices {
                transcripts[index].activity.notes.append(TranscriptNote.zerosAtEnd(source.zerosAtEnd))
            }
        }
        return transcripts
    }

    private static func transcripts(
        of source: SourceText,
        as format: TranscriptFormat?
    ) throws(TranscriptError) -> [Transcript] {
        if format == .claudeCode { return [try ClaudeCodeImporter.transcript(of: source)] }
        if format == .text {
            // Told to read it as text, all the same: what tau-bench keeps beside a trajectory is the exam's answers.
            guard !source.looksLikeResults else {
                throw .malformed(source.name, .text, "it is a tau-bench result file, which holds the answers")
            }
            return [PlainTextImporter.transcript(of: source)]
        }
        if let value = source.wholeJSON() { return try transcripts(of: value, as: format, source.name) }
        guard source.isMostlyObjects else {
            if source.opensLikeJSON { throw .damagedJSON(source.name) }
            if let format { throw .malformed(source.name, format, "it is not JSON") }
            return [PlainTextImporter.transcript(of: source)]
        }
        return try TranscriptLines(source).transcripts(as: format)
    }

    // MARK: - One JSON value

    private static func transcripts(
        of value: JSONValue,
        as format: TranscriptFormat?,
        _ name: String
    ) throws(TranscriptError) -> [Transcript] {
        if format == nil || format == .tauBench, let results = results(in: value) {
            return try TauBenchImporter.transcripts(of: results, name: name)
        }
        if format == .tauBench { throw .malformed(name, .tauBench, "it has no list of results with `traj`") }
        if format == nil {
            if let known = ForeignFormat.name(of: value) { throw .unknownFormat(name, looksLike: known) }
            if ClaudeCodeImporter.isRecord(value) {
                return [try ClaudeCodeImporter.transcript(of: SourceText(Array(value.text.utf8), name: name))]
            }
        }
        if let messages = Conversations.messages(in: value) {
            return [try Conversations.transcript(of: messages, in: value, as: format, name)]
        }
        if let items = value.array, let transcripts = try Conversations.transcripts(of: items, as: format, name) {
            return transcripts
        }
        if let format { throw .malformed(name, format, "it has no messages with a `role`") }
        throw .unknownFormat(name, looksLike: nil)
    }

    /// The results of a tau-bench file; nil where it is something else.
    private static func results(in value: JSONValue) -> [JSONValue]? {
        let items = value.array ?? [value]
        return !items.isEmpty && items.allSatisfy(TauBenchImporter.isResult) ? items : nil
    }
}
