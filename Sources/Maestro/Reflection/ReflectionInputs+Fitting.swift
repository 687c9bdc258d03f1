// SPDX-License-Identifier: Apache-2.0

extension ReflectionInputs {
    /// Inputs fitted by `settings`: entries within their budget, the piece within its own, and the whole within `room`
    /// (nil: the context limit less the reply's room).
    ///
    /// To shrink: see ``Fit/ladder(digestBytes:)``. What does not fit at the last rung is given all the same.
    package init(
        job: Job,
        activity: Activity,
        state: UserState,
        settings: Settings = Settings(),
        room: ContextRoom? = nil
    ) {
        let room = room ?? ContextRoom(settings.llm)
        let ladder = Fit.ladder(digestBytes: settings.reflection.activityLogMaxBytes)
        var fitted = ReflectionInputs(job, activity, state, settings, ladder[0], cut: 0)
        for (cut, fit) in ladder.enumerated().dropFirst() {
            guard ReflectionPrompt(fitted).byteCount > room.bytes else { break }
            fitted = ReflectionInputs(job, activity, state, settings, fit, cut: cut)
        }
        self = fitted
    }

    /// The same inputs, fitted anew.
    func fitted(into room: ContextRoom, _ settings: Settings) -> ReflectionInputs {
        ReflectionInputs(job: job, activity: activity, state: state, settings: settings, room: room)
    }
}
