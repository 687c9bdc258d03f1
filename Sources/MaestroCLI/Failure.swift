// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Why a command ends without having done its work: what happened, and what to do.
struct Failure: Error {
    let message: String
    let hint: String?
    /// 1 the work failed, 2 wrong use.
    let exitCode: Int32

    static func work(_ message: String, hint: String? = nil) -> Failure {
        Failure(message: message, hint: hint, exitCode: 1)
    }
    static func use(_ message: String, hint: String? = nil) -> Failure {
        Failure(message: message, hint: hint, exitCode: 2)
    }

    /// A person did not want to wait for calls in flight; the exit code is what a shell gives for the signal.
    static func stopped(by signal: Int32) -> Failure {
        Failure(
            message: "told twice to stop: calls in flight were cut, and their jobs handed back",
            hint: "their replies may be paid for all the same; one signal lets them end",
            exitCode: 128 + signal
        )
    }

    /// Any error of the engine, in its sentence.
    init(_ error: any Error) {
        if let failure = error as? Failure {
            self = failure
        } else {
            let remedy = Remedy(for: error)
            self.init(message: remedy.sentence, hint: remedy.hint, exitCode: 1)
        }
    }

    private init(message: String, hint: String?, exitCode: Int32) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }
}
