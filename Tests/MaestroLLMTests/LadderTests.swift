// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import MaestroTesting
import SystemPackage
import Testing

@testable import MaestroLLM

@Suite struct `The ladder` {
    /// What a server understands, how it refuses the rest, and what was asked in turn until it did.
    static let openAI: [(supports: Set<OutputFormat>, refusal: FormatRefusal, rungs: [OutputFormat])] = [
        (Set(OutputFormat.allCases), .openAI, [.strictSchema]),
        ([.schema, .text], .openAI, [.strictSchema, .schema]),
        ([.objectWithSchema, .object, .text], .llamaCppPython, [.strictSchema, .schema, .objectWithSchema]),
        ([.object, .text], .fastAPI, [.strictSchema, .schema, .objectWithSchema, .object]),
        ([.text], .openAI, [.strictSchema, .schema, .objectWithSchema, .object, .text]),
    ]

    @Test(arguments: openAI)
    func `is climbed down to what the server understands`(
        supports: Set<OutputFormat>,
        refusal: FormatRefusal,
        rungs: [OutputFormat]
    ) async throws {
        var script = Script([.reply(Asking.reply)])
        script.supports = supports
        script.refusal = refusal
        try await Asking.with(script) { reflector, server in
            let reply = try await reflector.reflect(Asking.prompt())
            #expect(reply.text == Asking.reply)
            #expect(reply.rung == rungs.last?.rawValue)
            #expect(server.requests.map(\.format) == rungs)
            _ = try await reflector.reflect(Asking.prompt())
            #expect(server.requests.count == rungs.count + 1, "the rung was not remembered")
            #expect(server.requests.last?.format == rungs.last)
        }
    }

    static let ollama: [(supports: Set<OutputFormat>, rungs: [OutputFormat])] = [
        ([.schema, .object, .text], [.schema]), ([.object, .text], [.schema, .object]),
        ([.text], [.schema, .object, .text]),
    ]

    @Test(arguments: ollama)
    func `of Ollama's native chat has three rungs`(supports: Set<OutputFormat>, rungs: [OutputFormat]) async throws {
        var script = Script([.reply(Asking.reply)])
        script.supports = supports
        script.refusal = .ollama
        try await Asking.with(script, kind: .ollama) { reflector, server in
            let reply = try await reflector.reflect(Asking.prompt())
            #expect(reply.text == Asking.reply)
            #expect(server.requests.map(\.format) == rungs)
        }
    }

    @Test func `ends at the plainest question`() async throws {
        let bad = Behaviour.error(400, message: "no such response format", type: "invalid_request_error", code: nil)
        try await Asking.with(Script([bad])) { reflector, server in
            await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
            #expect(server.requests.map(\.format) == OutputFormat.allCases)
        }
    }

    @Test(arguments: [
        Behaviour.Name.unauthorized, .payment, .forbidden, .rateLimited, .serverError, .serverErrorText, .unavailable,
        .noDatabase, .unknownModel, .unknownModelLiteLLM, .overflowOpenAI, .overflowVLLM, .budget, .contentFilter,
        .rateLimitInside, .lengthCut,
    ])
    func `is left alone by errors that are not about the format`(name: Behaviour.Name) async throws {
        try await Asking.with(Script([.named(name, reply: Asking.reply)])) { reflector, server in
            await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
            #expect(server.requests.count == 1)
        }
    }

    @Test func `keeps its rung where a parameter was the trouble, and remembers that too`() async throws {
        let script = Script { request, _ in
            if request.json["max_tokens"] != nil { return .named(.maxTokensParameter) }
            if request.json["temperature"] != nil { return .named(.temperatureParameter) }
            return .reply(Asking.reply)
        }
        try await Asking.with(script) { reflector, server in
            let reply = try await reflector.reflect(Asking.prompt())
            #expect(reply.rung == Rung.strictSchema.rawValue)
            #expect(server.requests.count == 3)
            #expect(server.requests.last?.json["max_completion_tokens"] as? Int == 1500)
            _ = try await reflector.reflect(Asking.prompt())
            #expect(server.requests.count == 4)
        }
    }

