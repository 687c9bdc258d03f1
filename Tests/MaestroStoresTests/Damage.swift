// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

/// One damage done by hand: what it is called, what the check must find, and what is found after a repair.
struct Damage: Sendable, CustomTestStringConvertible {
    let name: String
    let code: CheckCode
    /// What a repair leaves: empty where it mends all.
    var left: Set<CheckCode> = []
    let doing: @Sendable (CheckBench) async throws -> Void

    var testDescription: String { name }

    init(
        _ name: String,
        _ code: CheckCode,
        left: Set<CheckCode> = [],
        _ doing: @escaping @Sendable (CheckBench) async throws -> Void
    ) {
        self.name = name
        self.code = code
        self.left = left
        self.doing = doing
    }
}
