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

    /// Headings, tables, or several lines of code: not a person's plain words.
    private static func isDocument(_ lines: [Substring]) -> Bool {
        let marks = lines.count {
            $0.hasPrefix("# ") || $0.hasPrefix("## ") || $0.hasPrefix("### ") || $0.hasPrefix("| ")
        }
        let code = lines.count { line in ["{", "}", ";", ");", "};"].contains { line.hasSuffix($0) } }
        return marks > 0 || code > 1
    }

    /// Lines joined where one goes on in the next: wrapped text must not make a clause out of half a sentence.
    private static func paragraphs(of lines: [Substring]) -> [String] {
        var paragraphs: [String] = []
        var goesOn = false
        var isItem = false
        for line in lines {
            let text = line.trimmingCharacters(in: .whitespaces)
            guard !text.isEmpty, !text.hasPrefix(">"), !line.hasPrefix("\t"), !line.hasPrefix("    ") else {
                goesOn = false
                continue
            }
            let bare = text.trimmingCharacters(in: CharacterSet(charactersIn: "-*• \t"))
            // An item of a list goes on where the next line is indented like it.
            if goesOn, bare == text, text.first?.isLowercase == true, !isItem || line.first == " " {
                paragraphs[paragraphs.count - 1] += " " + text
            } else {
                paragraphs.append(bare)
                isItem = bare != text
            }
            goesOn = !".!?;:".contains(text.last ?? ".")
        }
        return paragraphs
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
            let ends = !isCode && ".!?;".contains(character) && (isLast || characters[index + 1].isWhitespace)
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
