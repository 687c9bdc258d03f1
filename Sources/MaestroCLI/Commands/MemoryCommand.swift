// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro memory …`: the entries themselves.
struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "List, show, search, edit and remove entries.",
        subcommands: [List.self, Show.self, Search.self, Edit.self, Remove.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All entries of this scope, and the global ones.")
        @OptionGroup var options: GlobalOptions
        @OptionGroup var scopeOptions: ScopeOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.openToRead(options)
            let state = try await composition.store.state(of: composition.user, in: scopeOptions.scope)
            let authors = try await composition.store.authors(of: composition.user)
            if report.json {
                return Terminal.json(state.entries.map { MemoryCommand.json($0, authors[$0.path]) })
            }
            guard !state.entries.isEmpty else {
                return Terminal.result(
                    "Nothing is remembered for `\(scopeOptions.scope)` yet; --project names another scope"
                )
            }
            Terminal.result(state.entries.map { MemoryCommand.line($0, authors[$0.path]) })
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One entry, as its file has it.")
        @Argument var name: String
        @OptionGroup var options: GlobalOptions
        @OptionGroup var scopeOptions: ScopeOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.openToRead(options)
            let entry = try await MemoryCommand.entry(name, composition, scopeOptions.scope)
            let author = try await composition.store.authors(of: composition.user)[entry.path]
            if report.json { return Terminal.json(MemoryCommand.json(entry, author)) }
            Terminal.result(entry.document.text)
            Terminal.note(
                "\(entry.path.relative), by \(author.map { "reflection \($0.short)" } ?? "the folder (a person or an agent)")"
            )
        }
    }

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Entries that share words with a text, best first.")
        @Argument var words: [String]
        @OptionGroup var options: GlobalOptions
        @OptionGroup var scopeOptions: ScopeOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.openToRead(options)
            let state = try await composition.store.state(of: composition.user, in: scopeOptions.scope)
            let selection = EntrySelection(
                of: state.entries,
                query: words.joined(separator: " "),
                budgetBytes: 1 << 20,
                needsMatch: true,
                allowsFull: false
            )
            if report.json { return Terminal.json(selection.byDescription.map { MemoryCommand.json($0, nil) }) }
            guard !selection.byDescription.isEmpty else { return Terminal.result("No entry shares a word with that") }
            Terminal.result(selection.byDescription.map { MemoryCommand.line($0, nil) })
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Edit an entry in $EDITOR, or from a file.")
        @Argument var name: String
        @Option(
            name: .long,
            help: ArgumentHelp("The new text of the file; `-` reads standard input.", valueName: "file")
        )
        var file: String?
        @OptionGroup var options: GlobalOptions
        @OptionGroup var scopeOptions: ScopeOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.open(options)
            let entry = try await MemoryCommand.entry(name, composition, scopeOptions.scope)
            let receipt = try await Editor.edit(entry.document.text, name: "\(entry.name).md", from: file) { text in
                try await composition.commit(.editEntry(entry.name, text: text), in: scopeOptions.scope)
            }
            PersonReport.tell(receipt, asJSON: report.json)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an entry. Can be reverted.")
        @Argument var name: String
        @OptionGroup var options: GlobalOptions
        @OptionGroup var scopeOptions: ScopeOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.open(options)
            let receipt = try await composition.commit(.removeEntry(try Names.entry(name)), in: scopeOptions.scope)
            PersonReport.tell(receipt, asJSON: report.json)
        }
    }

    private static func entry(_ name: String, _ composition: Composition, _ scope: Scope) async throws -> MemoryEntry {
        let state = try await composition.store.state(of: composition.user, in: scope)
        guard let entry = state.entry(named: try Names.entry(name)) else {
            throw Failure.use(
                "no entry here is named `\(name)`",
                hint: "`maestro memory list` shows them; --project names another scope"
            )
        }
        return entry
    }

    private static func line(_ entry: MemoryEntry, _ author: Reflection.ID?) -> String {
        let place = entry.scope == .global ? "global" : "project"
        let what = entry.problem.map { "cannot be read: \($0)" } ?? entry.description
        return
            "\(Terminal.bold(entry.name.rawValue))  \(entry.type.rawValue), \(place)\(author.map { ", by \($0.short)" } ?? "")  \(what)"
    }

    private static func json(_ entry: MemoryEntry, _ author: Reflection.ID?) -> JSONValue {
        .make([
            ("name", .string(entry.name.rawValue)), ("type", .string(entry.type.rawValue)),
            ("scope", .string(entry.scope.text)),
            ("description", .string(entry.description)), ("body", .string(entry.body)),
            ("path", .string(entry.path.relative)),
            ("author", .string(author?.rawValue ?? "folder")), ("problem", ReceiptJSON.optional(entry.problem)),
        ])
    }
}
