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

    var arguments: [String] {
        let what =
            switch fault {
            case .kill: "signal=KILL"
            case .error(let name): "error=\(name)"
            }
        return ["-e", "inject=\(call):\(what):when=\(ordinal)"] + (path.map { ["-P", $0] } ?? [])
    }
}
