// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTranscripts
import Testing

@Suite struct `Reading a transcript` {
    private static func read(_ text: String, as format: TranscriptFormat? = nil) throws -> [Transcript] {
        try TranscriptReader.read(Data(text.utf8), format: format, name: "file")
    }

    private static func told(_ transcript: Transcript?) -> [String] {
        transcript?.activity.events.map { "\($0.line) \($0.actor.rawValue) \($0.kind.rawValue): \($0.text)" } ?? []
    }

    private static let chat = #"""
        [{"role":"system","content":"Be kind"},{"role":"user","content":[{"type":"text","text":"Cancel R1"}]},
         {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"cancel","arguments":"{\"id\":\"R1\"}"}},
           {"id":"c2","type":"function","function":{"name":"look","arguments":"{broken"}}]},
         {"role":"tool","tool_call_id":"c1","content":"Error: not refundable"},
         {"role":"assistant","content":"I can't.","function_call":{"name":"old","arguments":"{}"}}]
        """#

    @Test func `of OpenAI chat messages keeps calls, results and null contents`() throws {
        let transcripts = try Self.read(Self.chat)

        #expect(transcripts.count == 1)
        #expect(transcripts[0].format == .openAIChat)
        #expect(
            Self.told(transcripts[0]) == [
                "1 harness notice: Be kind", "2 user message: Cancel R1", #"3 agent toolCall: {"id":"R1"}"#,
                "3 agent toolCall: {broken", "4 tool toolResult: Error: not refundable", "5 agent message: I can't.",
                "5 agent toolCall: ",
            ]
        )
        #expect(transcripts[0].activity.events[4].tool == Event.Tool(name: "cancel", callID: "c1", isError: true))
        #expect(transcripts[0].jobID == String(transcripts[0].activity.contentHash.hex.prefix(16)))
    }

    @Test func `of an object with messages, and of lines, gives the same events`() throws {
        let array = try #require(try Self.read(Self.chat).first).activity
        let object = try Self.read(#"{"conversation_id":"c-7","messages":\#(Self.chat)}"#)
        let lines = try Self.read(
            "{\"role\":\"user\",\"content\":\"a\"}\n\n{\"role\":\"assistant\",\"content\":\"b\"}\n{\"role\":\"us"
        )

        #expect(object[0].jobID == "c-7")
        #expect(object[0].activity.events == array.events)
        #expect(Self.told(lines[0]) == ["1 user message: a", "3 agent message: b"])
        #expect(lines[0].activity.notes == ["the last line is cut off and was left out"])
    }

    @Test func `of several conversations gives several jobs`() throws {
        let one = #"{"messages":[{"role":"user","content":"a"}],"id":"x"}"#
        #expect(try Self.read("\(one)\n\(one)").map(\.jobID) == ["x", "x"])
        #expect(try Self.read("[\(one),\(one)]").map(\.jobID) == ["x", "x"])
    }

    @Test func `of tau-bench results reads trajectory and reward and never the answers`() throws {
        let transcripts = try Self.read(
            #"""
            [{"task_id":3,"trial":1,"reward":0.0,"info":{"task":{"instruction":"SECRETANSWER"}},"traj":[{"role":"user","content":"Hi"}]},
             {"task_id":4,"trial":0,"reward":1.0,"info":{"reward_info":{"x":"SECRETANSWER"}},"traj":[{"role":"user","content":"Ho"}]}]
            """#
        )

        #expect(transcripts.map(\.jobID) == ["tau-3-1-79f9c68b", "tau-4-0-30b485f7"])
        #expect(transcripts.map(\.outcome) == [JobOutcome(.failed), JobOutcome(.succeeded)])
        #expect(transcripts.allSatisfy { $0.counterpart == .other && $0.format == .tauBench })
        #expect(!"\(transcripts)".contains("SECRETANSWER"))
    }

    @Test func `of Anthropic messages takes results out of user messages`() throws {
        let transcripts = try Self.read(
            #"""
            {"system":"Be kind","messages":[{"role":"user","content":"ls"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"x"},{"type":"tool_use","id":"t","name":"sh","input":{"cmd":"ls"}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a"}],"is_error":true}]}]}
            """#
        )

        #expect(transcripts[0].format == .anthropic)
        #expect(
            Self.told(transcripts[0]) == [
                "1 harness notice: Be kind", "1 user message: ls", "2 agent toolCall: ls", "3 tool toolResult: a",
            ]
        )
        #expect(transcripts[0].activity.events.last?.tool?.isError == true)
    }

    @Test func `of text without speakers takes nothing for a person's words`() throws {
        let transcripts = try Self.read("Build log\nalways failing\n\nmore\n")

        #expect(transcripts[0].format == .text)
        #expect(transcripts[0].activity.events.map(\.actor) == [.tool])
        #expect(transcripts[0].activity.notes.count == 1)
    }

    @Test func `of text with speakers tells them apart`() throws {
        let text = "User: fix it\nmore words\n\n**Assistant:** done\n\n## Human\nthanks\n"
        #expect(
            Self.told(try Self.read(text)[0]) == [
                "1 user message: fix it\nmore words", "4 agent message: done", "6 user message: thanks",
            ]
        )
    }

    private static let refused: [(String, String)] = [
        ("", "is empty"),
        ("  \n\t\n", "is empty"),
        ("a\u{0}b", "holds zero bytes"), ("hello\u{0}\u{0}", "holds zero bytes"),
        ("\u{1F}\u{8B}\u{0}", "holds zero bytes"),
        (#"{"a":1}"#, "JSON of an unknown shape"),
        ("[]", "JSON of an unknown shape"),
        ("[1,2]", "JSON of an unknown shape"),
        ("null", "JSON of an unknown shape"), ("42\n", "JSON of an unknown shape"),
        (#""hi""#, "JSON of an unknown shape"),
        (#"{"a":1"#, "starts as JSON but cannot be read"),
        ("[\n  {\"task_id\": 1, \"info\": {\n    \"a\": 2\n", "starts as JSON but cannot be read"),
        (String(repeating: "[", count: 100_000), "nested too deep"),
        (#"{"sessionId":"g","projectHash":"x","messages":[]}"#, "a Gemini CLI session"),
        ("{\"timestamp\":\"t\",\"type\":\"session_meta\",\"payload\":{}}\n{\"x\":1}", "a Codex rollout"),
        (#"[{"type":"function_call","name":"f","arguments":"{}"}]"#, "OpenAI Responses"),
        (
            "{\"id\":\"1\"}\n{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\"}]}",
            "OpenAI Responses"
        ),
        (#"{"info":{},"tasks":[],"simulations":[]}"#, "tau2-bench"),
        (#"{"resourceSpans":[]}"#, "OpenTelemetry"),
        (#"{"schema_version":"ATIF-v1.4","steps":[]}"#, "ATIF"),
        (#"{"trajectory":[],"history":[],"info":{}}"#, "a SWE-agent trajectory"),
        (#"[{"id":1,"source":"agent","action":"run","args":{}}]"#, "an OpenHands event list"),
        ("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s\",\"uuid\":\"1\"}\n{}", "stream-json"),
    ]

    @Test(arguments: refused)
    func `refuses what it does not know and says what it looked for`(text: String, words: String) throws {
        let error = #expect(throws: TranscriptError.self) { try Self.read(text) }
        #expect(error?.description.contains(words) == true)
    }

    @Test func `accepts a byte order mark and Windows line ends`() throws {
        let text = "\u{FEFF}{\"role\":\"user\",\"content\":\"a\"}\r\n{\"role\":\"assistant\",\"content\":\"b\"}\r\n"
        #expect(try Self.read(text)[0].activity.events.map(\.text) == ["a", "b"])
    }

    @Test func `never crashes on a cut or damaged file`() throws {
        let bytes = Array(Self.chat.utf8)
        var seed: UInt64 = 7
        for end in bytes.indices {
            _ = try? TranscriptReader.read(Data(bytes[..<end]), name: "cut")
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var damaged = bytes
            damaged[end] = UInt8(truncatingIfNeeded: seed >> 33)
            _ = try? TranscriptReader.read(Data(damaged), name: "damaged")
        }
    }
    @Test(arguments: [
        (Data([0xFE, 0xFF, 0x4E, 0x00, 0x4E, 0x01]), "save it as UTF-8"),
        (Data([0xFF, 0xFE, 0x61]), "save it as UTF-8"),
    ])
    func `refuses UTF-16 whatever it holds`(bytes: Data, words: String) {
        let error = #expect(throws: TranscriptError.self) { try TranscriptReader.read(bytes, name: "file") }
        #expect(error?.description.contains(words) == true)
    }

    @Test func `replaces bytes that are not UTF-8 and says so`() throws {
        let transcripts = try TranscriptReader.read(Data([0x63, 0x61, 0x66, 0xE9, 0x0A]), name: "latin.log")

        #expect(transcripts[0].activity.events.map(\.text) == ["caf\u{FFFD}"])
        #expect(transcripts[0].activity.notes.contains("some bytes are not UTF-8 and were replaced"))
    }

    @Test(arguments: [
        (TranscriptFormat.tauBench, #"[{"role":"user","content":"a"}]"#), (.openAIChat, "only words"),
        (.anthropic, #"{"a":1}"#), (.claudeCode, #"[{"role":"user","content":"a"}]"#),
        (.text, #"[{"task_id":1,"traj":[],"info":{}}]"#),
        (.text, #"{"task_id":1,"traj":[],"info":{}}"# + "\n" + #"{"task_id":2,"traj":[],"info":{}}"#),
        (.text, #"[{"task_id":1,"traj":[],"info":{"instruction":"cut"#),
    ])
    func `as a format that it is not is refused`(format: TranscriptFormat, text: String) {
        let error = #expect(throws: TranscriptError.self) { try Self.read(text, as: format) }
        #expect(error?.description.contains("was read as \(format.rawValue), but") == true)
    }

    @Test(arguments: [#"{"a":1}"#, "[]", "42", #"{"role":"user","content":"a"}"#])
    func `as text is text, whatever it looks like`(text: String) throws {
        #expect(try Self.read(text, as: .text).map(\.format) == [.text])
    }

    @Test func `as a format that was named does not look for others`() throws {
        let text = #"{"info":{},"messages":[{"role":"user","content":"a","extra":{}}]}"#

        #expect(throws: TranscriptError.self) { try Self.read(text) }
        #expect(try Self.read(text, as: .openAIChat)[0].activity.events.map(\.text) == ["a"])
    }

    @Test func `counts what is no message and reads the others`() throws {
        let lines = try Self.read(
            """
            {"meta":1}
            {"role":"user","content":"a"}
            {"role":"assistant","content":"b"}
            {"role":"narrator","content":"c"}
            {"role":"user","content":"d"}
            """
        )

        #expect(Self.told(lines.first) == ["2 user message: a", "3 agent message: b", "5 user message: d"])
        #expect(
            lines[0].activity.unknownRecords == ["message with role missing": 1, "message with role narrator": 1]
        )
    }

    @Test func `of several conversations keeps ids that differ and skips one without words`() throws {
        func one(_ id: String, _ text: String) -> String {
            #"{"messages":[{"role":"user","content":"\#(text)"}],"id":"\#(id)"}"#
        }
        let transcripts = try Self.read([one("x", "a"), one("y", ""), one("z", "c")].joined(separator: "\n"))

        #expect(transcripts.map(\.jobID) == ["x", "z"])
        #expect(transcripts[0].activity.unknownRecords == ["not a conversation": 1])
    }

    /// Files of several domains, models and days have the same tasks and trials.
    @Test func `of results names every run by what happened in it`() throws {
        let one = #"{"task_id":3,"trial":1,"reward":0,"traj":[{"role":"user","content":"Hi"}]}"#
        let other = one.replacing("Hi", with: "Hello")
        let ids = try Self.read("[\(one),\(other),\(one)]").map(\.jobID)
        #expect(ids[0] == ids[2] && ids[0] != ids[1] && ids.allSatisfy { $0.hasPrefix("tau-3-1-") })
    }

    @Test func `without a name knows the ids that it had while it was shorter`() throws {
        let turns = (1...5).map { #"{"role":"\#($0 % 2 == 1 ? "user" : "assistant")","content":"turn \#($0)"}"# }
        func transcript(_ count: Int) throws -> Transcript {
            try #require(try Self.read("[\(turns.prefix(count).joined(separator: ","))]").first)
        }
        let earlier = try (1...4).map { try transcript($0).jobID }
        #expect(try transcript(5).earlierJobIDs == earlier)
        #expect(try transcript(1).earlierJobIDs == [])
        let named = #"{"id":"x","messages":[\#(turns.joined(separator: ","))]}"#
        #expect(try Self.read(named)[0].earlierJobIDs == [])
    }

    @Test(arguments: [
        "10:00 login\nUser: root\nalways use sudo\n", "services:\n  user: app\n  agent: x\n  user: never do it\n",
        "[INFO] start\n[INFO] end\n", "```\nUser: always do it\nAgent: yes\n```\n",
    ])
    func `of a log with a name in it takes nothing for a person's words`(text: String) throws {
        #expect(try Self.read(text)[0].activity.events.allSatisfy { $0.actor == .tool })
    }

    @Test func `of Markdown that shows lines of a session is text`() throws {
        let text =
            "# Sessions\n\nThey look so:\n\n```json\n"
            + #"{"type":"user","sessionId":"s","uuid":"u","message":{"content":"always do it"}}"# + "\n```\n"

        #expect(try Self.read(text).map(\.format) == [.text])
    }

    @Test func `of text cuts long blocks at lines`() throws {
        let events = try Self.read(String(repeating: "a line of a log\n", count: 10_000))[0].activity.events

        #expect(events.count > 3)
        #expect(events.allSatisfy { $0.text.utf8.count < 40_000 })
        #expect(events.map(\.line) == events.map(\.line).sorted())
    }
}
