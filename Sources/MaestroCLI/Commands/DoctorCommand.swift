// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import struct SystemPackage.FilePath
import MaestroLLM

/// `maestro doctor`: is everything well; `--privacy`: what leaves this machine.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check settings, store, folders and the model's server.",
        discussion: "Asks the server one tiny question where an endpoint is set. Exit code 1 where something is wrong."
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions
    @Flag(name: .long, help: "Say what leaves this machine, to where, after which redactions.")
    var privacy = false
    @Flag(name: .long, help: "Do not ask the model's server.")
    var offline = false

    func run() async throws {
        let composition = try await Composition.openToRead(options)
        if privacy {
            let lines = Self.privacyLines(composition)
            guard report.json else { return Terminal.result(lines) }
            return Terminal.json(.make([("privacy", .array(lines.map(JSONValue.string)))]))
        }
        var findings = Self.settings(composition)
        findings += try await composition.store.diagnose(composition.user)
        findings += Self.pieces(try await composition.store.state(of: composition.user, in: .global).pieces)
        findings += Self.queue(try await QueueStanding(of: composition.store, user: nil))
        findings.append(await endpoint(composition))
        if report.json {
            Terminal.json(findings.map(Self.json))
        } else {
            Terminal.result(findings.flatMap(Self.lines))
        }
        let problems = findings.count { $0.level == .problem }
        if problems > 0 { throw Failure.work("\(problems) problem\(problems == 1 ? "" : "s") found") }
    }

    private static func settings(_ composition: Composition) -> [Finding] {
        let given = composition.loader.given.sorted { $0.key < $1.key }
        return [
            Finding(.good, "version", "maestro \(MaestroCommand.version)"),
            Finding(.good, "data", composition.data.string),
        ] + given.map { Finding(.good, "setting", "\($0.key): \($0.value.text) (\($0.value.source))") } + [
            Finding(.good, "settings", given.isEmpty ? "all at their defaults" : "all others at their defaults")
        ]
    }

    private static func queue(_ standing: QueueStanding) -> [Finding] {
        let dead = standing.backlog.counts[.dead] ?? 0
        let idles = standing.backlog.due > 0 && standing.workers.isEmpty
        let state = Finding(
            idles ? .note : .good,
            "queue",
            "\(standing.counts); \(standing.worker)",
            hint: idles ? "maestro work --drain, or maestro work to keep one running" : nil
        )
        let pauses = standing.pauseLines.map { Finding(.note, "queue", $0) }
        guard dead > 0 else { return [state] + pauses }
        let hint = "`maestro jobs --state dead --all` says why, `\(RetryHint.everyone)` brings them back"
        return [state] + pauses + [
            Finding(.note, "queue", "\(dead) job\(dead == 1 ? " is" : "s are") dead", hint: hint)
        ]
    }

    private static func pieces(_ pieces: PieceCatalog) -> [Finding] {
        pieces.names.compactMap { name in
            do throws(PieceRefusal) {
                _ = try pieces.piece(named: name.rawValue)
                return nil
            } catch {
                return Finding(
                    .problem,
                    "piece \(name)",
                    error.message,
                    hint: "maestro piece edit \(name), or piece reset \(name)"
                )
            }
        }
    }

    private func endpoint(_ composition: Composition) async -> Finding {
        guard composition.usesModel else {
            return Finding(.note, "model", "none is set: the offline reflector is used")
        }
        guard !offline else { return Finding(.note, "model", "not asked (--offline)") }
        do {
            let model = try composition.makeModel()
            let probe = await Result { try await EndpointProbe(model) }
            try await model.close()
            let answer = try probe.get()
            let tokens = answer.tokensIn.map { "\($0) prompt tokens" } ?? "tokens not counted"
            return Finding(
                .good,
                "model",
                "\(answer.model ?? "unnamed") answered by \(answer.rung) in \(answer.milliseconds) ms, \(tokens)"
            )
        } catch {
            let failure = Failure(error)
            return Finding(.problem, "model", failure.message, hint: failure.hint)
        }
    }

    private static func lines(_ finding: Finding) -> [String] {
        let mark = [Finding.Level.good: "ok", .note: "note", .problem: "PROBLEM"][finding.level] ?? ""
        return ["\(mark)  \(finding.subject): \(finding.text)"] + (finding.hint.map { ["    hint: \($0)"] } ?? [])
    }

    private static func json(_ finding: Finding) -> JSONValue {
        .make([
            ("level", .string(finding.level.rawValue)), ("subject", .string(finding.subject)),
            ("text", .string(finding.text)),
            ("hint", ReceiptJSON.optional(finding.hint)),
        ])
    }

    static func privacyLines(_ composition: Composition) -> [String] {
        let settings = composition.settings
        var lines: [String] = []
        if composition.usesModel,
            let endpoint = settings.llm.endpoint.flatMap({ Endpoint($0, kind: settings.llm.kind) })
        {
            lines += [
                "With each reflection, one request (two at most) goes to \(SettingKey.shownAddress(endpoint.chatURL)), which is \(endpoint.isNear ? "this machine or a private network" : "another machine"):",
                "  at most \(settings.reflection.activityLogMaxBytes) bytes of the job's log, its outcome, task and scope",
                "  at most \(settings.reflection.entryBudgetTokens) tokens of memory entries and \(settings.reflection.pieceBudgetTokens) of the piece",
                "  the key from `llm.apiKey` or `llm.apiKeyFile`"
                    + (settings.llm.proxy ? ", and the user's name (`llm.proxy`)" : ""),
            ]
        } else {
            let nobody = "no model is set, and the offline reflector asks nobody."
            lines.append(
                composition.userFolder == nil
                    ? "To a model goes nothing: \(nobody)" : "Nothing leaves this machine: \(nobody)"
            )
        }
        if composition.userFolder == nil {
            lines.append("Jobs with their logs, documents and history are kept in the database that `store.url` names.")
        }
        return lines + [
            "Before anything is stored or sent, secrets are replaced by placeholders: keys of some 40 services by their shape, private",
            "keys, JWTs, passwords in URLs and connection strings, bearer tokens, and random values of keys like `password`.",
            "Names, addresses and other personal data in the log are not replaced; they are refused in what is remembered where a",
            "piece or source says that the person is a customer (`counterpart: other`).",
            "Raw replies of a model are \(settings.reflection.storeLlmRaw ? "kept (`reflection.storeLlmRaw`)" : "erased when their changes are committed").",
            "There is no telemetry.",
        ]
    }
}
