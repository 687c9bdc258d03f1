// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// A session with what a scan found out about it.
struct FoundSession: Hashable, Sendable {
    let file: SessionFile
    let session: String
    /// The key of its project; nil where it names no folder.
    let project: String?
    let state: SessionScan.State
    /// Its job, where it is known and nobody will reflect on it: dead or cancelled.
    var over: Job.ID?

    /// `new     3 h ago     1.2 MB  github.com/acme/app`, and the path below it.
    func lines(at now: Date) -> [String] {
        let word = state.rawValue.replacing("_", with: " ")
        let age = JobLine.span(now.timeIntervalSince(file.changedAt)) + " ago"
        let columns = [(word, 8), (age, 12), (ByteText.of(file.bytes), 10)].map { text, width in
            text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }
        return [columns.joined() + (project?.onOneLine ?? "no project"), "        \(file.path.onOneLine)"]
    }

    var json: JSONValue {
        .make([
            ("session", .string(session)), ("state", .string(over == nil ? state.rawValue : "dead_or_cancelled")),
            ("job", ReceiptJSON.optional(over?.rawValue)),
            ("project", project.map { .string($0) } ?? .null), ("path", .string(file.path)),
            ("changed", .string(file.changedAt.formatted(.iso8601))), ("bytes", .number("\(file.bytes)")),
        ])
    }
}
