// SPDX-License-Identifier: Apache-2.0

/// Text that would be taken for a part of the prompt when the entry is shown to a model again.
enum PromptImitation {
    /// Stand anywhere in the folded text.
    private static let phrases = [
        "<system>", "</system>", "<system-reminder>", "</system-reminder>", "<|im_start|>", "<|im_end|>", "<|system|>",
        "<|start_header_id|>", "<|endoftext|>", "[inst]", "[/inst]", "<<sys>>", "<!-- maestro:", "</think>",
        // The keys of a reply.
        "\"memory_changes\":", "\"piece_edit\":",
    ]
    /// Roles that a line starts with: `system: …`.
    private static let roles = ["system:", "assistant:", "developer:", "[system]", "### system", "### instruction"]
    private static let eventActors = ["user", "agent", "tool", "harness", "system", "assistant"]
    private static let orders: Set<String> = ["ignore", "disregard", "forget", "override"]
    private static let fillers: Set<String> = ["all", "any", "the", "your", "of", "these", "those", "my", "our"]
    private static let earlier: Set<String> = ["previous", "prior", "above", "preceding", "earlier", "system"]
    private static let objects: Set<String> = [
        "instructions", "instruction", "prompt", "prompts", "rules", "messages", "context",
    ]

    /// The imitating words; nil in an honest text.
    static func first(in text: String) -> String? {
        let lowered = text.lowercased()
        let folded = lowered.onOneLine
        if let phrase = phrases.first(where: { folded.hasBytes(of: $0) }) { return phrase }
        for line in lowered.split(whereSeparator: \.isNewline) {
            if let words = first(inLine: line) { return words }
        }
        return order(in: Similarity.words(of: lowered))
    }

    private static func first(inLine line: Substring) -> String? {
        let start = line.drop { $0.isWhitespace || $0 == ">" || $0 == "*" }
        if let role = roles.first(where: { start.hasPrefix($0) }) { return role }
        guard start.first == "#" else { return nil }
        let number = start.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard !number.isEmpty else { return nil }
        let rest = start.dropFirst(1 + number.count).drop { $0 == " " }
        guard let actor = eventActors.first(where: { rest.hasPrefix($0) }) else { return nil }
        // `#12 user: …` as the digest prints it, also with a tool's name or a mark between.
        return rest.dropFirst(actor.count).prefix(40).contains(":") ? "#\(number) \(actor):" : nil
    }

    /// "ignore all previous instructions" and its like; two words of the three kinds are never enough.
    private static func order(in words: [String]) -> String? {
        for (index, word) in words.enumerated() where orders.contains(word) {
            var next = index + 1
            while next < words.count, fillers.contains(words[next]) { next += 1 }
            guard next < words.count, earlier.contains(words[next]) else { continue }
            let isWhole = next + 1 < words.count && objects.contains(words[next + 1])
            if isWhole || words[index + 1..<next].contains("all") { return words[index...next].joined(separator: " ") }
        }
        return nil
    }
}
