// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `A reply` {
    static let change =
        #"{"op":"add","name":"feedback-a-b-c","type":"feedback","description":"d","body":"b","merge_target":"","events":[5],"quote":""}"#
    static let whole =
        #"{"reasoning":"r","memory_changes":[\#(change)],"piece_edit":{"why":"","events":[],"edits":[]}}"#

    static func read(_ text: String, piece: String? = nil, finishReason: String? = nil) throws(ReplyError) -> Proposal {
        try Proposal(ReflectorReply(text: text, finishReason: finishReason), piece: piece)
    }

    /// A reply of one change with some of its fields replaced.
    static func reply(changes: String, piece: String = #"{"why":"","events":[],"edits":[]}"#) -> String {
        #"{"reasoning":"r","memory_changes":[\#(changes)],"piece_edit":\#(piece)}"#
    }

    @Test func `as it was asked for is read without a note`() throws {
        let proposal = try Self.read(Self.whole)
        #expect(proposal.reasoning == "r")
        #expect(proposal.notes == [])
        #expect(proposal.refused == [])
        #expect(proposal.changes == [.memory(.add, "feedback-a-b-c", type: .feedback, description: "d", body: "b")])
    }

    @Test func `that our own types wrote is read back`() throws {
        let reply = Reply(
            reasoning: "r",
            memoryChanges: [
                .init(op: "remove", name: "a", mergeTarget: "b", events: [1, 2], quote: "q", tentative: true)
            ],
            pieceEdit: .init(why: "w", events: [3], edits: [.init(field: "goal", old: "a", new: "b")])
        )
        let text = String(decoding: try JSONEncoder().encode(reply), as: UTF8.self)
        let proposal = try Self.read(text, piece: "fix-issue")
        let removal = ProposedChange.memory(.remove, "a", into: "b", events: [1, 2], quote: "q", isTentative: true)
        let edit = PieceEdit(piece: "fix-issue", why: "w", edits: [.init(field: "goal", old: "a", new: "b")])
        #expect(proposal.changes == [removal, ProposedChange(ordinal: 2, change: .piece(edit), events: [3])])
    }

    @Test(arguments: [
        "Here you are:\n\n\(whole)\n\nHope it helps.",
        "```json\n\(whole)\n```",
        "<think>I could {\"memory_changes\": []} but no</think>\n\(whole)",
        "thinking without an opening tag {\"reasoning\":\"x\",\"memory_changes\":[]}</think>\(whole)",
        "{\"reasoning\":\"draft\",\"memory_changes\":[]}\nBetter:\n\(whole)",
        "\(whole)\n```json\n{\"reasoning\":\"an example\",\"memory_changes\":[]}\n```",
        "I use {curly} and { braces.\n\(whole)",
        "\(whole)\n{\"note\": 1}",
        "[\(whole)]",
        "{\"response\": \(whole)}",
        "{\"name\":\"reflect\",\"arguments\":\(whole)}",
        "\u{FEFF}  \(whole)  ",
        "{\"a\": tru} \(whole)",
    ])
    func `is found wherever a model puts it`(text: String) throws {
        #expect(try Self.read(text).changes.map(\.change.name) == ["feedback-a-b-c"])
    }

    @Test(arguments: [
        ("", nil, ReplyError.empty),
        (" \n\t", nil, .empty),
        ("<think>only this</think>", nil, .empty),
        ("<think>it never ends {\"reasoning\":", nil, .truncated),
        ("Nothing to save.", nil, .notJSON),
        ("Nothing to sa", "length", .truncated),
        ("{\"reasoning\": \"half", nil, .truncated),
        (String(whole.dropLast(20)), nil, .truncated),
        ("{'reasoning': 'single quotes'}", nil, .notJSON),
        ("{reasoning: \"no quotes\"}", nil, .notJSON),
        ("{\"reasoning\":\"r\",\"memory_changes\":[],}", nil, .notJSON),
    ])
    func `that cannot be used says why`(text: String, finishReason: String?, error: ReplyError) {
        #expect(throws: error) { try Self.read(text, finishReason: finishReason) }
    }

    @Test(arguments: [
        "[]", "42", "null", "true", "\"just a text\"", "{}",
        "{\"type\":\"object\",\"properties\":{\"memory_changes\":{}}}",
        "{\"reasoning\":\"r\",\"memory_changes\":\"none\"}", "{\"answer\": 1}",
        String(repeating: "[", count: 100_000),
        "{\"a\":" + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}",
    ])
    func `of another shape is named as such`(text: String) {
        let error = #expect(throws: ReplyError.self) { try Self.read(text) }
        guard case .wrongShape = error else {
            Issue.record("\(String(describing: error)) is not about the shape")
            return
        }
        #expect(error?.sentence.contains("shape") == true)
    }

    @Test(arguments: [
        ("{\"memory_changes\":[],\"piece_edit\":{}}", "`reasoning` is missing"),
        ("{\"reasoning\":\"r\",\"piece_edit\":{}}", "`memory_changes` is missing"),
        ("{\"reasoning\":\"r\",\"memory_changes\":null,\"piece_edit\":{}}", "`memory_changes` is missing"),
        ("{\"reasoning\":\"r\",\"memory_changes\":[]}", "`piece_edit` is missing"),
        ("{\"reasoning\":7,\"memory_changes\":[],\"piece_edit\":{}}", "not a text"),
        ("{\"reasoning\":\"r\",\"memory_changes\":[],\"piece_edit\":{},\"confidence\":1}", "unknown key `confidence`"),
        (
            "{\"reasoning\":\"\(String(repeating: "x", count: 500))\",\"memory_changes\":[],\"piece_edit\":{}}",
            "cut to 400"
        ),
        ("{\"reasoning\":\"a\nb\",\"memory_changes\":[],\"piece_edit\":{}}", "raw control characters"),
        ("{\"reasoning\":\"a\\qb\",\"memory_changes\":[],\"piece_edit\":{}}", "unknown escape"),
        ("{\"reasoning\":\"a\\ud800b\",\"memory_changes\":[],\"piece_edit\":{}}", "surrogate"),
        ("Well: {\"reasoning\":\"r\",\"memory_changes\":[],\"piece_edit\":{}}", "between other text"),
        ("[{\"reasoning\":\"r\",\"memory_changes\":[],\"piece_edit\":{}}]", "out of a list"),
    ])
    func `with something missing or odd is used, with a note`(text: String, note: String) throws {
        let proposal = try Self.read(text)
        #expect(proposal.changes == [])
        #expect(proposal.refused == [])
        #expect(proposal.notes.contains { $0.contains(note) })
        #expect(proposal.reasoning.count <= 400)
    }

    @Test(arguments: [
        ("7", Rejection.missingField, "a number"),
        ("null", .missingField, "null"),
        ("{}", .missingField, "`op`"),
        (#"{"op":"create","name":"a"}"#, .missingField, "`create`"),
        (#"{"op":"revert","name":"a"}"#, .missingField, "`revert`"),
        (#"{"op":"add","name":7,"type":"feedback"}"#, .missingField, "`name` is a number"),
        (#"{"op":"add","type":"feedback","description":"d","body":"b"}"#, .missingField, "no `name`"),
        (#"{"op":"add","name":"a","type":"preference"}"#, .invalidType, "`preference`"),
        (#"{"op":"update","name":"a","type":"note"}"#, .invalidType, "`note`"),
        (#"{"op":"add","name":"a","type":"user","description":{"x":1}}"#, .missingField, "`description` is an object"),
        (#"{"op":"add","name":"a","type":"user","body":[1]}"#, .missingField, "`body` is a list"),
        (#"{"op":"add","name":"a","type":3}"#, .missingField, "`type` is a number"),
        (#"{"op":"remove","name":"a","merge_target":{}}"#, .missingField, "`merge_target`"),
    ])
    func `loses only the change that cannot be read`(broken: String, code: Rejection, message: String) throws {
        let proposal = try Self.read(Self.reply(changes: "\(broken),\(Self.change)"))
        #expect(proposal.changes.map(\.ordinal) == [2])
        let refused = try #require(proposal.refused.first)
        #expect(refused.ordinal == 1)
        #expect(refused.verdict == .rejected)
        #expect(refused.code == code)
        #expect(refused.message.contains(message))
    }

    @Test(arguments: [
        ("[12, 14]", [12, 14]), ("[\"#12\", \"14\"]", [12, 14]), ("12", [12]), ("\"#12, #14\"", [12, 14]), ("null", []),
        ("[12.0]", [12]), ("[1e999, NaN, -3, 0, 99999999999999999999, 12]", [12]), ("[12, 12]", [12]),
        ("[{\"id\":12}, null, true, 14]", [14]), ("[12.5]", []), ("[]", []),
    ])
    func `has its event numbers read as they are meant`(events: String, expected: [Int]) throws {
        let text = Self.reply(changes: Self.change.replacing("[5]", with: events))
        #expect(try Self.read(text).changes.first?.events == expected)
    }

    @Test func `has small slips of a change set right`() throws {
        let slips =
            #"{"op":" Add ","name":"feedback-a.md","type":"Feedback","description":"a\n b","body":["x","y"],"events":[5],"why":"z","merge_target":"q"}"#
        let proposal = try Self.read(Self.reply(changes: slips))
        #expect(proposal.changes == [.memory(.add, "feedback-a", type: .feedback, description: "a b", body: "x\ny")])
        for note in ["unknown key `why`", "list of lines", "`merge_target`"] {
            #expect(proposal.notes.contains { $0.contains(note) })
        }
    }

    @Test(arguments: [
        (#"{"why":"","events":[],"edits":[]}"#, "fix-issue", nil as Rejection?, 0),
        ("{}", "fix-issue", nil, 0),
        ("null", nil, nil, 0),
        (#"{"why":"w","events":[5],"edits":{"field":"goal","old":"a","new":"b"}}"#, "fix-issue", nil, 1),
        (#"{"why":"w","events":[5],"edits":[{"field":"goal","old":"a","new":"b"}]}"#, nil, .pieceNotFound, 0),
        (#"{"why":"w","events":[5],"edits":[{"old":"a","new":"b"}]}"#, "fix-issue", .missingField, 0),
        (#"{"why":"w","events":[5],"edits":[7]}"#, "fix-issue", .missingField, 0),
        (#"{"why":"w","events":[5],"edits":"all"}"#, "fix-issue", .missingField, 0),
        (#""rewrite it""#, "fix-issue", .missingField, 0),
    ])
    func `has its piece edit read or refused`(edit: String, piece: String?, code: Rejection?, count: Int) throws {
        let proposal = try Self.read(Self.reply(changes: Self.change, piece: edit), piece: piece)
        #expect(proposal.refused.map(\.code) == (code.map { [$0] } ?? []))
        #expect(proposal.changes.count == 1 + count)
        #expect(proposal.refused.allSatisfy { $0.operation == .pieceEdit && $0.ordinal == 2 })
    }

    @Test func `with ten thousand changes is bounded and says what was not read`() throws {
        let changes = Array(repeating: Self.change, count: 10_000).joined(separator: ",")
        let proposal = try Self.read(Self.reply(changes: changes))
        #expect(proposal.changes.count == 50)
        #expect(proposal.refused.map(\.code) == [.tooManyChanges])
        #expect(proposal.refused.first?.message.contains("9950") == true)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "{", count: 300_000),
            String(repeating: "{\"a\":", count: 60_000),
            String(repeating: "{\"a\":1},", count: 50_000),
            String(repeating: "{ \" ", count: 100_000),
            "{\"reasoning\":\"" + String(repeating: "x", count: 1_000_000)
                + "\",\"memory_changes\":[],\"piece_edit\":{}}",
        ]
    )
    func `of megabytes is read or refused in time`(text: String) {
        do throws(ReplyError) {
            let proposal = try Self.read(text)
            #expect(proposal.reasoning.count == 400)
        } catch {
            #expect(!error.sentence.isEmpty)
        }
    }
}
