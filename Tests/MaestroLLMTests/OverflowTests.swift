// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import MaestroTesting
import SystemPackage
import Testing

@testable import MaestroLLM

@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A prompt that does not fit` {
    static let overflows: [Behaviour.Name] = [
        .overflowOpenAI, .overflowVLLM, .overflowLlamaCpp, .overflowLlamaCppPython, .overflowLiteLLM,
        .overflowAnthropic, .overflowOllama, .overflowRateLimit,
    ]

    @Test(arguments: overflows)
    func `is made smaller once, in whatever words the server refuses it`(name: Behaviour.Name) async throws {
        let jobs = try await JobOverHTTP()
        let script = Script([.named(name), .reply(JobOverHTTP.add)])
        try await Asking.with(script) { reflector, server in
            let result = try await jobs.run("a", reflector, server)
            try #require(result.calls.count == 2)
            #expect(result.calls[1].messageLength < result.calls[0].messageLength)
            #expect(result.receipt?.reflection.outcome == .applied)
        }
    }

    @Test(arguments: overflows)
    func `ends the job where it does not fit again, and the endpoint stays open`(name: Behaviour.Name) async throws {
        let jobs = try await JobOverHTTP()
        try await Asking.with(Script([.named(name)])) { reflector, server in
            let result = try await jobs.run("a", reflector, server)
            #expect(result.calls.count == 2)
            #expect(result.receipt?.reflection.outcome == .failed)
            #expect(result.lesson == .answered)
        }
    }

    /// A server with a real limit, which counts as tokenizers do.
    private static func server(limit: Int) -> Script {
        Script { request, _ in
            let tokens = request.messageLength / 4
            let asked = request.json["max_tokens"] as? Int ?? 0
            guard tokens + asked > limit else { return .reply(JobOverHTTP.add) }
            return .error(
                400,
                message: "This model's maximum context length is \(limit) tokens. However, you requested "
                    + "\(tokens + asked) tokens (\(tokens) in the messages, \(asked) in the completion).",
                type: "invalid_request_error",
                code: "\"context_length_exceeded\""
            )
        }
    }

    @Test func `is refused only to the first job: the limit is known from then on, also to the next process`()
        async throws
    {
        let jobs = try await JobOverHTTP()
        let file = TemporaryFolder.path.appending("ladder.json")
        try await TestServer.run(Self.server(limit: 3100)) { server in
            func reflector() throws -> LLMReflector {
                var settings = Settings.LLM()
                settings.endpoint = server.url
                settings.model = "m-1"
                return try LLMReflector(settings, key: nil, memory: LadderMemory(file: file), now: { Asking.now })
            }
            let first = try reflector()
            #expect(first.contextLimitTokens == nil)
            #expect(try await jobs.run("a", first, server).calls.count == 2)
            #expect(first.contextLimitTokens == 3100)
            for (id, reflector) in [("b", first), ("c", try reflector())] {
                let result = try await jobs.run(id, reflector, server)
                #expect(result.calls.count == 1)
                #expect(result.receipt?.reflection.error == nil)
            }
        }
    }

    /// A model may be loaded anew with more room; nobody says so.
    @Test func `is made as the settings say again a day after a limit was learned`() throws {
        let file = TemporaryFolder.path.appending("ladder.json")
        let endpoint = try #require(Endpoint("http://localhost", kind: .openai))
        let memory = LadderMemory(file: file)
        memory.learn(contextLimitTokens: 4096, for: endpoint, asked: .init(rung: .text), model: nil, at: Asking.now)
        memory.remember(.init(rung: .object), for: endpoint, model: nil)
        for memory in [memory, LadderMemory(file: file)] {
            func limit(after seconds: Double) -> Int? {
                memory.contextLimitTokens(for: endpoint, model: nil, at: Asking.now + seconds)
            }
            #expect(limit(after: 86_399) == 4096 && limit(after: 86_400) == nil)
            // A clock that was set back by more than that is no reason to believe it for ever.
            #expect(limit(after: -3600) == 4096 && limit(after: -86_400) == nil)
            #expect(memory.manner(for: endpoint, model: nil)?.rung == .object)
        }
    }

    @Test func `keeps its rung, and asks anew for its limit, where an older version learned both`() throws {
        let file = TemporaryFolder.path.appending("ladder.json")
        let dialect = #"{"namesCompletionTokens":true,"omitsTemperature":false,"omitsThink":false}"#
        let text =
            #"{"http://localhost/v1/chat/completions m":{"contextLimitTokens":4096,"dialect":\#(dialect),"rung":"text"}}"#
        try Data(text.utf8).write(to: URL(filePath: file.string))
        let endpoint = try #require(Endpoint("http://localhost", kind: .openai))
        let memory = LadderMemory(file: file)
        #expect(memory.manner(for: endpoint, model: "m")?.rung == .text)
        #expect(memory.manner(for: endpoint, model: "m")?.dialect.namesCompletionTokens == true)
        #expect(memory.contextLimitTokens(for: endpoint, model: "m", at: Asking.now) == nil)
    }

    @Test(arguments: [(1024, 1024), (1030, nil)] as [(Int, Int?)])
    func `teaches a limit where it was cut in silence only if the count is a context's`(
        counted: Int,
        limit: Int?
    )
        async throws
    {
        let jobs = try await JobOverHTTP()
        let cut = Behaviour.reply(JobOverHTTP.add) { $0.usage = .given(prompt: counted, reply: 9) }
        try await Asking.with(Script([cut])) { reflector, server in
            let result = try await jobs.run("a", reflector, server)
            #expect(result.remedy?.retry == .uselessIfOthersAreServed)
            #expect(reflector.contextLimitTokens == limit)
        }
    }

    @Test(arguments: [0, 1023, 200_000_000])
    func `teaches no limit that no context has`(limit: Int) throws {
        let endpoint = try #require(Endpoint("http://localhost", kind: .openai))
        let memory = LadderMemory()
        memory.learn(contextLimitTokens: limit, for: endpoint, asked: .init(rung: .schema), model: nil, at: Asking.now)
        #expect(memory.contextLimitTokens(for: endpoint, model: nil, at: Asking.now) == nil)
    }

    @Test func `teaches a limit per model, which outlasts a call that began before it and ends with a probe`()
        async throws
    {
        let memory = LadderMemory()
        try await Asking.with(Script([.reply("{\"ok\":true}")]), memory: memory) { reflector, server in
            let endpoint = try #require(Endpoint(server.url, kind: .openai))
            memory.learn(
                contextLimitTokens: 4096,
                for: endpoint,
                asked: .init(rung: .schema),
                model: "m-1",
                at: Asking.now
            )
            memory.remember(.init(rung: .object), for: endpoint, model: "m-1")
            #expect(reflector.contextLimitTokens == 4096)
            #expect(memory.manner(for: endpoint, model: "m-1")?.rung == .object)
            #expect(memory.contextLimitTokens(for: endpoint, model: "m-2", at: Asking.now) == nil)
            _ = try await EndpointProbe(reflector)
            #expect(reflector.contextLimitTokens == nil)
        }
    }
}
