// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What stands at one place of a folder right now.
enum LiveFile: Equatable, Sendable {
    case absent
    case text(String)
    /// Something is there that we neither read nor change; the sentence says what.
    case unreadable(String)

    /// The text, where there is one.
    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// Whether this is the document that a plan speaks of: `nil` means absent.
    func equals(_ text: String?) -> Bool {
        switch (self, text) {
        case (.absent, nil): true
        case (.text(let live), .some(let text)): live.hasSameBytes(as: text)
        default: false
        }
    }

    /// The rule of recovery for one operation, whatever interrupted it.
    func step(for write: DocumentWrite) -> Plan.Step {
        if equals(write.after) { return .done }
        return equals(write.before) ? .apply : .superseded
    }
}
