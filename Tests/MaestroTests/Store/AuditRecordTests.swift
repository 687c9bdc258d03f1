// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `An audit record` {
    private func record(llmRaw: String? = nil) -> AuditRecord {
        let reflection = Reflection(
            id: Reflection.ID("0123456789abcdef"),
            kind: .job,
            job: Job.ID("a/b"),
            user: .me,
            scope: .project("acme"),
            outcome: .applied,
            reasoning: "because",
            reflector: "offline",
            memoryChanges: 1,
            createdAt: Date(timeIntervalSince1970: 1_780_000_000.5)
        )
        let refused = Decision(
            ordinal: 2,
            operation: .add,
            name: "x",
            verdict: .rejected,
            code: .missingEvidence,
            message: "no event"
        )
        return AuditRecord(reflection: reflection, decisions: [refused], operations: [], llmRaw: llmRaw)
    }

    private func object(_ record: AuditRecord) throws -> [String: Any] {
        let json = try record.json(indented: false)
        #expect(!json.contains("\n"))
        return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test func `has every key that other programs depend on, unknown values as null`() throws {
        let object = try object(record())
        let keys = [
            "originalJobId", "userId", "pieceName", "outcome", "reasoning", "modelUsed", "tokensIn", "tokensOut",
            "memoryChanges", "pieceEdited", "rejections",
        ]
        #expect(keys.filter { object[$0] == nil } == [])
        #expect(object["originalJobId"] as? String == "a/b")
        #expect(object["pieceName"] is NSNull && object["tokensIn"] is NSNull)
        #expect(object["memoryChanges"] as? Int == 1)
        #expect(object["createdAt"] as? String == "2026-05-28T20:26:40.500Z")
        let rejections = try #require(object["rejections"] as? [[String: String]])
        #expect(rejections == [["code": "missing_evidence", "name": "x"]])
    }

    @Test func `holds the raw reply only where it is given`() throws {
        #expect(try object(record())["llmRaw"] == nil)
        #expect(try object(record(llmRaw: "{}"))["llmRaw"] as? String == "{}")
    }
}
