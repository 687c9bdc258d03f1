// SPDX-License-Identifier: Apache-2.0

/// How large a prompt may be, in bytes, so that it and the reply fit into a model's context.
package struct ContextRoom: Hashable, Sendable {
    package let bytes: Int

    /// The room that the settings give: a byte count at ``TokenCount``'s careful rate.
    package init(_ settings: Settings.LLM) {
        bytes = TokenCount.bytes(in: settings.contextLimitTokens - settings.maxReplyTokens)
    }

    /// The room that a server's refusal of `prompt` leaves; nil where a smaller prompt would not help, or cannot be made.
    ///
    /// Where the server names its limit, the room is that less the reply's, at the rate at which it counted this prompt
    /// if it says that too. Where it names none, half of what was sent.
    package init?(after error: any Error, to prompt: ReflectionPrompt, _ settings: Settings.LLM) {
        let limit: Int?
        var bytesPerToken = Double(TokenCount.bytes(in: 1))
        switch error as? ReflectorError {
        case .contextOverflow(_, let named, let counted):
            limit = named
            if let counted, counted > 0 {
                bytesPerToken = min(bytesPerToken, Double(prompt.byteCount) / Double(counted))
            }
        case .contextTruncated(_, let named): limit = named
        default: return nil
        }
        if let limit {
            bytes = Int(Double(limit - settings.maxReplyTokens) * bytesPerToken)
        } else {
            bytes = prompt.byteCount / 2
        }
        guard bytes > 0, bytes < prompt.byteCount else { return nil }
    }
}
