// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How long the processes get in each other's way: seconds in `make test`, minutes in `make chaos`.
enum ChaosLength {
    static let variable = "MAESTRO_CHAOS_SECONDS"
    static let isLong = ProcessInfo.processInfo.environment[variable] != nil
    static let seconds = ProcessInfo.processInfo.environment[variable].flatMap { Double($0) } ?? 2
}
