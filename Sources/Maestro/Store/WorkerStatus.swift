// SPDX-License-Identifier: Apache-2.0

/// A live worker, as others see it.
package struct WorkerStatus: Hashable, Sendable {
    /// Who it is, for people: `pid 4711`.
    package var name: String

    package init(name: String) { self.name = name }
}
