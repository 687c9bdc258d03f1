// SPDX-License-Identifier: Apache-2.0

extension ReflectionInputs {
    /// Inputs fitted by `settings`: entries within their budget, the piece within its own, and the whole within the
    /// context limit less the reply's room.
    ///
    /// To shrink: see ``Fit/ladder(digestBytes:)``.
    package init(job: Job, activity: Activity, state: UserState, settings: Settings = Settings()) {
        let room = TokenCount.bytes(in: settings.llm.contextLimitTokens - settings.llm.maxReplyTokens)
        let ladder = Fit.ladder(digestBytes: settings.reflection.activityLogMaxBytes)
        var fitted = ReflectionInputs(job, activity, state, settings, ladder[0], cut: 0)
        for (cut, fit) in ladder.enumerated().dropFirst() {
            guard ReflectionPrompt(fitted).byteCount > room else { break }
            fitted = ReflectionInputs(job, activity, state, settings, fit, cut: cut)
        }
        self = fitted
    }
}
