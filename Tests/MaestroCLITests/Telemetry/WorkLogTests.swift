// SPDX-License-Identifier: Apache-2.0
import Logging
import Maestro
import Testing

@testable import MaestroCLI

@Suite struct `Work as log lines` {
    struct Row: Sendable, CustomTestStringConvertible {
        let event: WorkEvent
        let line: String?
        var testDescription: String { line ?? "nothing" }
    }

    private static let names =
        "job.attempt=1 job.id=job-1 piece.name=fix-issue reflection.id=\(WorkEvents.claim().reflection) user.id=ada"

    private static let rows = [
        Row(event: .claimed(WorkEvents.claim()), line: nil),
        Row(
            event: .stage(.start(promptBytes: 900), WorkEvents.claim()),
            line: "debug job started [prompt.bytes=900]"
        ),
        Row(
            event: .stage(
                .model(ReflectorReply(text: "a secret reply", model: "small-1", tokensIn: 7), wasKept: false),
                WorkEvents.claim()
            ),
            line: "debug model answered [model.name=small-1 reply.kept=false tokens.prompt=7]"
        ),
        Row(
            event: .stage(.reasoning("a secret thought", changes: 2), WorkEvents.claim()),
            line: "debug reply read [changes=2 reasoning.bytes=16]"
        ),
        Row(
            event: .stage(.applied(WorkEvents.receipt(.abstained, tokensOut: nil)), WorkEvents.claim()),
            line: "debug changes applied [changes=0 changes.rejected=0 changes.waiting=0 model.name=small-1 "
                + "outcome=abstained tokens.prompt=1200]"
        ),
        Row(
            event: .stage(.snapshot("/data/s"), WorkEvents.claim()),
            line: "debug snapshot written [snapshot.path=/data/s]"
        ),
        Row(
            event: WorkEvents.finished(
                .ended(WorkEvents.receipt(.applied, [(.accepted, nil), (.waiting, .needsReview), (.rejected, .stale)]))
            ),
            line: "info job done [changes=1 changes.rejected=1 changes.waiting=1 codes=needs_review,stale "
                + "duration.ms=1500 model.name=small-1 outcome=applied tokens.prompt=1200 tokens.reply=80]"
        ),
        Row(
            event: WorkEvents.finished(
                .ended(WorkEvents.receipt(.failed, tokensIn: nil, tokensOut: nil)),
                ReplyError.empty
            ),
            line: "error job dead [changes=0 changes.rejected=0 changes.waiting=0 duration.ms=1500 "
                + "error=\(ReplyError.empty.sentence) error.class=unusable_reply hint=the model may be too small "
                + "model.name=small-1 outcome=failed]"
        ),
        Row(
            event: WorkEvents.postponed(ReflectorError.serverFailed("it said 500", status: 500)),
            line: "warning job postponed [counted=true due=2026-05-28T20:26:40Z duration.ms=1500 error=it said 500 "
                + "error.class=server_failed]"
        ),
        Row(
            event: WorkEvents.postponed(ReflectorError.rateLimited("it said 429", retryAfterSeconds: 7)),
            line: "warning job postponed [counted=true due=2026-05-28T20:26:40Z duration.ms=1500 error=it said 429 "
                + "error.class=rate_limited]"
        ),
        Row(
            event: WorkEvents.postponed(ReflectorError.timedOut("no answer")),
            line: "warning job postponed [counted=true due=2026-05-28T20:26:40Z duration.ms=1500 error=no answer "
                + "error.class=timed_out hint=raise `llm.timeoutSeconds`, or use a faster model]"
        ),
        Row(
            event: WorkEvents.postponed(CancellationError()),
            line: "info job handed back [counted=true due=2026-05-28T20:26:40Z duration.ms=1500]"
        ),
        Row(
            event: WorkEvents.finished(.lost, StoreError.leaseLost),
            line: "info job taken over or cancelled [duration.ms=1500]"
        ),
        Row(
            event: .endpoint(.closed(sentence: "it said 401", hint: "check the key")),
            line: "warning endpoint closed [error=it said 401 hint=check the key]"
        ),
        Row(event: .endpoint(.rests(seconds: 2.2)), line: "warning endpoint rests [rest.seconds=3]"),
        Row(event: .endpoint(.opened), line: "notice endpoint opened []"),
        Row(event: .storeFailed("disk full", hint: nil), line: "error store failed [error=disk full]"),
    ]

    @Test(arguments: rows)
    func `have a level, a constant message, and what is known as data`(row: Row) throws {
        guard let line = WorkLog.line(for: row.event) else {
            #expect(row.line == nil)
            return
        }
        let isAboutJob = line.metadata[LogKeys.jobID] != nil
        let own = line.metadata.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        let known = Self.names.split(separator: " ").map(String.init)
        #expect(!isAboutJob || Set(known).isSubset(of: own))
        let rest = own.filter { !isAboutJob || !known.contains($0) }.joined(separator: " ")
        #expect("\(line.level) \(line.message) [\(rest)]" == row.line)
        #expect(!own.joined().contains("secret"))
        #expect(!own.joined().contains("lease-token"))
    }

    @Test func `of a job without a piece name none`() throws {
        let line = try #require(WorkLog.line(for: .stage(.start(promptBytes: 1), WorkEvents.claim(piece: nil))))
        #expect(line.metadata[LogKeys.pieceName] == nil)
    }
}
