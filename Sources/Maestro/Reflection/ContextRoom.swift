// SPDX-License-Identifier: Apache-2.0

/// How large a prompt may be, in bytes, so that it and the reply fit into a model's context.
package struct ContextRoom: Hashable, Sendable {
    package let bytes: Int
    /// What is still worth sending where a prompt cannot be made as small as that: more, where the room was guessed.
    let bytesAtMost: Int

    /// The room that the settings give: a byte count at ``TokenCount``'s careful rate.
    package init(_ settings: Settings.LLM) {
        bytes = TokenCount.bytes(in: settings.contextLimitTokens - settings.maxReplyTokens)
        bytesAtMost = bytes
    }

    /// The room that a server's refusal of `prompt` leaves; nil where a smaller prompt would not help.
    ///
    /// Where the server names its limit, the room is that less the reply's, at the rate at which it counted this prompt
    /// (a tenth kept back, since what is left of a prompt is not the average of it), else at the careful one. Where it names
    /// none, or one that the prompt should have fitted into, half of what was sent.
    package init?(after error: any Error, to prompt: ReflectionPrompt, _ settings: Settings.LLM) {
        let limit: Int?
        var bytesPerToken = Double(TokenCount.bytes(in: 1))
        switch error as? ReflectorError {
        case .contextOverflow(_, let named, let counted):
            limit = named
            if let counted, counted > 0 { bytesPerToken = 0.9 * Double(prompt.byteCount) / Double(counted) }
        case .contextTruncated(_, let named, _): limit = named
        default: return nil
        }
        let named = limit.map { (Double($0) - Double(settings.maxReplyTokens)) * bytesPerToken }
        let known = named.flatMap { $0 < Double(prompt.byteCount) ? Int($0) : nil }
        bytes = known ?? prompt.byteCount / 2
        bytesAtMost = known ?? prompt.byteCount * 3 / 4
        guard bytes > 0 else { return nil }
    }
}
