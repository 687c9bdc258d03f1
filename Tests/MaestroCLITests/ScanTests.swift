// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import MaestroTesting
import SystemPackage
import Testing

@testable import MaestroCLI

@Suite struct `A look at a session` {
    private static let now = Date(timeIntervalSince1970: 1_780_000_000)

    /// Submitted `age` seconds ago, when its last words were `spoken` seconds old.
    private static func job(
        _ id: String,
        age: Double,
        from: Int? = nil,
        spoken: Double? = nil
    ) -> QueuedJob {
        QueuedJob(
            job: Job(id: Job.ID(id), endedAt: spoken.map { now - age - $0 }, firstNewEvent: from),
            state: .done,
            attempt: 1,
            failures: 0,
            takeovers: 0,
            dueAt: now,
            submittedAt: now - age
        )
    }

    @Test(arguments: [
        ("never", 1000.0, SessionScan.State.new), ("never", 300, .new), ("never", 299, .inUse), ("never", -50, .inUse),
        ("once", 5000, .known), ("once", 4000, .known), ("once", 3000, .grown), ("once", 100, .inUse),
        ("twice", 3000, .known), ("twice", 1000, .grown), ("odd#name", 3000, .known), ("odd", 3000, .new),
        // Its last words that were submitted are 60 s older than the submission: what was written since may be more of them.
        ("spoken", 4061, .known), ("spoken", 4059.5, .known), ("spoken", 4058, .grown), ("spoken", 3000, .grown),
    ])
    func `tells by its time what it is`(session: String, age: Double, state: SessionScan.State) {
        let jobs = [
            Self.job("once", age: 4000), Self.job("twice", age: 4000), Self.job("twice#12", age: 2000, from: 12),
            Self.job("odd#name", age: 2000), Self.job("spoken", age: 4000, spoken: 60),
        ]
        let scan = SessionScan(jobs: jobs, now: Self.now)
        #expect(scan.state(of: session, changedAt: Self.now - age) == state)
    }

    @Test(arguments: [
        (#"{"type":"user","sessionId":"s","cwd":"/w"}"#, true, "s", "/w", true),
        ("{\"type\":\"summary\"}\nnot json\n{\"type\":\"assistant\",\"sessionId\":\"s\"}", true, "s", nil, true),
        (#"{"type":"summary","leafUuid":"x"}"#, true, nil, nil, false), ("", true, nil, nil, false),
        (#"{"type":"summary","leafU"#, false, nil, nil, true),
    ])
    func `reads its id, its folder and whether anything was said`(
        text: String,
        isWhole: Bool,
        session: String?,
        folder: String?,
        mayTeach: Bool
    ) {
        let head = SessionHead(Data(text.utf8), isWhole: isWhole)
        #expect(head.mayBeSession)
        #expect(head.sessionID == session)
        #expect(head.folder == folder)
        #expect(head.mayTeach == mayTeach)
    }
}

@Suite(.temporaryFolder) struct `Scanning` {
    private let maestro = Binary(environment: ["CLAUDE_CONFIG_DIR": TemporaryFolder.path.appending("claude").string])

    /// A session of `lines` lines in a project folder, last written `age` seconds ago.
    @discardableResult
    private func session(
        _ name: String,
        lines: Int = 20,
        age: Double = 3600,
        in folder: String = "-srv-team-harbour",
        text: String? = nil
    ) throws -> String {
        let folder = TemporaryFolder.path.appending("claude/projects").appending(folder)
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        let whole = try String(contentsOfFile: Binary.example, encoding: .utf8)
        let start = whole.split(separator: "\n").prefix(lines).joined(separator: "\n") + "\n"
        let file = folder.appending("\(name).jsonl").string
        try (text ?? start.replacing("first-session", with: name)).write(
            toFile: file,
            atomically: true,
            encoding: .utf8
        )
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)],
            ofItemAtPath: file
        )
        return file
    }

    private func backdateSubmissions() async throws {
        let database = try DatabaseQueue(path: Binary.data.appending("maestro.sqlite").string)
        try await database.write { try $0.execute(sql: "UPDATE jobs SET submitted_at = submitted_at - 86400000") }
        try database.close()
    }

    private func states(_ more: String...) async throws -> [String: String] {
        let objects = try await maestro.run(["scan", "--json"] + more) { _ in }.objects()
        return Dictionary(uniqueKeysWithValues: objects.map { ("\($0["session"] ?? "")", "\($0["state"] ?? "")") })
    }

