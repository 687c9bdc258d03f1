// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Whether a worker that drains the queue has anything to wait for.
package enum DrainVerdict: Hashable, Sendable {
    case goOn
    case done
    /// Jobs, or a commit that was interrupted, are left: why, and what to do.
    case left(because: String, hint: String?)

    /// What the verdict rests on, where no job of this worker is in flight.
    package struct Facts: Sendable {
        package var backlog: Backlog
        package var gate: EndpointGate
        /// The same for the store, and its last error.
        package var storeGate = EndpointGate()
        package var storeTrouble: Remedy?
        /// What "soon" is.
        package var horizon: Duration
        /// The last error of the model.
        package var trouble: Remedy?
        /// For how long a job waits by itself, and why; the longest of them.
        package var ownRest: (until: Date, remedy: Remedy)?
        /// Why a commit that a process died in cannot be finished.
        package var unfinished: Remedy?
        package var now: Date

        package init(backlog: Backlog, gate: EndpointGate, horizon: Duration, now: Date) {
            self.backlog = backlog
            self.gate = gate
            self.horizon = horizon
            self.now = now
        }
    }

    package init(_ facts: Facts) {
        let (backlog, gate, now) = (facts.backlog, facts.gate, facts.now)
        let horizon = facts.horizon / .seconds(1)
        if backlog.nextDueIn != nil {
            let left =
                Self.left(by: gate, facts.trouble, horizon, at: now)
                ?? Self.left(by: facts.storeGate, facts.storeTrouble, horizon, at: now)
                ?? Self.leftToRest(gate, horizon, at: now)
            if let left {
                self = left
                return
            }
        }
        guard backlog.running == 0, backlog.nextDueIn.map({ $0 > facts.horizon }) ?? true else {
            self = .goOn
            return
        }
        let reason = facts.unfinished ?? (backlog.nextDueIn == nil ? nil : facts.reasonToWait)
        self = reason.map { .left($0) } ?? .done
    }

    private static func left(
        by gate: EndpointGate,
        _ trouble: Remedy?,
        _ horizon: TimeInterval,
        at now: Date
    ) -> DrainVerdict? {
        if case .closed(let sentence, let hint, _) = gate.state { return .left(because: sentence, hint: hint) }
        if let since = gate.failingSince, let trouble, now.timeIntervalSince(since) > horizon {
            let seconds = Int(now.timeIntervalSince(since))
            return .left(because: "nobody was served for \(seconds) s: \(trouble.sentence)", hint: trouble.hint)
        }
        return nil
    }

    /// The job that was told to wait is not due itself, and may be the only one.
    private static func leftToRest(_ gate: EndpointGate, _ horizon: TimeInterval, at now: Date) -> DrainVerdict? {
        guard let until = gate.restsUntil, until > now + horizon else { return nil }
        return .left(because: "the endpoint asked for a rest until \(until.formatted(.iso8601))", hint: nil)
    }

    package static func left(_ remedy: Remedy) -> DrainVerdict {
        .left(because: remedy.sentence, hint: remedy.hint)
    }
}

extension DrainVerdict.Facts {
    /// Why jobs are left that are not due soon; nil where nothing is wrong, such as one that was put off by a person.
    fileprivate var reasonToWait: Remedy? {
        if let ownRest, ownRest.until > now { return ownRest.remedy }
        if storeGate.failingSince != nil, let storeTrouble { return storeTrouble }
        return gate.failingSince == nil ? nil : trouble
    }
}
