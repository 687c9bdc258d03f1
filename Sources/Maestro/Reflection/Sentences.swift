// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A person's turn taken apart into what they state themselves: no questions, quotes, code, or pasted documents.
enum Sentences {
    /// A longer turn is a document that was pasted or a task of its own.
    private static let longestTurn = 3000

    static func statements(in turn: String) -> [String] {
        let lines = turn.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard turn.utf8.count <= longestTurn, !isDocument(lines) else { return [] }
        return paragraphs(of: lines).flatMap(sentences)
    }

    /// What the first line of a mail, an issue or a commit opens with.
    private static let headers = ["issue", "subject", "from", "title", "description", "summary", "re", "ticket"]

    /// Headings, tables, front matter, mails, tagged text, or several lines of code: not a person's plain words.
    private static func isDocument(_ lines: [Substring]) -> Bool {
        let marks = lines.count { line in
            ["# ", "## ", "### ", "| ", "---", "</"].contains { line.hasPrefix($0) } || isHeader(line)
        }
        let code = lines.count { line in ["{", "}", ";", ");", "};"].contains { line.hasSuffix($0) } }
        return marks > 0 || code > 1
    }

    /// `Issue #12: Linting`, `Subject: rules`: a header and what it says; "From now on: …" is none.
    private static func isHeader(_ line: Substring) -> Bool {
        guard let colon = line.firstIndex(of: ":"), line.index(after: colon) < line.endIndex else { return false }
        let words = line[..<colon].lowercased().split(separator: " ")
        guard let first = words.first, headers.contains(String(first)) else { return false }
        return words.count == 1 || words.count == 2 && words[1].contains(where: \.isNumber)
    }

    /// Lines joined where one goes on in the next: wrapped text must not make a clause out of half a sentence.
    private static func paragraphs(of lines: [Substring]) -> [String] {
        var paragraphs: [String] = []
        var goesOn = false
        var isItem = false
        var introduced = Introduced.nothing
        for line in lines {
            let text = line.trimmingCharacters(in: .whitespaces)
            introduced.read(text)
            guard introduced == .nothing else {
                goesOn = false
                continue
            }
            guard !text.isEmpty, !text.hasPrefix(">"), !line.hasPrefix("\t"), !line.hasPrefix("    ") else {
                goesOn = false
                continue
            }
            let bare = text.trimmingCharacters(in: CharacterSet(charactersIn: "-*• \t"))
            // An item of a list goes on where the next line is indented like it.
            let isNext = text.first?.isLowercase == true && !isClosing(text)
            if goesOn, bare == text, isNext, !isItem || line.first == " " {
                paragraphs[paragraphs.count - 1] += " " + text
            } else {
                paragraphs.append(bare)
                isItem = bare != text
            }
            goesOn = !".!?;:".contains(text.last ?? ".")
        }
        return paragraphs
    }

    /// Whether the line is a word of thanks: it ends what was said before.
    private static func isClosing(_ text: String) -> Bool {
        DirectiveWording.closings.contains(text.lowercased().trimmingCharacters(in: .punctuationCharacters))
    }

    /// What a line that ends in a colon hands over: "Here is the spec:", "Add this to the README:" and all up to the next
    /// blank line are a document's words, unless the line itself says that rules for the agent follow.
    private enum Introduced {
        case nothing, soon, now

        mutating func read(_ text: String) {
            switch self {
            case .nothing: if text.hasSuffix(":"), !Self.isForTheAgent(text.lowercased()) { self = .soon }
            case .soon: if !text.isEmpty { self = .now }
            case .now: if text.isEmpty { self = .nothing }
            }
        }

        private static func isForTheAgent(_ line: String) -> Bool {
            (DirectiveWording.futures + ["remember", "keep in mind", "rules for you"]).contains { line.contains($0) }
        }
    }

    /// Sentences that are no questions, without the marks around them.
    private static func sentences(of paragraph: String) -> [String] {
        var sentences: [String] = []
        var current = ""
        var isCode = false
        let characters = Array(paragraph)
        for (index, character) in characters.enumerated() {
            if character == "`" { isCode.toggle() }
            let isLast = index + 1 == characters.count
            let isShortForm = character == "." && SentenceEnd.isShortForm(current)
            let ends =
                !isCode && ".!?;".contains(character) && (isLast || characters[index + 1].isWhitespace && !isShortForm)
            current.append(character)
            if ends || isLast {
                sentences.append(current)
                current = ""
            }
        }
        return sentences.map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.hasSuffix("?") && !$0.hasSuffix("?!") && !$0.hasSuffix("?)") }
            .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t.!;")) }
    }
}