    @Test func `lists what was never submitted, and says what to do`() async throws {
        let file = try session("one")
        try session("two", age: 120)
        try session("three", age: 8 * 86_400)
        try session("agent-x")
        try session("sub", in: "-srv-team-harbour/one/subagents")
        try session("silent", text: #"{"type":"summary","summary":"x","leafUuid":"y"}"# + "\n")

        let finished = try await maestro.run("scan")
        #expect(finished.code == 0)
        #expect(finished.err == "")
        #expect(
            finished.lines == [
                "in use  2 min ago   8.6 KB    /srv/team/harbour", "        " + file.replacing("one", with: "two"),
                "new     60 min ago  8.6 KB    /srv/team/harbour", "        " + file,
                "Sessions: 1 new, 1 still in use, 1 without a word, 1 older than --since 7d",
                "Next: maestro scan --submit queues them",
            ]
        )
        #expect(try await states("--since", "2w") == ["one": "new", "two": "in_use", "three": "new"])
    }

    @Test func `queues them once, and again what came after`() async throws {
        try session("one")
        try session("two", age: 60)

        let first = try await maestro.run("scan", "--submit")
        #expect(first.code == 0)
        #expect(first.lines.prefix(2) == ["1 job: 1 queued", "1 still in use: left for the next scan"])
        #expect(first.out.contains("Next: maestro work --drain"))
        #expect(try await states() == ["two": "in_use"])
        #expect(try await maestro.run("scan", "--submit", "--json").object()["queued"] as? Int == 0)

        #expect(try await maestro.run("work", "--drain").code == 0)
        // As if the session had gone on since, and ended a while ago: the queue learned of it long before.
        try await backdateSubmissions()
        #expect(try await states() == ["two": "in_use"])
        try session("one", lines: 35, age: 600)
        #expect(try await states() == ["two": "in_use", "one": "grown"])
        let second = try await maestro.run("scan", "--submit")
        #expect(second.lines.first == "1 job: 1 continued, with what is new")
        try await backdateSubmissions()
        #expect(try await states() == ["two": "in_use"])
    }

