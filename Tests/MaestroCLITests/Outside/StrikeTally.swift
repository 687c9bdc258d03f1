// SPDX-License-Identifier: Apache-2.0

/// What was tried in one scenario.
struct StrikeTally {
    var strikes = 0
    var states = 0
    var hit: Set<CrashPoint> = []
    var sentences: Set<String> = []

    mutating func count(_ strike: Strike) {
        strikes += 1
        states += strike.checkedStates
        if let point = strike.point { hit.insert(point) }
        if !strike.said.isEmpty { sentences.insert(strike.said) }
    }

    func line(of points: [CrashPoint]) -> String {
        "\(hit.intersection(points).count) of \(Set(points).count) points hit, \(strikes) runs, \(states) states checked"
    }

    func missed(of points: [CrashPoint]) -> [String] { points.filter { !hit.contains($0) }.map(\.description) }
}
