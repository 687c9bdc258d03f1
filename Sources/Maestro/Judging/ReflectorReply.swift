// SPDX-License-Identifier: Apache-2.0

/// What came back, before anybody has looked at it.
package struct ReflectorReply: Hashable, Sendable, Codable {
    /// The text of the reply, as it arrived.
    package var text: String
    /// The model that answered, as the server names it; nil for the offline reflector and where nothing says.
    package var model: String?
    /// Tokens of the prompt and of the reply; nil: unknown, never zero.
    package var tokensIn: Int?
    package var tokensOut: Int?
    /// The rung of the structured-output ladder that was used.
    package var rung: String?
    /// Why the model stopped, in the server's word.
    package var finishReason: String?

    package init(
        text: String,
        model: String? = nil,
        tokensIn: Int? = nil,
        tokensOut: Int? = nil,
        rung: String? = nil,
        finishReason: String? = nil
    ) {
        self.text = text
        self.model = model
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
        self.rung = rung
        self.finishReason = finishReason
    }
}
