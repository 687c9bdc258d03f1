// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

extension Pause {
    /// Whom it is about.
    var who: String { user.map { "user `\($0)`" } ?? "all users" }

    /// The command that takes it back.
    var resuming: String {
        "maestro pause --off" + (user.map { " --user \(ShellWord.quoted($0.rawValue))" } ?? " --all")
    }

    /// Whether it holds back the jobs of `other`.
    func holds(_ other: UserID) -> Bool { user == nil || user == other }

    /// For programs; `user` null: of all users, `until` null: until it is taken back.
    var json: JSONValue {
        .make([
            ("user", ReceiptJSON.optional(user?.rawValue)), ("since", .string(since.formatted(.iso8601))),
            ("until", ReceiptJSON.optional(until?.formatted(.iso8601))), ("reason", ReceiptJSON.optional(reason)),
        ])
    }
}
