// SPDX-License-Identifier: Apache-2.0

/// What happens after an error, and the sentence that a person reads: the only place that decides.
package struct Remedy: Hashable, Sendable {
    /// What trying the same job again is worth.
    ///
    /// How often, and how long after, is ``RetryPolicy``'s business.
    package enum Retry: Hashable, Sendable {
        /// It would fail the same way.
        case useless
        /// The endpoint refuses this prompt, or its answer is of no use.
        ///
        /// That is the prompt's fault where others are served, and the endpoint's where nobody is.
        case uselessIfOthersAreServed
        /// Worth it after a wait; it counts against the job.
        case later
        /// The endpoint wants a rest, of so many seconds where it says so; nothing counts against the job.
        case afterRest(seconds: Double?)
        /// The endpoint will not have this job, of which others need not know, for so many seconds where it says so.
        case afterOwnRest(seconds: Double?, isCounted: Bool)
        /// No job will do better until a person changes something or the server is back; nothing counts against the job.
        case whenEndpointOpens
        /// The store could not do its part: worth it after a wait, and the reply is still good.
        case whenStoreWorks
        /// The work was stopped, not wrong.
        case whenWanted
        /// Another process has the job now.
        case byOther
    }

    /// How the job's reflection ends when nothing else is tried.
    package let outcome: Reflection.Outcome
    package let retry: Retry
    /// Worth one re-ask that quotes the problem: the model answered, but not usably.
    package let asksAgain: Bool
    /// What happened, without a trailing period.
    package let sentence: String
    /// What to do next; nil where nothing is to be done.
    package let hint: String?

    package init(for error: any Error) {
        switch error {
        case let error as KeptReplyError: self.init(for: error.problem)
        case is CancellationError:
            self.init(
                .cancelled,
                .whenWanted,
                "cancelled before anything was changed",
                hint: "run the same command to do it again"
            )
        case let error as ReplyError:
            self.init(
                .failed,
                .uselessIfOthersAreServed,
                error.sentence,
                asksAgain: true,
                hint: "the model may be too small"
            )
        case let error as ReflectorError:
            self.init(.failed, error.retry, error.sentence, asksAgain: error.isUnusableReply, hint: error.hint)
        case let error as StoreError:
            self.init(.failed, error == .leaseLost ? .byOther : .whenStoreWorks, error.sentence, hint: error.hint)
        default:
            self.init(.failed, .useless, "\(error)", hint: nil)
        }
    }

    private init(
        _ outcome: Reflection.Outcome,
        _ retry: Retry,
        _ sentence: String,
        asksAgain: Bool = false,
        hint: String?
    ) {
        self.outcome = outcome
        self.retry = retry
        self.asksAgain = asksAgain
        self.sentence = sentence
        self.hint = hint
    }
}

extension ReflectorError {
    fileprivate var isUnusableReply: Bool {
        if case .unusable = self { true } else { false }
    }

    fileprivate var retry: Remedy.Retry {
        switch self {
        case .unreachable(_, let wasSent): wasSent ? .later : .whenEndpointOpens
        case .timedOut, .serverFailed: .later
        case .rateLimited(_, let seconds): .afterRest(seconds: seconds)
        case .userRefused(_, let seconds): .afterOwnRest(seconds: seconds, isCounted: false)
        // It may be the job's own text that the filter stops, each time.
        case .blocked: .afterOwnRest(seconds: nil, isCounted: true)
        case .refused: .whenEndpointOpens
        case .rejected, .contextTruncated, .unusable: .uselessIfOthersAreServed
        case .filtered, .contextOverflow: .useless
        }
    }

    fileprivate var hint: String {
        switch self {
        case .unreachable: "check that the server runs and that `llm.endpoint` is right; `maestro doctor` asks it"
        case .timedOut: "raise `llm.timeoutSeconds`, or use a faster model"
        case .rateLimited: "wait, then run the same command again"
        case .userRefused: "raise this user's budget or limit at the gateway, or wait until it begins anew"
        case .blocked: "ask who runs the filter in front of the server why it stops this call"
        case .serverFailed: "run the same command again later"
        case .refused(_, let status) where status.map { $0 < 400 } ?? true: "check `llm.endpoint`"
        case .refused: "check `llm.apiKey`, `llm.model` and the account; `maestro doctor` asks the server"
        case .contextOverflow: "lower `llm.contextLimitTokens` to what the server allows"
        case .contextTruncated: "give the server a larger context, or lower `llm.contextLimitTokens`"
        case .rejected, .filtered: "the server's words say what it did not like; `maestro doctor` asks it"
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
        case .wrongState(let text): text
        case .notFound(let what): "there is no \(what)"
        case .unusable(let text, _): text
        case .gone(let text): text
        case .locked(let text): text
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .unusable(_, let hint): hint
        case .gone: "stop all processes that use it, then start them again"
        case .leaseLost, .notWaiting, .wrongState, .notFound, .locked: nil
        }
    }
}
