// SPDX-License-Identifier: Apache-2.0

/// What a server is to play: who may call, what it understands, and what it does with each call.
package struct Script: Sendable {
    /// The key that is asked for; nil: anybody may call.
    package var key: String?
    /// Output formats that are understood; the others are refused.
    package var supports = Set(OutputFormat.allCases)
    package var refusal = FormatRefusal.openAI
    /// Waited before every answer, as a model thinks; calls with a wrong key or a refused format are answered at once.
    package var latency = Duration.zero
    /// What is done with a call; the number counts from 0, calls with a wrong key or a refused format left out.
    package var behaviour: @Sendable (RecordedRequest, Int) -> Behaviour

    package init(_ behaviour: @escaping @Sendable (RecordedRequest, Int) -> Behaviour) { self.behaviour = behaviour }

    /// One after the other; the last is repeated.
    package init(_ behaviours: [Behaviour]) {
        self.init { _, number in
            guard let last = behaviours.last else { return .json(500, #"{"error":"the script is empty"}"#) }
            return number < behaviours.count ? behaviours[number] : last
        }
    }
}