    @Test func `finds a session under the id in its lines, however its file is called`() async throws {
        let file = try session("one")
        _ = try await maestro.run("submit", file)
        let copy = file.replacing("one.jsonl", with: "copy.jsonl")
        try FileManager.default.copyItem(atPath: file, toPath: copy)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -600)], ofItemAtPath: copy)
        try await backdateSubmissions()
        #expect(try await states() == [:])
    }

    @Test func `says which file cannot be read, and queues the others`() async throws {
        try session("one")
        let broken = try session("two", text: "{\"type\":\"user\",\"sessionId\":\"two\"}\u{0}\u{1}\n")

        let finished = try await maestro.run("scan", "--submit")
        #expect(finished.code == 1)
        #expect(finished.err.contains(broken))
        #expect(finished.lines.first == "1 job: 1 queued")
    }

    /// One that was opened and left, and one whose words came after it was read but before it was queued.
    @Test func `passes over sessions without a word, and finds words that came while it was submitted`() async throws {
        try session("left", text: #"{"type":"user","sessionId":"left","message":{"role":"user","content":""}}"# + "\n")
        let long = #"{"type":"user","sessionId":"long","message":{"role":"user","content":""}}"# + "\n"
        try session("long", text: String(repeating: long, count: 2000))
        try session("one")
        #expect(try await states() == ["one": "new", "long": "new"])
        let submitted = try await maestro.run("scan", "--submit")
        #expect(submitted.code == 0 && submitted.err.isEmpty && submitted.lines.first == "1 job: 1 queued")
        // Written before it was queued, as far as times tell.
        try session("one", lines: 35, age: 600)
        #expect(try await states() == ["one": "grown", "long": "new"])
    }

    /// It keeps that one's id in its lines.
    @Test func `takes a session that was resumed in another file for what it is`() async throws {
        try session("one")
        #expect(try await maestro.run("scan", "--submit").code == 0)
        let other =
            #"{"type":"user","sessionId":"one","message":{"role":"user","content":"From now on, never use tabs."}}"#
        try session("resumed", text: other + "\n")
        #expect(try await states() == ["one": "new"])
        let submitted = try await maestro.run("scan", "--submit")
        #expect(submitted.lines.first == "1 job: 1 queued")
        #expect(submitted.err.contains("note: job `one` is known with another transcript"))
        #expect(try await states() == [:])
    }

    /// Somebody types a command of the host's, leaves, and comes back to say what they want.
    @Test func `takes up a session in which nobody had spoken`() async throws {
        let notice =
            #"{"type":"user","sessionId":"late","timestamp":"2026-05-04T10:00:00Z","message":{"role":"user","content":"<command-name>/model</command-name>"}}"#
        let wish =
            #"{"type":"user","sessionId":"late","timestamp":"2026-05-04T11:00:00Z","message":{"role":"user","content":"From now on, never use tabs."}}"#
        try session("late", text: notice + "\n")
        _ = try await maestro.run("scan", "--submit")
        try session("late", age: 600, text: notice + "\n" + wish + "\n")
        let submitted = try await maestro.run("scan", "--submit")
        #expect(submitted.err.isEmpty && submitted.lines.first?.hasPrefix("1 job: 1 ") == true, "\(submitted)")
        #expect(try await states() == [:])
        #expect(try await maestro.run("jobs", "--json").objects().compactMap { $0["job"] as? String } == ["late"])
    }

    @Test func `tells what is no session, what holds no word and what was given up from what is known`() async throws {
        try session("one")
        try session("two")
        try session("empty", text: "")
        try session("bytes", text: "\u{0}\u{1F}\u{8B}\u{0}\n\u{1}")
        try session("other", text: #"{"a":1}"#)
        try session("words", text: "hello there\n")
        #expect(try await maestro.run("scan", "--submit").lines.first == "2 jobs: 2 queued")
        #expect(try await maestro.run("cancel", "two").code == 0)

        let finished = try await maestro.run("scan")
        #expect(finished.code == 0 && finished.err == "")
        #expect(
            finished.lines == [
                "Sessions: 1 known, 1 dead or cancelled, 1 without a word, 3 that are none",
                "`two` is dead or cancelled, and stays so; maestro retry ID brings back a job",
            ]
        )
        #expect(try await states() == ["two": "dead_or_cancelled"])
        let again = try await maestro.run("scan", "--submit")
        #expect(again.code == 0 && again.out.contains(finished.lines[1]))

        // Touched since: then the store knows, and no time.
        try await backdateSubmissions()
        try session("two", age: 600)
        #expect(try await states() == ["two": "dead_or_cancelled"])
        #expect(try await maestro.run("retry", "two").code == 0)
        #expect(try await states() == [:])
    }

    @Test func `follows links: a home may lie on several disks`() async throws {
        let one = try session("one")
        let two = try session("two")
        let (files, elsewhere) = (FileManager.default, TemporaryFolder.path.appending("elsewhere").string)
        let projects = TemporaryFolder.path.appending("claude/projects").string
        try files.moveItem(atPath: projects, toPath: elsewhere)
        try files.createSymbolicLink(atPath: projects, withDestinationPath: elsewhere)
        #expect(try await states() == ["one": "new", "two": "new"])

        try files.moveItem(atPath: one, toPath: elsewhere + "-one")
        try files.createSymbolicLink(atPath: one, withDestinationPath: elsewhere + "-one")
        let folder = FilePath(two).removingLastComponent().string
        try files.moveItem(atPath: folder, toPath: elsewhere + "-folder")
        try files.createSymbolicLink(atPath: folder, withDestinationPath: elsewhere + "-folder")
        #expect(try await states() == ["one": "new", "two": "new"])
    }

    @Test(arguments: ["2026-02-28", "2024-02-29", "2026-02-28T10:00:00Z", "2026-02-28T23:30:00+05:00", "1w"])
    func `since a time that is one is looked at`(time: String) async throws {
        #expect(try await maestro.run("scan", "--since", time).code == 0)
    }

    @Test func `without any session names the folder`() async throws {
        let finished = try await maestro.run("scan")
        #expect(finished.code == 0)
        let folder = TemporaryFolder.path.appending("claude/projects")
        #expect(finished.lines == ["No Claude Code session lies in `\(folder)`"])
    }

    @Test func `tells a folder with a line break on one line`() async throws {
        let record = #"{"type":"user","sessionId":"one","cwd":"/w\nSessions: 0 new","message":{"content":"hi"}}"#
        try session("one", text: record + "\n")
        let lines = try await maestro.run("scan").lines
        #expect(lines.count == 4)
        #expect(lines.first?.hasSuffix("/w Sessions: 0 new") == true)
    }

    @Test(arguments: ["soon", "2026-02-30", "2026-02-30T10:00:00Z", "2026-13-01", "2026-11-2x"])
    func `since a time that is none is wrong use`(time: String) async throws {
        let finished = try await maestro.run("scan", "--since", time)
        #expect(finished.code == 2)
        #expect(finished.err.contains("`\(time)` is no time"))
    }
}