    /// A server that understands no format, and answers plain questions with `answers` in turn.
    private static func plain(_ answers: [Behaviour]) -> Script {
        var script = Script(answers)
        script.supports = [.text]
        return script
    }

    @Test(.temporaryFolder, arguments: [Behaviour.Name.rateLimited, .serverError, .close])
    func `is not climbed down again after each failure at its foot`(name: Behaviour.Name) async throws {
        let file = TemporaryFolder.path.appending("ladder.json")
        let script = Self.plain([.named(name), .named(name), .named(name), .reply(Asking.reply)])
        try await Asking.with(script, memory: LadderMemory(file: file)) { reflector, server in
            for _ in 1...3 {
                await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
                #expect(!FileManager.default.fileExists(atPath: file.string), "no reply has proven it yet")
            }
            _ = try await reflector.reflect(Asking.prompt())
            #expect(server.requests.count == 8, "4 refused rungs, 4 answers")
            #expect(FileManager.default.fileExists(atPath: file.string))
        }
    }

    @Test func `is begun at the top again after a question that was refused in every form`() async throws {
        let script = Self.plain([.named(.badRequest), .reply(Asking.reply)])
        let memory = LadderMemory()
        try await Asking.with(script, memory: memory) { reflector, server in
            await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
            let endpoint = try #require(Endpoint(server.url, kind: .openai))
            #expect(memory.manner(for: endpoint, model: "m-1") == nil)
        }
    }

    @Test(.temporaryFolder) func `is remembered in a file across processes, per model`() async throws {
        let file = TemporaryFolder.path.appending("ladder.json")
        var script = Script([.reply(Asking.reply)])
        script.supports = [.object, .text]
        try await TestServer.run(script) { server in
            func ask(model: String) async throws {
                var settings = Settings.LLM()
                settings.endpoint = server.url + "?token=in-the-query"
                settings.model = model
                let reflector = try LLMReflector(
                    settings,
                    key: .fixed(Secret(Asking.key)),
                    memory: LadderMemory(file: file),
                    now: { Asking.now }
                )
                _ = try await reflector.reflect(Asking.prompt())
                try await reflector.close()
            }
            try await ask(model: "m-1")
            #expect(server.requests.count == 4)
            try await ask(model: "m-1")
            #expect(server.requests.count == 5)
            try await ask(model: "m-2")
            #expect(server.requests.count == 9)
        }
        let text = try String(contentsOfFile: file.string, encoding: .utf8)
        #expect(!text.contains(Asking.key) && !text.contains("in-the-query"))
    }

    @Test(.temporaryFolder) func `starts from the top where its file is torn`() throws {
        let file = TemporaryFolder.path.appending("ladder.json")
        try Data("{\"http://".utf8).write(to: URL(filePath: file.string))
        let endpoint = try #require(Endpoint("http://localhost", kind: .openai))
        let memory = LadderMemory(file: file)
        #expect(memory.manner(for: endpoint, model: nil) == nil)
        memory.remember(.init(rung: .object), for: endpoint, model: nil)
        #expect(LadderMemory(file: file).manner(for: endpoint, model: nil) == .init(rung: .object))
    }

    @Test func `is tried again from the top by a probe, which shows its rung`() async throws {
        let memory = LadderMemory()
        var script = Script([.reply("{\"ok\":true}") { $0.model = "m-1-2026" }])
        script.supports = [.schema]
        try await Asking.with(script, memory: memory) { reflector, server in
            let endpoint = try #require(Endpoint(server.url, kind: .openai))
            memory.remember(.init(rung: .text), for: endpoint, model: "m-1")
            let probe = try await EndpointProbe(reflector)
            #expect(probe.rung == "json_schema")
            #expect(probe.model == "m-1-2026")
            #expect(probe.tokensIn != nil && probe.tokensOut != nil)
            #expect(memory.manner(for: endpoint, model: "m-1")?.rung == .schema)
        }
    }
}
