// SPDX-License-Identifier: Apache-2.0
import Maestro
@testable import MaestroStores
import Testing

@Suite struct `A record of a copy` {
    private static func job(_ user: String, _ id: String, attempt: Int64 = 1) -> CopyRecord {
        CopyRecord(
            .jobs,
            CopyKind.jobs.columns.map { column in
                switch column.name {
                case "user": .text(user)
                case "id": .text(id)
                case "attempt": .integer(attempt)
                default: .null
                }
            }
        )
    }

    private static func recall(_ id: CopyValue, _ job: CopyValue) -> CopyRecord {
        CopyRecord(.recalls, [id, .text("me"), .text("global"), job, .integer(1), .integer(300)])
    }

    @Test func `has a digest that stays the same from version to version`() {
        #expect(Self.recall(.text("r"), .null).digest == ContentHash(of: "recalls:t1:rt2:met6:globalni1;i300;"))
    }

    @Test(arguments: [
        (recall(.text("r"), .text("")), recall(.text("r"), .null)),
        (recall(.text("r"), .text("a\u{308}")), recall(.text("r"), .text("ä"))),
        (recall(.text("1"), .null), recall(.integer(1), .null)),
        (recall(.text("rt2:"), .null), recall(.text("r"), .text("2:"))),
    ])
    func `differs wherever a byte does`(one: CopyRecord, other: CopyRecord) {
        #expect(one.digest != other.digest)
        #expect(!one.agrees(with: other))
    }

    @Test func `is the same where PostgreSQL cannot hold a zero byte`() {
        let (zero, sign) = (Self.recall(.text("r"), .text("a\0b")), Self.recall(.text("r"), .text("a\u{FFFD}b")))
        #expect(zero.digest == sign.digest)
        #expect(zero.agrees(with: sign))
    }

    @Test func `is ordered by the bytes of its key`() {
        let sorted = [("A", "b"), ("a", "B"), ("a", "a"), ("a\u{308}", ""), ("b", ""), ("ä", "")]
            .map { CopyKey([.text($0.0), .text($0.1)]) }
        #expect(sorted.sorted() == sorted)
        #expect(CopyKey([.integer(9), .text("b")]) < CopyKey([.integer(10), .text("a")]))
    }

    @Test(
        arguments: [
            (nil, nil, nil),
            (job("a", "1"), nil, RecordMerge.Step.missing(job("a", "1"))),
            (nil, job("a", "1"), .extra(job("a", "1"))),
            (job("a", "1"), job("a", "1"), .same),
            (job("a", "1"), job("a", "1", attempt: 2), .conflict(job("a", "1"))),
            (job("a", "1"), job("a", "2"), .missing(job("a", "1"))),
            (job("b", "1"), job("a", "2"), .extra(job("a", "2"))),
        ] as [(CopyRecord?, CopyRecord?, RecordMerge.Step?)]
    )
    func `beside that of the other store says what is to be done`(
        source: CopyRecord?,
        target: CopyRecord?,
        step: RecordMerge.Step?
    ) {
        #expect(RecordMerge.Step(source: source, target: target) == step)
    }

    @Test(
        arguments: [
            ([], 0), ([900], 1), ([40, 40], 2), ([40, 70], 1), ([1, 1, 1, 1], 3),
        ] as [([Int], Int)]
    )
    func `shares a page with as many as it may`(sizes: [Int], count: Int) {
        #expect(CopyPage(records: 3, bytes: 100).count(of: sizes) == count)
    }

    @Test func `counts for its user, and two inventories differ where one does`() {
        var (one, other) = (CopyInventory(), CopyInventory())
        for record in [Self.job("a", "1"), Self.job("a", "2"), Self.job("b", "1")] { one.add(record) }
        for record in [Self.job("a", "1"), Self.job("b", "1", attempt: 2)] { other.add(record) }
        #expect(CopyComparison(source: one, target: one).isEqual)
        let comparison = CopyComparison(source: one, target: other)
        #expect(!comparison.isEqual)
        let line = comparison.lines.first { $0.kind == .jobs }
        #expect(line?.source == 3)
        #expect(line?.target == 2)
        #expect(line?.differing == ["a", "b"])
    }
}
