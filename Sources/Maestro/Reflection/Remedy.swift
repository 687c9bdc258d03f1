// SPDX-License-Identifier: Apache-2.0

/// What happens after an error, and the sentence that a person reads: the only place that decides.
package struct Remedy: Hashable, Sendable {
    /// How the job's reflection ends when nothing else is tried.
    package let outcome: Reflection.Outcome
    /// Worth one re-ask that quotes the problem: the model answered, but not usably.
    package let asksAgain: Bool
    /// What happened, without a trailing period.
    package let sentence: String
    /// What to do next; nil where nothing is to be done.
    package let hint: String?

    package init(for error: any Error) {
        switch error {
        case is CancellationError:
            self.init(.cancelled, "cancelled before anything was changed", hint: "run the same command to do it again")
        case let error as ReplyError:
            self.init(.failed, error.sentence, asksAgain: true, hint: "the model may be too small")
        case let error as ReflectorError:
            self.init(.failed, error.sentence, asksAgain: error.isUnusableReply, hint: error.hint)
        case let error as StoreError:
            self.init(.failed, error.sentence, hint: error.hint)
        default:
            self.init(.failed, "\(error)", hint: nil)
        }
    }

    private init(_ outcome: Reflection.Outcome, _ sentence: String, asksAgain: Bool = false, hint: String?) {
        self.outcome = outcome
        self.asksAgain = asksAgain
        self.sentence = sentence
        self.hint = hint
    }
}

extension ReflectorError {
    fileprivate var isUnusableReply: Bool {
        if case .unusable = self { true } else { false }
    }

    fileprivate var hint: String {
        switch self {
        case .unreachable: "check that the server runs and that `llm.endpoint` is right; `maestro doctor` asks it"
        case .timedOut: "raise `llm.timeoutSeconds`, or use a faster model"
        case .rateLimited: "wait, then run the same command again"
        case .serverFailed: "run the same command again later"
        case .refused(_, nil): "check `llm.endpoint`"
        case .refused: "check `llm.apiKey`, `llm.model` and the account; `maestro doctor` asks the server"
        case .contextOverflow: "lower `llm.contextLimitTokens` to what the server allows"
        case .contextTruncated: "give the server a larger context, or lower `llm.contextLimitTokens`"
        case .unusable: "try again, or use another model"
        }
    }
}

extension StoreError {
    /// What happened, for people.
    package var sentence: String {
        switch self {
        case .leaseLost: "another process took this job over; this one changed nothing"
        case .notWaiting(let id): "change \(id) does not wait for a decision"
        case .notFound(let what): "there is no \(what)"
        case .unusable(let text, _): text
        case .locked(let text): text
        }
    }

    fileprivate var hint: String? {
        if case .unusable(_, let hint) = self { hint } else { nil }
    }
}
