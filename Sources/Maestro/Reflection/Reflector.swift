// SPDX-License-Identifier: Apache-2.0

/// Turns a prompt into a reply: the LLM one, or the offline one that needs no model.
///
/// A call may be slow and paid for. It is made once per attempt, never repeated behind the caller's back except to step
/// down the structured-output ladder, and it honours cancellation.
package protocol Reflector: Sendable {
    /// `offline`, or the kind and host of the endpoint: what receipts name.
    var name: String { get }
    /// Whether the whole activity may be cited, or only the events printed in the digest.
    var seesWholeActivity: Bool { get }
    /// How many tokens the server takes, where it has said so; prompts are fitted into no more than that.
    var contextLimitTokens: Int? { get }

    /// - Throws: ``ReflectorError`` for everything a person can do something about.
    func reflect(_ prompt: ReflectionPrompt) async throws -> ReflectorReply
}

extension Reflector {
    package var contextLimitTokens: Int? { nil }
}

/// Why there is no reply.
///
/// Each case says what should happen next; ``Remedy`` decides.
package enum ReflectorError: Error, Hashable, Sendable {
    /// The endpoint cannot be reached; or, where the call `wasSent`, the connection broke before the answer was whole.
    case unreachable(String, wasSent: Bool)
    /// No answer within the time limit.
    case timedOut(String)
    /// 429.
    ///
    /// `retryAfterSeconds` is what the server asked for.
    case rateLimited(String, retryAfterSeconds: Double?)
    /// A gateway refuses the one user that the job is of, whose budget or limit there is used up; others are served.
    ///
    /// `retryAfterSeconds` is what it asked for.
    case userRefused(String, retryAfterSeconds: Double?)
    /// A filter in front of a server that has answered before stops this call: for its text, or all calls for a while.
    case blocked(String, status: Int)
    /// 5xx and the like: worth another try later.
    case serverFailed(String, status: Int)
    /// 400 and the like for a reason that seems to be this one prompt's: asking again would cost and fail the same way.
    case rejected(String, status: Int)
    /// A content filter stopped this prompt, in words that say so.
    case filtered(String, status: Int)
    /// 401, 402, 403, no such model, no endpoint configured: a person must change something.
    case refused(String, status: Int?)
    /// The prompt does not fit.
    ///
    /// `limitTokens` and the tokens that it counted in the prompt, where the server says them.
    case contextOverflow(String, limitTokens: Int?, promptTokens: Int?)
    /// The server cut the prompt, to `limitTokens`, without saying so.
    case contextTruncated(String, limitTokens: Int?, cost: CallCost? = nil)
    /// The reply is empty, cut off, a refusal, or not a chat completion.
    case unusable(String, cost: CallCost? = nil)

    /// The server's or our sentence about it; never holds a key.
    package var sentence: String {
        switch self {
        case .unreachable(let text, _), .timedOut(let text), .rateLimited(let text, _), .userRefused(let text, _),
            .blocked(let text, _), .serverFailed(let text, _), .rejected(let text, _), .filtered(let text, _),
            .refused(let text, _),
            .contextOverflow(let text, _, _),
            .contextTruncated(let text, _, _), .unusable(let text, _):
            text
        }
    }

    /// What the answer cost that is no good; nil where the server does not say, or there was none.
    var cost: CallCost? {
        switch self {
        case .contextTruncated(_, _, let cost), .unusable(_, let cost): cost
        default: nil
        }
    }
}

/// What a server says of an answer that is paid for, whether the reply in it is of use or not.
package struct CallCost: Hashable, Sendable {
    let model: String?
    let rung: String?
    /// Nil: unknown, never zero.
    let tokensIn: Int?
    let tokensOut: Int?

    package init(of reply: ReflectorReply) {
        model = reply.model
        rung = reply.rung
        tokensIn = reply.tokensIn
        tokensOut = reply.tokensOut
    }
}
