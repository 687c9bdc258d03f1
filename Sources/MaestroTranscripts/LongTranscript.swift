// SPDX-License-Identifier: Apache-2.0
import Maestro

/// One conversation in a source that is too large to be held in memory: read line by line.
///
/// What it is, is told from its beginning. Whatever is one JSON value, or holds many jobs, is refused: it cannot be
/// taken apart here without being held as a whole.
struct LongTranscript {
    private enum Shape {
        case session
        case messages(isAnthropic: Bool)
        case text
    }

    private let name: String
    private let limits: TranscriptLimits
    private let shape: Shape
    private var feed: LineFeed
    private var longLines = 0
    private var longBytes = 0
    private var firstLongLine = 0
    private var isDamaged = false

    /// `head` is what was read already: more than may be held as a whole.
    init(
        _ head: [UInt8],
        format: TranscriptFormat?,
        name: String,
        limits: TranscriptLimits,
        more: @escaping NextBytes
    ) throws {
        let source = try SourceText(head, name: name, limits: limits, isWhole: false)
        shape = try Self.shape(of: source, as: format)
        feed = LineFeed(source.bytes, maxBytes: limits.lineBytes, more: more)
        self.name = name
        self.limits = limits
    }

    consuming func transcript() throws -> Transcript {
        var transcript =
            switch shape {
            case .session: try session()
            case .messages(let isAnthropic): try messages(isAnthropic: isAnthropic)
            case .text: try text()
            }
        if longLines > 0 {
            let lines = longLines == 1 ? "line \(firstLongLine)" : "\(longLines) lines, the first \(firstLongLine),"
            let what = "\(lines) longer than \(ByteText.of(limits.lineBytes)), \(ByteText.of(longBytes)) together"
            transcript.activity.notes.insert(TranscriptNote.tooLarge(what), at: 0)
        }
        if isDamaged { transcript.activity.notes.append(TranscriptNote.damaged) }
        return transcript
    }

    // MARK: - Kinds

    private mutating func session() throws -> Transcript {
        var importer = ClaudeCodeImporter(limits)
        try forEachValueLine { line, isLast in importer.read(line.bytes[...], line.number, isLast: isLast) }
        return try importer.transcript(name: name)
    }

    private mutating func messages(isAnthropic: Bool) throws -> Transcript {
        var list = EventList(limits)
        try forEachValueLine { line, isLast in
            guard let value = SourceText.json(of: line.bytes[...]) else {
                if isLast { list.notes.append(TranscriptNote.lastLineCut) } else { list.count(unknown: "not JSON") }
                return
            }
            isAnthropic
                ? AnthropicImporter.add(value, line.number, to: &list)
                : OpenAIChatImporter.add(value, line.number, to: &list)
        }
        return isAnthropic
            ? try AnthropicImporter.transcript(of: list, id: nil, name: name)
            : try OpenAIChatImporter.transcript(of: list, id: nil, name: name)
    }

    private mutating func text() throws -> Transcript {
        var importer = PlainTextImporter(limits)
        while var line = try feed.next() {
            note(line)
            if line.bytes.last == 0x0D { line.bytes.removeLast() }
            importer.read(Substring(String(decoding: line.bytes, as: UTF8.self)))
        }
        let transcript = importer.transcript()
        guard !transcript.activity.events.isEmpty else { throw TranscriptError.empty(name) }
        return transcript
    }

    /// Lines that are not blank and not too long, each with whether it is the last one.
    private mutating func forEachValueLine(_ body: (LineFeed.Line, _ isLast: Bool) -> Void) throws {
        var held: LineFeed.Line?
        while let line = try feed.next() {
            guard !line.isBlank else { continue }
            if let held { body(held, false) }
            held = nil
            note(line)
            if line.leftOut == 0 { held = line }
        }
        if let held { body(held, true) }
    }

    private mutating func note(_ line: LineFeed.Line) {
        if String(validating: line.bytes, as: UTF8.self) == nil, line.leftOut == 0 { isDamaged = true }
        guard line.leftOut > 0 else { return }
        if longLines == 0 { firstLongLine = line.number }
        longLines += 1
        if case .text = shape { longBytes += line.leftOut } else { longBytes += line.bytes.count + line.leftOut }
    }
}

// MARK: - What it is

extension LongTranscript {
    /// Lines that are looked at.
    private static let maxSamples = 200

    private static func shape(of source: SourceText, as format: TranscriptFormat?) throws(TranscriptError) -> Shape {
        if format == .claudeCode { return .session }
        if format == .text || format == nil, !hasObjects(source) {
            guard !source.looksLikeResults else {
                throw .malformed(source.name, .text, "it is a tau-bench result file, which holds the answers")
            }
            if format == .text || !source.opensLikeJSON { return .text }
        }
        let values = values(source)
        if format == nil, values.contains(where: ClaudeCodeImporter.isRecord) { return .session }
        if format == nil, let known = values.lazy.compactMap(ForeignFormat.name(of:)).first {
            throw .unknownFormat(source.name, looksLike: known)
        }
        guard let messages = Conversations.messages(in: .array(values)), format != .tauBench else {
            throw .tooLarge(source.name, limit: source.limits.documentBytes)
        }
        return .messages(isAnthropic: format == .anthropic || format == nil && AnthropicImporter.isAnthropic(messages))
    }

    /// The first lines that are JSON; none where the source is one value over many lines, or one long line.
    private static func values(_ source: SourceText) -> [JSONValue] {
        samples(source).compactMap { SourceText.json(of: $0) }
    }

    private static func hasObjects(_ source: SourceText) -> Bool {
        let samples = samples(source)
        return samples.count { $0.first { $0 > 0x20 } == UInt8(ascii: "{") } * 2 > samples.count
    }

    /// The first lines that are not blank; the last of them may be cut.
    private static func samples(_ source: SourceText) -> [ArraySlice<UInt8>] {
        var samples: [ArraySlice<UInt8>] = []
        var start = 0
        while start < source.bytes.count, samples.count < maxSamples {
            let end = source.bytes[start...].firstIndex(of: 0x0A) ?? source.bytes.endIndex
            let line = source.bytes[start..<end]
            if line.count <= source.limits.lineBytes, line.contains(where: { $0 > 0x20 }) { samples.append(line) }
            start = end + 1
        }
        return samples
    }
}
