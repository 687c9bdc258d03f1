// SPDX-License-Identifier: Apache-2.0

/// A fault at one call of a process.
///
/// The tracer counts the calls of each thread apart, and by name; it passes over those that do not concern `path`.
struct Injection: Hashable, Sendable {
    enum Fault: Hashable, Sendable, CustomStringConvertible {
        /// The process is killed as it makes the call, which has no effect.
        case kill
        /// The call has no effect and fails with this error.
        case error(String)

        var description: String {
            switch self {
            case .kill: "KILL"
            case .error(let name): name
            }
        }
    }

    let fault: Fault
    let call: String
    let path: String?
    let ordinal: Int

    /// For the tracer.
    var arguments: [String] {
        let when = path.map { ["-P", $0] } ?? []
        return switch fault {
        case .kill: ["-e", "inject=\(call):signal=KILL:when=\(ordinal)"] + when
        case .error(let name): ["-e", "inject=\(call):error=\(name):when=\(ordinal)"] + when
        }
    }
}
