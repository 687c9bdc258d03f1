// SPDX-License-Identifier: Apache-2.0
import MaestroTesting
import Testing

@Suite struct `The order of durability` {
    private static let order = DurabilityOrder(data: "/d")
    private static let log = "/d/maestro.sqlite-wal"
    private static let memory = "/d/users/me/memory"
    private static let reflections = "/d/users/me/reflections"

    /// A commit that replaces one entry, adds another, and is told: what Maestro does, in short.
    private static let good = [
        "pwrite64(9<\(log)>, \"\"..., 4096, 56) = 4096",
        "fdatasync(9<\(log)>) = 0",
        "openat(5<\(memory)>, \".a.md.r~\", O_WRONLY|O_CREAT|O_EXCL, 0600) = 6<\(memory)/.a.md.r~>",
        "write(6<\(memory)/.a.md.r~>, \"\"..., 40) = 40",
        "fsync(6<\(memory)/.a.md.r~>) = 0",
        "renameat2(5<\(memory)>, \".a.md.r~\", 5<\(memory)>, \"a.md\", RENAME_EXCHANGE) = 0",
        "unlinkat(5<\(memory)>, \".a.md.r~\", 0) = 0",
        "write(6<\(memory)/.b.md.r~>, \"\"..., 40) = 40",
        "fsync(6<\(memory)/.b.md.r~>) = 0",
        "renameat2(5<\(memory)>, \".b.md.r~\", 5<\(memory)>, \"b.md\", RENAME_NOREPLACE) = 0",
        "fsync(5<\(memory)>) = 0",
        "mkdirat(7<\(reflections)>, \".r~\", 0700) = 0",
        "openat(8<\(reflections)/.r~>, \"manifest.json\", O_WRONLY|O_CREAT|O_EXCL, 0600) = 9<\(reflections)/.r~/manifest.json>",
        "write(9<\(reflections)/.r~/manifest.json>, \"\"..., 40) = 40",
        "fsync(9<\(reflections)/.r~/manifest.json>) = 0",
        "fsync(8<\(reflections)/.r~>) = 0",
        "renameat2(7<\(reflections)>, \".r~\", 7<\(reflections)>, \"r\", RENAME_NOREPLACE) = 0",
        "openat(7<\(reflections)>, \"index.jsonl\", O_WRONLY|O_CREAT|O_APPEND, 0600) = 8<\(reflections)/index.jsonl>",
        "write(8<\(reflections)/index.jsonl>, \"\"..., 40) = 40",
        "fsync(8<\(reflections)/index.jsonl>) = 0",
        "fsync(7<\(reflections)>) = 0",
        "pwrite64(9<\(log)>, \"\"..., 4096, 8296) = 4096",
        "write(1<pipe:[77]>, \"\"..., 40) = 40",
        "fdatasync(9<\(log)>) = 0",
        "pwrite64(10</d/maestro.sqlite>, \"\"..., 4096, 0) = 4096",
        "fdatasync(10</d/maestro.sqlite>) = 0",
        "unlink(\"\(log)\") = 0",
    ]

    private static func breaches(_ lines: [String]) -> [DurabilityOrder.Breach] {
        order.breaches(in: SystemCallTrace(reading: lines.map { "4711 " + $0 }.joined(separator: "\n")))
    }

    @Test func `of a commit breaks no rule`() {
        #expect(Self.breaches(Self.good) == [])
    }

    /// Every sync of the good trace, and the rule that is broken without it.
    private static let needed: [(line: Int, rule: DurabilityOrder.Breach.Rule)] = [
        (1, .logBeforeDocuments), (4, .fileBeforeName), (8, .fileBeforeName), (10, .namesBeforeMark),
        (14, .fileBeforeName), (15, .fileBeforeName), (19, .namesBeforeMark), (20, .namesBeforeMark),
        (23, .logBeforePages), (25, .pagesBeforeLogGoes),
    ]

    @Test(arguments: needed) func `is broken without any one of its syncs`(
        line: Int,
        rule: DurabilityOrder.Breach.Rule
    ) {
        var lines = Self.good
        let sync = lines.remove(at: line)
        #expect(sync.hasPrefix("fsync(") || sync.hasPrefix("fdatasync("))
        #expect(Self.breaches(lines).first?.rule == rule)
    }

