// SPDX-License-Identifier: Apache-2.0

/// One system call of a traced process.
struct SystemCall: Hashable, Sendable {
    enum Outcome: Hashable, Sendable {
        case returned
        case failed(String)
        /// The process was killed as it made the call: it had no effect.
        case killed
    }

    let thread: Int
    let name: String
    /// The path of every open file among the arguments, in their order.
    let descriptors: [String]
    /// Every text among the arguments that is a path, as it was given.
    let names: [String]
    /// All arguments, as the trace has them.
    let arguments: String
    let outcome: Outcome
    /// Whether the tracer answered in place of the system.
    let isInjected: Bool
    /// The lines of the trace in which it was entered and in which it returned.
    let entered: Int
    let returned: Int

    /// What it does to the disk; nil where it does nothing to it.
    var effect: Effect? { Effect(self) }

    /// Whether `strace -P path` passes it.
    func concerns(_ path: String) -> Bool { descriptors.contains(path) || names.contains(path) }
}
