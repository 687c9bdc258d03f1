// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import MaestroTesting
import SystemPackage
import Testing

@testable import MaestroLLM

@Suite(.temporaryFolder) struct `A key in a file` {
    private let file = TemporaryFolder.path.appending("key")

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file.string)) }

    private func with(
        _ script: Script,
        _ body: (LLMReflector, TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(script) { server in
            var settings = Settings.LLM()
            settings.endpoint = server.url
            let reflector = try LLMReflector(settings, key: .file(file), now: { Asking.now })
            try await body(reflector, server)
        }
    }

    private static func refusal(_ reflector: LLMReflector) async -> String? {
        let error = await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
        guard case .refused(let sentence, status: 401) = error else {
            Issue.record("became \(String(describing: error))")
            return nil
        }
        return sentence
    }

    @Test func `is read with every call, so that a worker goes on once it is replaced`() async throws {
        var script = Script([.reply(Asking.reply)])
        script.key = "sk-new-0123456789"
        try await with(script) { reflector, server in
            try write("sk-old-0123456789\n")
            let sentence = try #require(await Self.refusal(reflector))
            #expect(!sentence.contains("started again"))
            try write("\n  sk-new-0123456789 \r\n")
            #expect(try await reflector.reflect(Asking.prompt()).text == Asking.reply)
            #expect(
                server.requests.map { $0.headers["authorization"] }
                    == ["Bearer sk-old-0123456789", "Bearer sk-new-0123456789"]
            )
        }
    }

    @Test func `that is missing, empty or damaged refuses the call, which is not made`() async throws {
        try await with(Script([.reply(Asking.reply)])) { reflector, server in
            #expect(await Self.refusal(reflector)?.contains("`\(file)` (`llm.apiKeyFile`) cannot be read") == true)
            try write(" \n")
            #expect(await Self.refusal(reflector)?.contains("is empty; write the key into it") == true)
            try write("sk-one\nsk-two")
            let sentence = try #require(await Self.refusal(reflector))
            #expect(sentence.contains("`\(file)`") && !sentence.contains("sk-"))
            #expect(server.requests.isEmpty)
            try write("sk-one")
            _ = try await reflector.reflect(Asking.prompt())
        }
    }

    @Test func `is in no error, also the one that it holds by now`() async throws {
        let script = Script { request, _ in
            .error(401, message: "you sent \(request.headers["authorization"] ?? "")", type: "", code: nil)
        }
        try await with(script) { reflector, _ in
            for key in ["sk-old-0123456789", "sk-new-0123456789"] {
                try write(key)
                let sentence = try #require(await Self.refusal(reflector))
                #expect(sentence.contains("you sent Bearer <redacted>") && !sentence.contains("0123456789"))
            }
            var dumped = ""
            dump(reflector, to: &dumped)
            #expect(!dumped.contains("0123456789"))
        }
    }

    @Test func `of the settings needs another start of a worker, which its refusal says`() async throws {
        let error = try await Asking.error(Script([.named(.unauthorized)]), key: Asking.key)
        #expect(error?.sentence.contains("takes another `llm.apiKey` when it is started again") == true)
    }
}
