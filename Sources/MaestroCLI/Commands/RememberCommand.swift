// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro

/// `maestro remember TEXT`: a person's own words, applied at once.
struct RememberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remember", abstract: "Keep this, in your own words.")

    @Argument(help: "What to remember.")
    var text: [String]
    @Option(name: .long, help: ArgumentHelp("user, feedback, project or reference.", valueName: "type"))
    var type = "feedback"
    @OptionGroup var options: GlobalOptions
    @OptionGroup var scopeOptions: ScopeOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard EntryType(rawValue: type) != nil else {
            throw ValidationError(
                "`--type \(type)`: it must be \(EntryType.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        guard !text.joined().allSatisfy(\.isWhitespace) else { throw ValidationError("there is no text to remember") }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        let act = PersonAct.remember(text.joined(separator: " "), type: EntryType(rawValue: type) ?? .feedback)
        PersonReport.tell(try await composition.commit(act, in: scopeOptions.scope), asJSON: report.json)
    }
}

/// `maestro forget NAME`.
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove an entry. Can be reverted."
    )

    @Argument(help: "The entry's name.")
    var name: String
    @OptionGroup var options: GlobalOptions
    @OptionGroup var scopeOptions: ScopeOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let composition = try await Composition.open(options)
        let act = PersonAct.forget(try Names.entry(name))
        PersonReport.tell(try await composition.commit(act, in: scopeOptions.scope), asJSON: report.json)
    }
}
