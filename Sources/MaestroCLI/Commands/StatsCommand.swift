// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro stats`: totals per outcome, user and piece, what was refused, tokens, and cost where prices are set.
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Totals of all reflections on jobs."
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions
    @Flag(name: .long, help: "Of all users.")
    var all = false

    func run() async throws {
        let composition = try await Composition.openToRead(options)
        let user = all ? nil : composition.user
        let totals = Totals(
            metrics: try await composition.store.metrics(of: user),
            codes: try await composition.store.codeCounts(of: user),
            prices: composition.settings.llm.prices
        )
        if report.json { Terminal.json(totals.json) } else { Terminal.result(totals.lines) }
    }
}

/// Metric rows, added up.
///
/// Pure.
struct Totals {
    struct Sum: Hashable {
        var jobs = 0
        var memoryChanges = 0
        var pieceEdits = 0
        var tokensIn = 0
        var tokensOut = 0
        /// Jobs whose tokens nobody counted.
        var unknownTokens = 0
        var milliseconds = 0

        mutating func add(_ metric: Metric) {
            jobs += 1
            memoryChanges += metric.memoryChanges
            pieceEdits += metric.pieceEdited ? 1 : 0
            tokensIn += metric.tokensIn ?? 0
            tokensOut += metric.tokensOut ?? 0
            unknownTokens += metric.tokensIn == nil ? 1 : 0
            milliseconds += metric.durationMilliseconds
        }
    }

    private(set) var total = Sum()
    private(set) var byOutcome: [String: Sum] = [:]
    private(set) var byUser: [String: Sum] = [:]
    private(set) var byPiece: [String: Sum] = [:]
    let codes: [Rejection: Int]
    let prices: Settings.Prices?

    init(metrics: [Metric], codes: [Rejection: Int], prices: Settings.Prices?) {
        self.codes = codes
        self.prices = prices
        for metric in metrics {
            total.add(metric)
            byOutcome[metric.outcome.rawValue, default: Sum()].add(metric)
            byUser[metric.user.rawValue, default: Sum()].add(metric)
            byPiece[metric.piece ?? "(no piece)", default: Sum()].add(metric)
        }
    }

    /// Money for the tokens that were counted; nil without prices.
    func cost(of sum: Sum) -> Double? {
        prices.map {
            (Double(sum.tokensIn) * $0.inputPerMillion + Double(sum.tokensOut) * $0.outputPerMillion) / 1_000_000
        }
    }

    var lines: [String] {
        guard total.jobs > 0 else { return ["No job was reflected on yet"] }
        return ["All      \(text(total))"] + section("Outcome", byOutcome) + section("User", byUser)
            + section("Piece", byPiece)
            + (codes.isEmpty ? [] : ["Refused or waiting, by code"])
            + sortedCodes.map { "  \($0.key.rawValue)  \($0.value)" }
    }

    private var sortedCodes: [(key: Rejection, value: Int)] {
        codes.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.rawValue < $1.key.rawValue }
    }

    private func section(_ title: String, _ sums: [String: Sum]) -> [String] {
        [title] + sums.sorted { $0.key < $1.key }.map { "  \($0.key)  \(text($0.value))" }
    }

    private func text(_ sum: Sum) -> String {
        var parts = [
            "\(sum.jobs) job\(sum.jobs == 1 ? "" : "s")",
            "\(sum.memoryChanges) memory change\(sum.memoryChanges == 1 ? "" : "s")",
            "\(sum.pieceEdits) piece edit\(sum.pieceEdits == 1 ? "" : "s")",
        ]
        if sum.unknownTokens < sum.jobs { parts.append("\(sum.tokensIn) tokens in, \(sum.tokensOut) out") }
        if let cost = cost(of: sum) { parts.append("cost \(Self.money(cost))") }
        return parts.joined(separator: ", ")
    }

    static func money(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(2...6)).locale(Locale(identifier: "en_US_POSIX")))
    }

    var json: JSONValue {
        .make([
            ("total", json(total)), ("outcomes", json(byOutcome)), ("users", json(byUser)), ("pieces", json(byPiece)),
            ("codes", .make(sortedCodes.map { ($0.key.rawValue, .number("\($0.value)")) })),
        ])
    }

    private func json(_ sums: [String: Sum]) -> JSONValue {
        .make(sums.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
    }

    private func json(_ sum: Sum) -> JSONValue {
        .make([
            ("jobs", .number("\(sum.jobs)")), ("memoryChanges", .number("\(sum.memoryChanges)")),
            ("pieceEdits", .number("\(sum.pieceEdits)")), ("tokensIn", .number("\(sum.tokensIn)")),
            ("tokensOut", .number("\(sum.tokensOut)")), ("unknownTokens", .number("\(sum.unknownTokens)")),
            ("durationMs", .number("\(sum.milliseconds)")), ("cost", cost(of: sum).map { .number("\($0)") } ?? .null),
        ])
    }
}
