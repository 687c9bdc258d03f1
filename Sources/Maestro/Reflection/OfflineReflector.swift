// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A reflector that needs no model: it keeps what a person plainly directed, and proposes what a person should look at.
///
/// Deterministic. One silly entry costs more trust than ten missed ones, so it stores nothing that it has to guess.
package struct OfflineReflector: Reflector {
    package let name = "offline"
    package let seesWholeActivity = true
    /// Most changes of one reply, the strongest first: directives, corrections, recovered errors.
    private static let maxChanges = 3

    package init() {}

    package func reflect(_ prompt: ReflectionPrompt) async throws -> ReflectorReply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(reply(to: prompt.inputs)), as: UTF8.self)
        return ReflectorReply(text: text)
    }

    func reply(to inputs: ReflectionInputs) -> Reply {
        guard inputs.counterpart == .owner else {
            return Reply(
                reasoning: "The person in the log is not the owner of this memory, so their words direct nothing."
            )
        }
        let directives = directives(in: inputs)
        let newEvents = inputs.activity.events.filter { inputs.isNew($0.number) }
        let corrections = newEvents.filter {
            $0.kind == .correction && RefusalWords.says($0.text) && !$0.text.contains("[secret:")
        }
        let recovered = inputs.job.outcome.isKnownSuccess ? RecoveredError.first(in: newEvents) : nil
        let changes =
            directives.map { change(of: $0.directive, in: $0.event, inputs) }
            + corrections.reversed().map { change(of: $0, inputs) }
            + (recovered.map { [change(of: $0, inputs)] } ?? [])
        return Reply(
            reasoning: reasoning(inputs.job, directives.count, corrections.count, recovered != nil),
            memoryChanges: Array(changes.prefix(Self.maxChanges))
        )
    }

    /// Every directive once, from all turns but the first, also where it is sent again: that one says what this job is
    /// about.
    ///
    /// Who forbids what they directed before has changed their mind.
    private func directives(in inputs: ReflectionInputs) -> [(directive: Directive, event: Event)] {
        let first = inputs.activity.firstHumanTurn
        var kept: [(directive: Directive, event: Event)] = []
        let found = inputs.activity.events
            .filter { inputs.isNew($0.number) && $0.isHumanTurn && $0.kind == .message }
            .filter { $0.line != first?.line && $0.text != first?.text }
            .flatMap { event in Directive.all(in: event.text).map { ($0, event) } }
        for (directive, event) in found {
            guard let index = kept.firstIndex(where: { $0.directive.subject == directive.subject }) else {
                kept.append((directive, event))
                continue
            }
            if kept[index].directive.forbids != directive.forbids {
                kept.remove(at: index)
                kept.append((directive, event))
            }
        }
        return kept
    }

    private func change(of directive: Directive, in event: Event, _ inputs: ReflectionInputs) -> Reply.MemoryChange {
        if let entry = entry(saying: directive.sentence, in: inputs) {
            return Reply.MemoryChange(
                op: "confirm",
                name: entry.name.rawValue,
                events: [event.number],
                quote: directive.sentence
            )
        }
        let remembered = RememberedText(directive.core.capitalisedFirst, type: .feedback)
        let place = inputs.job.scope == .global ? "in every job" : "in every job of this project"
        return Reply.MemoryChange(
            op: "add",
            name: freeName(remembered, inputs),
            type: EntryType.feedback.rawValue,
            description: remembered.description,
            body: """
                \(directive.statement.capitalisedFirst).

                **Why:** the person directed it in these words.
                **How to apply:** \(place).
                """,
            events: [event.number],
            quote: directive.sentence,
            tentative: contradictsEntry(directive, inputs) ? true : nil
        )
    }

    /// Whether an entry says the opposite: which of the two holds is for the person to say.
    private func contradictsEntry(_ directive: Directive, _ inputs: ReflectionInputs) -> Bool {
        inputs.state.entries.filter { $0.problem == nil }.contains { entry in
            Self.rules(of: entry).map(Directive.init).contains { said in
                said.subject == directive.subject && said.forbids != directive.forbids
            }
        }
    }

    private func change(of correction: Event, _ inputs: ReflectionInputs) -> Reply.MemoryChange {
        let tool = correction.tool?.name ?? "a tool"
        let words = correction.text.onOneLine
        let remembered = RememberedText(words, type: .feedback)
        return Reply.MemoryChange(
            op: "add",
            name: freeName(remembered, inputs),
            type: EntryType.feedback.rawValue,
            description: RememberedText("When the agent used \(tool), the person said: \(words)", type: .feedback)
                .description,
            body: """
                When the agent used \(tool), the person refused it and said:

                > \(words.cut(toBytes: 2000))

                **Why:** their own words; whether they hold beyond that job is for a person to say.
                **How to apply:** when a similar step comes up.
                """,
            events: [correction.number],
            quote: String(words.prefix(300)),
            tentative: true
        )
    }

    private func change(of recovered: RecoveredError, _ inputs: ReflectionInputs) -> Reply.MemoryChange {
        let command = recovered.command.onOneLine.cut(toBytes: 60)
        let lastLine = recovered.lastLine.map { "\n> … \($0.cut(toBytes: 300))" } ?? ""
        return Reply.MemoryChange(
            op: "add",
            name: freeName(RememberedText("\(command) failed: \(recovered.error)", type: .project), inputs),
            type: EntryType.project.rawValue,
            description:
                "\(command.cut(toBytes: 40)): \(recovered.error.cut(toBytes: 50)) → \(cure(of: recovered, bytes: 20))",
            body: """
                `\(command)` failed and later passed \(cure(of: recovered, bytes: 200)). The error:

                > \(recovered.error.cut(toBytes: 500))\(lastLine)

                **Why:** it cost a round in a job that succeeded.
                **How to apply:** when `\(command)` fails like this.
                """,
            events: [recovered.failure.number, recovered.success.number],
            tentative: true
        )
    }

    private func cure(of recovered: RecoveredError, bytes: Int) -> String {
        if let other = recovered.otherCommand { return "as `\(other.onOneLine.cut(toBytes: bytes))`" }
        let file = recovered.changedFile?.split(separator: "/").last.map(String.init) ?? ""
        return "after `\(file.onOneLine.cut(toBytes: bytes))` was changed"
    }

    /// The entry that says already what the person said again.
    private func entry(saying sentence: String, in inputs: ReflectionInputs) -> MemoryEntry? {
        let words = Similarity(sentence)
        return inputs.state.entries.first { entry in
            entry.problem == nil && Self.rules(of: entry).contains { words.saysTheSame(as: Similarity($0)) }
        }
    }

    /// Where an entry says its rule: in its description, and in the first line of its body.
    private static func rules(of entry: MemoryEntry) -> [String] {
        [entry.description, String(entry.body.prefix { !$0.isNewline })]
    }

    /// A name that no entry of another text has; the judge turns what is said already into a confirmation.
    private func freeName(_ text: RememberedText, _ inputs: ReflectionInputs) -> String {
        let taken = Set(inputs.state.entries.map(\.name.folded))
        let names = (1...taken.count + 1).lazy.compactMap(text.name(number:))
        return (names.first { !taken.contains($0.folded) })?.rawValue ?? ""
    }

    private func reasoning(_ job: Job, _ directives: Int, _ corrections: Int, _ hasRecovered: Bool) -> String {
        var found: [String] = []
        if directives > 0 { found.append("\(directives) plain directive\(directives == 1 ? "" : "s") of the person") }
        if corrections > 0 { found.append("\(corrections) refusal\(corrections == 1 ? "" : "s") with words") }
        if hasRecovered { found.append("an error that was recovered from") }
        if !found.isEmpty { return "Found " + found.joined(separator: ", ") + "." }
        return switch job.outcome.status {
        case .failed: "The job failed, but its log does not say why."
        case .aborted: "The job was aborted, and nobody said in words what should be different."
        default: "Nobody directed anything in words that would hold beyond this job."
        }
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
