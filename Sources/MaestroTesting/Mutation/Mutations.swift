// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How many mutants a property test tries: a few in a normal run, `MAESTRO_MUTATIONS` of them in a long one.
///
/// `MAESTRO_SEED` repeats one seed that failed.
package enum Mutations {
    /// Mutants of one seed.
    package static let rounds = 250

    /// The seeds of a run of about `usual` mutants.
    package static func seeds(of usual: Int) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["MAESTRO_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        let count = environment["MAESTRO_MUTATIONS"].flatMap { Int($0) } ?? usual
        return (0..<UInt64(max(1, count / rounds))).map { $0 &+ 1 }
    }
}
