// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How many users and jobs the workers on PostgreSQL get: a few in `make test`, a crowd in `make chaos STORE=postgres`.
struct CrowdSize: Sendable {
    let users: Int
    let jobs: Int
    /// Jobs of the one user who has more than all others.
    let noisyJobs: Int

    /// Long enough for leases to run out by themselves.
    var isLarge: Bool { jobs >= 1000 }

    static let current: CrowdSize = {
        let jobs = number("MAESTRO_CHAOS_JOBS") ?? 300
        return CrowdSize(
            users: max(2, number("MAESTRO_CHAOS_USERS") ?? 40),
            jobs: jobs,
            noisyJobs: number("MAESTRO_CHAOS_NOISY_JOBS") ?? jobs / 4
        )
    }()

    private static func number(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
    }
}