    /// A worker leaves snapshots to one sync of everything, before it tells the result.
    @Test func `lets snapshots be synced together, and nothing else`() {
        let deferring = DurabilityOrder(data: "/d", defersSnapshots: true)
        func breaches(_ lines: [String]) -> [DurabilityOrder.Breach.Rule] {
            deferring.breaches(in: SystemCallTrace(reading: lines.map { "4711 " + $0 }.joined(separator: "\n"))).map(
                \.rule
            )
        }
        var lines = Self.good.filter {
            !$0.hasPrefix("fsync(7") && !$0.hasPrefix("fsync(9") && !$0.hasPrefix("fsync(8<\(Self.reflections)/.r~>")
        }
        #expect(breaches(lines).contains(.namesBeforeResult) && !breaches(lines).contains(.fileBeforeName))
        lines.insert("syncfs(6</d/users>) = 0", at: lines.count - 5)
        #expect(breaches(lines) == [])
        #expect(breaches(lines.filter { !$0.hasPrefix("fsync(5") }).contains(.namesBeforeMark))
        #expect(breaches(lines.filter { !$0.hasPrefix("fsync(8") }).contains(.namesBeforeMark))
    }

    /// A call that moves within the good trace to a wrong place.
    private static let moves: [(from: Int, to: Int, rule: DurabilityOrder.Breach.Rule)] = [
        // The sync before the last write, or after the name.
        (4, 3, .fileBeforeName), (4, 5, .fileBeforeName),
        // The commit after the documents, or only after the index.
        (1, 11, .logBeforeDocuments), (1, 21, .logBeforeDocuments),
        // The folder only after the mark.
        (10, 21, .namesBeforeMark),
        // The result in the middle of it all.
        (22, 17, .namesBeforeResult), (22, 1, .logBeforeResult),
    ]

    @Test(arguments: moves) func `is broken where one of its steps comes too early or too late`(
        from: Int,
        to: Int,
        rule: DurabilityOrder.Breach.Rule
    ) {
        var lines = Self.good
        lines.insert(lines.remove(at: from), at: to)
        #expect(Self.breaches(lines).map(\.rule).contains(rule))
    }

    @Test func `counts a sync from its return, and a name from its call`() {
        let early = [
            "1 write(6<\(Self.memory)/.a.md.r~>, \"\"..., 40) = 40",
            "1 fsync(6<\(Self.memory)/.a.md.r~> <unfinished ...>",
            "2 renameat2(5<\(Self.memory)>, \".a.md.r~\", 5<\(Self.memory)>, \"a.md\", RENAME_EXCHANGE) = 0",
            "1 <... fsync resumed>) = 0",
        ]
        let trace = SystemCallTrace(reading: early.joined(separator: "\n"))
        #expect(Self.order.breaches(in: trace).first?.rule == .fileBeforeName)
    }

    @Test func `takes nothing from a call that failed`() {
        var lines = Self.good
        lines[4] = lines[4].replacing("= 0", with: "= -1 EIO (Input/output error) (INJECTED)")
        #expect(Self.breaches(lines).first?.rule == .fileBeforeName)
    }

    @Test func `may leave the mark of a plan unsynced, and nothing before it`() {
        var lines = Self.good
        // A second write of the commit, after its sync.
        lines.insert(lines[0], at: 2)
        #expect(Self.breaches(lines).first?.rule == .logBeforeDocuments)
    }
}

@Suite struct `A trace of system calls` {
    @Test func `is read call by call, with what it does to the disk`() throws {
        let trace = SystemCallTrace(
            reading: """
                30815 openat(AT_FDCWD</srv>, "/d/a-wal", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 11</d/a-wal>
                30815 openat(17</d/r>, ".x~", O_RDONLY|O_DIRECTORY) = -1 ENOENT (No such file or directory)
                30815 pwrite64(11</d/a-wal>, ""..., 4096, 56 <unfinished ...>
                30816 +++ killed by SIGKILL +++
                30817 fsync(17</d/r>)      = -1 EIO (Input/output error) (INJECTED)
                30815 <... pwrite64 resumed>)           = ?
                30818 renameat2(17</d/r>, ".x~", 17</d/r>, "x", RENAME_NOREPLACE) = 0
                30818 unlink("/d/a-wal" <unfinished ...>
                """
        )
        #expect(trace.calls.map(\.name) == ["openat", "openat", "pwrite64", "fsync", "renameat2", "unlink"])
        #expect(trace.calls.map(\.thread) == [30815, 30815, 30815, 30817, 30818, 30818])
        #expect(
            trace.calls.map(\.outcome)
                == [.returned, .failed("ENOENT"), .killed, .failed("EIO"), .returned, .killed]
        )
        #expect(
            trace.calls.map(\.effect) == [
                .makeFile("/d/a-wal"), nil, .write("/d/a-wal"), .sync("/d/r"), .rename("/d/r/.x~", to: "/d/r/x"),
                .remove("/d/a-wal"),
            ]
        )
        #expect(trace.calls[2].entered == 2 && trace.calls[2].returned == 5)
        #expect(trace.calls[4].concerns("/d/r") && !trace.calls[4].concerns("/d"))
        #expect(trace.effects(below: "/d/r").map(\.effect) == [.rename("/d/r/.x~", to: "/d/r/x")])
    }
}
