// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@testable import MaestroCLI

@Suite struct `Rendering` {
    private static let id = Reflection.ID("3fa9c1d2e4b50718")

    private static func decision(_ ordinal: Int, _ verdict: Decision.Verdict, _ code: Rejection? = nil) -> Decision {
        let words = "always run `make lint` before you say that something is done, and always run `make test` too"
        return Decision(
            ordinal: ordinal,
            operation: .add,
            name: "feedback-rule-\(ordinal)",
            scope: .global,
            verdict: verdict,
            code: code,
            message: "adds `feedback-rule-\(ordinal)`",
            evidence: (1...3).map { Evidence(event: $0, line: $0, actor: .user, text: words) },
            writes: EntryName("feedback-rule-\(ordinal)").map {
                [DocumentWrite(path: .entry(.global, stem: $0), before: nil, after: "x")]
            } ?? []
        )
    }

    private static func receipt(_ decisions: [Decision]) -> Receipt {
        Receipt(
            reflection: Reflection(
                id: id,
                kind: .job,
                job: Job.ID("job-1"),
                user: .me,
                scope: .global,
                outcome: Reflection.Outcome(of: decisions),
                reflector: "offline",
                createdAt: Date(timeIntervalSince1970: 1_780_000_000)
            ),
            decisions: decisions
        )
    }

    @Test func `of one job fits on twenty lines, whatever was decided`() {
        let most = (1...3).map { Self.decision($0, .accepted) } + (4...20).map { Self.decision($0, .rejected, .secret) }
        let mixed =
            (1...2).map { Self.decision($0, .accepted) } + [Self.decision(3, .waiting, .needsReview)]
            + (4...20).map { Self.decision($0, .rejected, .tooManyChanges) }

        for decisions in [most, mixed] {
            #expect(ReceiptText(receipt: Self.receipt(decisions), userFolder: "/data").lines.count <= 20)
        }
    }

    @Test func `names every code of what was not kept`() {
        for code in Rejection.allCases {
            let lines = ReceiptText(receipt: Self.receipt([Self.decision(1, .rejected, code)]), userFolder: "/data")
                .lines
            #expect(lines.contains { $0.contains("[\(code.rawValue)]") })
        }
    }

    @Test(arguments: [
        ("3fa9c1d2e4b50718-2", true), ("3fa9c1d2-2", true), ("3fa9-2", true), ("3fa9", true), ("3fa9-1", false),
        ("3fb9-2", false), ("", false), ("-2", false), ("3fa9-", false),
    ])
    func `finds a change by what a person writes`(text: String, isMeant: Bool) {
        #expect(ChangeID(Self.id, 2).isMeant(by: text) == isMeant)
    }

    @Test(arguments: [
        ("2d", -172_800.0), ("12h", -43_200), ("30m", -1800), ("1w", -604_800), ("2026-05-28", -73_600),
        ("2026-05-28T20:26:40Z", 0),
    ])
    func `reads times as people write them`(text: String, seconds: Double) throws {
        let now = Date(timeIntervalSince1970: 1_780_000_000)
        #expect(try Since.date(text, now: now).timeIntervalSince(now).rounded() == seconds)
    }

    @Test(arguments: ["", "d", "-2d", "1e9d", "infd", "nand", "99999999d", "2026-13-45", "yesterday"])
    func `refuses what is no time`(text: String) {
        #expect(throws: Failure.self) { try Since.date(text) }
    }

    @Test(arguments: [
        ("plain\ttext\n", "plain\ttext\n"), ("\u{1B}[31mred\u{1B}[0m", "[31mred[0m"), ("a\rb\u{7}c", "abc"),
        ("x\u{202E}y\u{9B}z", "xyz"), ("Grüße 🎼", "Grüße 🎼"),
    ])
    func `lets no text of a log drive the terminal`(text: String, clean: String) {
        #expect(Terminal.clean(text) == clean)
    }

    @Test func `keeps every character for programs`() throws {
        let text = "a\u{202E}b\u{9B}c\u{7F}d\u{1B}[31m\n"
        let line = Terminal.escaped(JSONValue.string(text).text)

        #expect(line.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F })
        #expect(try JSONDecoder().decode(String.self, from: Data(line.utf8)) == text)
    }

    @Test func `adds up metrics, with cost only where there are prices`() throws {
        func metric(_ job: String, _ outcome: Reflection.Outcome, tokens: Int?) -> Metric {
            Metric(
                reflectionJob: Reflection.ID(user: .me, job: Job.ID(job)),
                job: Job.ID(job),
                user: .me,
                piece: nil,
                outcome: outcome,
                memoryChanges: outcome == .applied ? 2 : 0,
                pieceEdited: false,
                tokensIn: tokens,
                tokensOut: tokens.map { $0 / 10 },
                durationMilliseconds: 5,
                at: .distantPast
            )
        }
        let metrics = [
            metric("a", .applied, tokens: 1_000_000), metric("b", .abstained, tokens: nil),
            metric("c", .applied, tokens: 1_000_000),
        ]
        let prices = Settings.Prices(inputPerMillion: 0.15, outputPerMillion: 0.6)
        let totals = Totals(metrics: metrics, codes: [.secret: 2], prices: prices)

        #expect(totals.total.jobs == 3)
        #expect(totals.total.unknownTokens == 1)
        #expect(totals.byOutcome["applied"]?.memoryChanges == 4)
        #expect(abs((totals.cost(of: totals.total) ?? 0) - 0.42) < 1e-9)
        #expect(Totals(metrics: metrics, codes: [:], prices: nil).cost(of: totals.total) == nil)
        #expect(totals.lines.contains { $0.contains("secret") })
    }
}
