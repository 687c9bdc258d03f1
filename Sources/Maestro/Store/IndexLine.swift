// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One line of `reflections/index.jsonl`: a JSON object whose last three keys chain it to the line before.
///
/// `… ,"seq":12,"prev":"<sha of line 11>","sha":"<SHA-256 of this line up to here, closed by a brace>"}`. A line that is
/// changed, left out or moved later breaks the chain at that place.
package struct IndexLine: Hashable, Sendable {
    /// 1 for a user's first line.
    package let sequence: Int
    /// The ``sha`` of the line before; empty for the first.
    package let previous: String
    package let sha: String
    /// The whole line, without a line break.
    package let text: String

    /// The reflection that it is about; nil where it does not say.
    package var reflection: Reflection.ID? {
        struct Named: Decodable { let reflection: Reflection.ID }
        // A line of ours has the key; of any other nobody asks more than whether it does.
        return (try? JSONDecoder().decode(Named.self, from: Data(text.utf8)))?.reflection
    }

    /// The line that follows `previous` and holds `json`, one JSON object on one line.
    package init(holding json: String, after previous: IndexLine?) {
        self.init(holding: json, sequence: (previous?.sequence ?? 0) + 1, previous: previous?.sha ?? "")
    }

    package init(holding json: String, sequence: Int, previous: String) {
        let separator = json == "{}" ? "" : ","
        let open = json.dropLast() + separator + "\"seq\":\(sequence),\"prev\":\"\(previous)\""
        sha = ContentHash(of: open + "}").hex
        text = open + ",\"sha\":\"\(sha)\"}"
        self.sequence = sequence
        self.previous = previous
    }

    /// Reads a line; nil where it is not one of ours or does not have the hash that it names.
    package init?(reading text: String) {
        guard text.hasSuffix("\"}"), let shaStart = text.lastRange(ofBytes: ",\"sha\":\""),
            let previousStart = text.lastRange(ofBytes: ",\"prev\":\"", before: shaStart.lowerBound),
            let sequenceStart = text.lastRange(ofBytes: "\"seq\":", before: previousStart.lowerBound),
            let sequence = Int(text[sequenceStart.upperBound..<previousStart.lowerBound])
        else { return nil }
        let sha = String(text[shaStart.upperBound...].dropLast(2))
        guard ContentHash(of: text[..<shaStart.lowerBound] + "}").hex == sha else { return nil }
        self.sequence = sequence
        self.previous = String(text[previousStart.upperBound..<shaStart.lowerBound].dropLast())
        self.sha = sha
        self.text = text
    }

    /// The first place where `lines` are not one unbroken chain, from 1; nil where they are.
    ///
    /// The first line may follow lines that are not here.
    package static func firstBreak(in lines: some Sequence<String>) -> Int? {
        var before: IndexLine?
        for (index, text) in lines.enumerated() {
            guard let line = IndexLine(reading: text) else { return index + 1 }
            if let before, line.previous != before.sha || line.sequence != before.sequence + 1 { return index + 1 }
            before = line
        }
        return nil
    }
}
