// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a reflector is given: the words for a model, and the facts they were made from.
///
/// The system text comes first and never changes, so that providers can cache it; all that is about this job follows.
/// Everything is redacted once more here: entries and pieces may hold what no importer has seen.
package struct ReflectionPrompt: Sendable {
    package let system: String
    package let user: String
    package let inputs: ReflectionInputs
    /// JSON Schema of the reply.
    package let schema: String

    package init(_ inputs: ReflectionInputs) {
        self.inputs = inputs
        system = PromptText.system
        user = Redactor.standard.redacting(Self.userText(of: inputs)).text
        schema = ReplySchema.text(mergeTargets: inputs.selection.inFull.map(\.name.rawValue).sorted())
    }

    private init(_ prompt: ReflectionPrompt, user: String) {
        system = prompt.system
        self.user = user
        inputs = prompt.inputs
        schema = prompt.schema
    }

    package var byteCount: Int { system.utf8.count + user.utf8.count + schema.utf8.count }

    /// The same prompt for the one re-ask, saying what was wrong with the first reply.
    package func repairing(_ problem: String) -> ReflectionPrompt {
        ReflectionPrompt(self, user: user + "\nYour last reply could not be used: \(problem). \(PromptText.closing)\n")
    }

    private static func userText(of inputs: ReflectionInputs) -> String {
        [
            jobSection(of: inputs), pieceSection(of: inputs), entriesSection(of: inputs),
            logSection(of: inputs), "# Reply\n\(PromptText.closing)",
        ].compactMap(\.self).joined(separator: "\n\n") + "\n"
    }

    private static func jobSection(of inputs: ReflectionInputs) -> String {
        let job = inputs.job
        var lines = [
            "# Job", PromptText.outcome(of: job.outcome), "Scope: \(job.scope == .global ? "none" : job.scope.text)",
        ]
        if let task = job.task { lines.append("Task: \(task.onOneLine.cut(toBytes: 300))") }
        if let day = job.endedAt { lines.append("Ended: \(day.formatted(.iso8601.year().month().day()))") }
        if let first = job.firstNewEvent { lines.append(PromptText.continuation(from: first)) }
        lines.append(PromptText.counterpart(inputs.counterpart))
        return lines.joined(separator: "\n")
    }

    private static func pieceSection(of inputs: ReflectionInputs) -> String? {
        guard let piece = inputs.job.piece else { return nil }
        guard let text = inputs.pieceText else { return "# Piece\n\(piece) (not shown; do not edit it)" }
        return "# Piece\n\(text)"
    }

    /// The digest between its marks; a mark inside it is broken, so that no text of a log can leave its section.
    private static func logSection(of inputs: ReflectionInputs) -> String {
        var text = inputs.digest.text
        if text.hasBytes(of: "</") {
            text = text.replacingOccurrences(of: "</log", with: "</ log", options: .caseInsensitive)
        }
        return "# Log\n<log>\n\(text)\n</log>"
    }

    private static func entriesSection(of inputs: ReflectionInputs) -> String {
        let selection = inputs.selection
        guard !selection.inFull.isEmpty || !selection.byDescription.isEmpty else { return "# Entries\nNone yet." }
        var parts = ["# Entries"] + selection.inFull.map(EntrySelection.fullText(of:))
        if !selection.byDescription.isEmpty {
            parts.append("By description only (may be confirmed, not updated):")
            parts += selection.byDescription.map(EntrySelection.line(of:))
        }
        return parts.joined(separator: "\n")
    }
}
