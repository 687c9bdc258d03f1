// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What `fsck` found, as lines and as JSON: names that scripts depend on.
struct CheckReport {
    let findings: [CheckFinding]
    /// Whether a repair was asked for.
    let repairs: Bool

    /// How many things stand wrong.
    var wrong: Int { findings.count { $0.standsWrong } }
    private var mended: Int { findings.count { $0.mended != nil } }
    private var mendable: Int { findings.count { $0.standsWrong && $0.isMendable } }

    /// What a person does next; nil where nothing can be done here.
    var hint: String? {
        guard !repairs, mendable > 0 else { return nil }
        if findings.contains(where: { $0.code == .databaseMissing }) {
            return "bring a backup of the database back; without one, `maestro fsck --repair` starts an empty history"
        }
        return "`maestro fsck --repair` mends \(mendable == wrong ? "all of it" : "\(mendable) of them")"
    }

    /// What stands wrong first, then what was mended, then what is only worth knowing.
    var lines: [String] {
        let wrong = findings.filter(\.standsWrong)
        let mended = findings.filter { $0.mended != nil }
        let rest = findings.filter { $0.level == .information && $0.mended == nil }
        return (wrong + mended + rest).map(Self.line) + summary
    }

    private static func line(_ finding: CheckFinding) -> String {
        let mark =
            finding.mended != nil
            ? "mended" : finding.level == .wrong ? Terminal.bold("WRONG") : Terminal.faint("note")
        let user = finding.user.map { "\($0): " } ?? ""
        let end = (finding.mended ?? finding.mend).nilIfNothing.map { "; \($0)" } ?? ""
        return "\(mark)  \(finding.code.rawValue)  \(user)\(finding.place): \(finding.message)\(end)"
    }

    /// What is wrong is counted on the other stream.
    private var summary: [String] {
        let done = mended > 0 ? ["\(mended) mended"] : []
        let all = done + (wrong == 0 ? ["nothing is wrong"] : [])
        return all.isEmpty ? [] : [all.joined(separator: "; ")]
    }

    var json: JSONValue {
        .make([
            ("wrong", ReceiptJSON.number(wrong)), ("mended", ReceiptJSON.number(mended)),
            ("findings", .array(findings.map(Self.json))),
        ])
    }

    private static func json(_ finding: CheckFinding) -> JSONValue {
        .make([
            ("code", .string(finding.code.rawValue)), ("level", .string(finding.level.rawValue)),
            ("user", ReceiptJSON.optional(finding.user?.rawValue)), ("place", .string(finding.place)),
            ("message", .string(finding.message)), ("mend", .string(finding.mend)),
            ("mendable", .bool(finding.isMendable)), ("mended", ReceiptJSON.optional(finding.mended)),
        ])
    }
}

extension String {
    /// Nil where it says no more than that.
    fileprivate var nilIfNothing: String? { self == CheckFinding.nothingToDo ? nil : self }
}
