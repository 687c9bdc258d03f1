// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro

/// `maestro piece …`: workflow definitions, builtin and one's own copies.
struct PieceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "piece",
        abstract: "List, show, edit and reset pieces (workflow definitions).",
        subcommands: [List.self, Show.self, Edit.self, Reset.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All pieces.")
        @OptionGroup var options: GlobalOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.openToRead(options)
            let pieces = try await composition.store.state(of: composition.user, in: .global).pieces
            for name in pieces.names {
                let (description, problem) = PieceCommand.summary(of: name, in: pieces)
                if report.json {
                    Terminal.json(
                        JSONValue.make([
                            ("name", .string(name.rawValue)), ("own", .bool(pieces.isOwn(named: name.rawValue))),
                            ("description", .string(description)), ("problem", ReceiptJSON.optional(problem)),
                        ])
                    )
                } else {
                    let kind = pieces.isOwn(named: name.rawValue) ? "own copy" : "builtin"
                    Terminal.result(
                        "\(Terminal.bold(name.rawValue))  \(kind)  \(problem.map { "not valid: \($0)" } ?? description)"
                    )
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One piece, as its file has it.")
        @Argument var name: String
        @OptionGroup var options: GlobalOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.openToRead(options)
            let pieces = try await composition.store.state(of: composition.user, in: .global).pieces
            let text = try PieceCommand.text(name, in: pieces)
            guard report.json else { return Terminal.result(text) }
            Terminal.json(
                .make([
                    ("name", .string(name)), ("own", .bool(pieces.isOwn(named: name))), ("text", .string(text)),
                ])
            )
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Edit a piece in $EDITOR, or from a file. Editing a builtin makes your own copy."
        )
        @Argument var name: String
        @Option(name: .long, help: ArgumentHelp("The new YAML; `-` reads standard input.", valueName: "file"))
        var file: String?
        @OptionGroup var options: GlobalOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.open(options)
            let piece = try Names.piece(name)
            let pieces = try await composition.store.state(of: composition.user, in: .global).pieces
            let start = pieces.textForEditing(named: name) ?? ""
            guard file != nil || !start.isEmpty else {
                throw Failure.use("no piece is named `\(name)`", hint: "give a new one with --file")
            }
            let receipt = try await Editor.edit(start, name: "\(piece).yaml", from: file) { text in
                try await composition.commit(.editPiece(piece, text: text), in: .global)
            }
            PersonReport.tell(receipt, asJSON: report.json)
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove your own copy: the builtin piece holds again."
        )
        @Argument var name: String
        @OptionGroup var options: GlobalOptions
        @OptionGroup var report: ReportOptions

        func run() async throws {
            let composition = try await Composition.open(options)
            let receipt = try await composition.commit(.resetPiece(try Names.piece(name)), in: .global)
            PersonReport.tell(receipt, asJSON: report.json)
        }
    }

    private static func text(_ name: String, in pieces: PieceCatalog) throws -> String {
        guard let text = pieces.text(named: name) else {
            throw Failure.use("no piece is named `\(name)`", hint: "`maestro piece list` shows them")
        }
        return text
    }

    private static func summary(of name: PieceName, in pieces: PieceCatalog) -> (description: String, problem: String?)
    {
        do throws(PieceRefusal) {
            return (try pieces.piece(named: name.rawValue).description, nil)
        } catch {
            return ("", error.message)
        }
    }
}
