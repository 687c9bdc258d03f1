// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import Testing

@testable import MaestroLLM

@Suite struct `A request` {
    private static func sent(
        kind: Settings.LLM.Kind = .openai,
        key: String? = nil,
        user: UserID = UserID("ana"),
        change: (inout Settings.LLM) -> Void = { _ in }
    ) async throws -> RecordedRequest {
        try await Asking.with(Script([.reply(Asking.reply)]), kind: kind, key: key, change: change) {
            reflector,
            server in
            _ = try await reflector.reflect(Asking.prompt(user: user))
            return try #require(server.requests.first)
        }
    }

    @Test func `holds the prompt, the limits, and nothing that was not asked for`() async throws {
        let request = try await Self.sent()
        #expect(request.path == "/v1/chat/completions")
        let names = ["max_tokens", "messages", "model", "response_format", "stream", "temperature"]
        #expect(request.json.keys.sorted() == names)
        #expect(request.json["temperature"] as? Int == 0)
        #expect(request.json["max_tokens"] as? Int == 1500)
        #expect(request.json["stream"] as? Bool == false)
        let prompt = Asking.prompt()
        let messages = try #require(request.json["messages"] as? [[String: String]])
        #expect(messages == [["role": "system", "content": prompt.system], ["role": "user", "content": prompt.user]])
        #expect(request.headers["authorization"] == nil)
        #expect(request.headers["accept-encoding"] == "identity")
    }

    @Test func `holds the schema as it is, its keys in their order`() async throws {
        let request = try await Self.sent()
        #expect(request.body.contains("\"schema\":" + Asking.prompt().schema))
    }

    @Test func `names no model where none is set`() async throws {
        #expect(try await Self.sent { $0.model = nil }.json["model"] == nil)
        #expect(try await Self.sent { $0.model = "m-2" }.model == "m-2")
    }

    @Test func `carries the key and the extra headers with every call, the refused ones too`() async throws {
        var script = Script([.reply(Asking.reply)])
        script.key = Asking.key
        script.supports = [.text]
        try await Asking.with(script, key: Asking.key) {
            $0.headers = ["X-Team": Secret("blue")]
        } _: { reflector, server in
            _ = try await reflector.reflect(Asking.prompt())
            #expect(server.requests.count == 5)
            #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer \(Asking.key)" })
            #expect(server.requests.allSatisfy { $0.headers["x-team"] == "blue" })
        }
    }

    @Test func `lets a configured authorization stand`() async throws {
        let request = try await Self.sent(key: Asking.key) { $0.headers = ["Authorization": Secret("Basic abc")] }
        #expect(request.headers["authorization"] == "Basic abc")
    }

    @Test func `goes to Ollama's native chat with room for the whole context and without thinking`() async throws {
        let request = try await Self.sent(kind: .ollama) { settings in
            settings.endpoint? += "/v1/"
            settings.contextLimitTokens = 16_384
        }
        #expect(request.path == "/api/chat")
        #expect(request.json.keys.sorted() == ["format", "messages", "model", "options", "stream", "think"])
        #expect(request.json["think"] as? Bool == false)
        let options = try #require(request.json["options"] as? [String: Int])
        #expect(options == ["num_ctx": 16_384, "num_predict": 1500, "temperature": 0])
    }

    @Test func `says nothing about the user without a gateway`() async throws {
        let request = try await Self.sent(user: UserID("ana.b@example.org"))
        #expect(!request.body.contains("ana.b") && request.json["user"] == nil)
        #expect(!request.headers.values.contains { $0.contains("ana.b") })
    }

    @Test func `tells a gateway the user in the body and in LiteLLM's header`() async throws {
        let request = try await Self.sent(user: UserID("ana@example.org")) { $0.proxy = true }
        #expect(request.json["user"] as? String == "ana@example.org")
        #expect(request.headers["x-litellm-customer-id"] == "ana@example.org")
    }

    @Test func `tells a user whom no header can hold in the body alone`() async throws {
        let request = try await Self.sent(user: UserID("müller 1")) { $0.proxy = true }
        #expect(request.json["user"] as? String == "müller 1")
        #expect(request.headers["x-litellm-customer-id"] == nil)
    }

    static let portkey: [(metadata: String?, expected: [String: String])] = [
        (nil, ["_user": "müller"]), (#"{"team":"blue","_user":"x"}"#, ["team": "blue", "_user": "müller"]),
    ]

    @Test(arguments: portkey)
    func `tells Portkey the user in its metadata`(metadata: String?, expected: [String: String]) async throws {
        let request = try await Self.sent(user: UserID("müller")) { settings in
            settings.proxy = true
            settings.headers = ["X-Portkey-Api-Key": Secret("pk-12345")]
            settings.headers["x-portkey-metadata"] = metadata.map { Secret($0) }
        }
        let found = try #require(request.headers["x-portkey-metadata"])
        #expect(try JSONDecoder().decode([String: String].self, from: Data(found.utf8)) == expected)
        #expect(request.headers["x-litellm-customer-id"] == nil)
    }

    @Test func `leaves a customer that the operator named`() async throws {
        let request = try await Self.sent { settings in
            settings.proxy = true
            settings.headers = ["X-LiteLLM-Customer-Id": Secret("everyone")]
        }
        #expect(request.headers["x-litellm-customer-id"] == "everyone")
    }
}
