// SPDX-License-Identifier: Apache-2.0

/// A reply as it is kept: before anyone uses it, with what it was built from.
package struct StoredReply: Hashable, Sendable, Codable {
    package var reply: ReflectorReply
    package var base: Base
    package var reflector: String
    package var digest: DigestSize
    /// Sentences about what the prompt left out.
    package var notes: [String]
    /// Whether it came of the second ask, after which there is no third; nil counts as no.
    package var wasAskedAgain: Bool?
    /// What was wrong with a reply that was paid for and holds nothing to read; then its text is empty.
    package var problem: String?
    /// Where the problem was that the server cut the prompt: to so many tokens, where it says so.
    package var promptCut: PromptCut?

    package struct PromptCut: Hashable, Sendable, Codable {
        package var limitTokens: Int?
    }

    package init(reply: ReflectorReply, base: Base, reflector: String, digest: DigestSize, notes: [String] = []) {
        self.reply = reply
        self.base = base
        self.reflector = reflector
        self.digest = digest
        self.notes = notes
    }
}
