// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A text that a person wants kept, made into an entry: its first sentence is the description, its words the name.
struct RememberedText: Sendable {
    let text: String
    let type: EntryType

    init(_ text: String, type: EntryType) {
        self.text = text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        self.type = type
    }

    func decision(on now: UserState, policy: JudgePolicy) -> Decision {
        let refused = { (code: Rejection, particulars: String) in
            Decision.refused(.add, name(number: 1)?.rawValue ?? "", code, particulars)
        }
        guard !text.isEmpty else { return .refused(.add, "", .missingField, "there is no text") }
        if let problem = OwnWords.problem(in: text) { return .refused(.add, "", problem.code, problem.particulars) }
        if text.utf8.count > policy.maxEntryBodyBytes {
            return refused(.bodyTooLarge, "\(text.utf8.count) bytes of at most \(policy.maxEntryBodyBytes)")
        }
        if let said = entry(saying: text, in: now.entries) {
            return .done(.confirm, said.name.rawValue, said.scope, "`\(said.name)` says so already; counted", [])
        }
        let scope = type.defaultScope(in: now.scope)
        let folder = now.entries.filter { $0.scope == scope }
        guard folder.count < policy.maxEntries else {
            return refused(.entryLimit, "\(folder.count) of at most \(policy.maxEntries)")
        }
        let taken = Set(folder.map(\.name.folded))
        let free = (1...folder.count + 1).lazy.compactMap(name(number:)).first { !taken.contains($0.folded) }
        guard let name = free else { return refused(.invalidName, "no name could be made of it") }
        let file = EntryFile.text(name: name, type: type, description: description, body: text)
        let write = DocumentWrite(path: .entry(scope, stem: name), before: nil, after: file)
        return .done(.add, name.rawValue, scope, "adds `\(name)` (\(scope))", [write])
    }

    /// The first sentence, at most 140 characters, cut between words.
    var description: String {
        let line = EntryFile.oneLine(text)
        var sentence = Substring(line)
        for (index, character) in zip(line.indices, line) where ".!?。".contains(character) {
            let next = line.index(after: index)
            let isShortForm = character == "." && SentenceEnd.isShortForm(line[..<index])
            if next == line.endIndex || line[next] == " " && !isShortForm || character == "。" {
                sentence = line[..<index]
                break
            }
        }
        let limit = JudgePolicy.maxDescriptionLength
        guard sentence.count > limit else { return sentence.isEmpty ? String(line.prefix(limit)) : String(sentence) }
        let cut = sentence.prefix(limit - 1)
        let words = cut.lastIndex(of: " ").map { cut[..<$0] } ?? cut
        return words + "…"
    }

    /// `<type>-<three to six words>`, with a number behind it from the second one of the same words on.
    func name(number: Int) -> EntryName? {
        let all = Similarity.words(
            of: text.replacing("ß", with: "ss").folding(options: .diacriticInsensitive, locale: nil)
        )
        .filter { $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) } }
        let telling = all.filter { !Self.stopWords.contains($0) }
        let words = (telling.count >= 3 ? telling : all).prefix(6).map { $0.prefix(16) }
        let suffix = number == 1 ? "" : "-\(number)"
        var stem = words.isEmpty ? "note-" + ContentHash(of: text).hex.prefix(8) : words.joined(separator: "-")
        while "\(type.rawValue)-\(stem)\(suffix)".utf8.count > 64 {
            stem = stem.lastIndex(of: "-").map { String(stem[..<$0]) } ?? String(stem.prefix(40))
        }
        return EntryName("\(type.rawValue)-\(stem)\(suffix)")
    }

    private func entry(saying text: String, in entries: [MemoryEntry]) -> MemoryEntry? {
        let words = Similarity(description: description, body: text)
        return entries.first { entry in
            entry.problem == nil && entry.type == type
                && words.saysTheSame(as: entry.rule)
        }
    }

    private static let stopWords: Set<String> = [
        "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "for", "with", "is", "are", "be", "it", "that",
        "this",
        "i", "we", "you", "my", "our", "your", "please", "should", "must", "will", "would", "when", "if", "as", "by",
        "so",
        "do", "does", "der", "die", "das", "und", "oder", "ein", "eine", "ist", "bitte",
    ]
}
