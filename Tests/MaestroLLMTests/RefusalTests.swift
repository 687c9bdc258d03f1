// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import Testing

@testable import MaestroLLM

@Suite struct `A call that fails` {
    /// What a fault becomes: the class, and words that its sentence must hold.
    enum Expected: Sendable {
        case reply
        case unreachable, timedOut
        case rejected(Int)
        case filtered(Int)
        case restUntilDate
        case rateLimited(Double?)
        case userRefused(Double?)
        case serverFailed(Int)
        case refused(Int, String)
        case overflow(Int?)
        case truncated
        case unusable(String)
    }

    static func expected(_ name: Behaviour.Name) -> Expected {
        switch name {
        case .contentParts, .controlCharacters, .noUsage, .nullUsage, .zeroUsage, .byteOrderMark, .gzip, .stream,
            .emptyError:
            .reply
        case .lengthCut: .unusable("cut off at 1500 tokens")
        case .thinkingOnly: .unusable("spent its whole reply on thinking; raise `llm.maxReplyTokens`")
        case .refusal: .unusable("the model refused: “I'm sorry, I can't help with that.”")
        case .emptyContent: .unusable("the reply is empty")
        case .truncated: .truncated
        case .empty: .serverFailed(200)
        case .html: .refused(200, "no chat completion: “<!DOCTYPE html>")
        case .huge, .gzipBomb: .unusable("sent more than 8 MB")
        case .notJSON: .unusable("no chat completion: “data: {\"choices\":”")
        case .words: .unusable("no chat completion: “upstream connect error”")
        case .binary: .unusable("no chat completion: what is no text, compressed (`br`)")
        case .notACompletion: .refused(200, "no chat completion: “{\"status\":\"ok\"")
        case .errorInside, .errorInStream: .serverFailed(502)
        case .rateLimitInside: .rateLimited(nil)
        case .unauthorized: .refused(401, "“Incorrect API key provided.”")
        case .payment: .refused(402, "“Insufficient credits.”")
        case .forbidden: .refused(403, "does not have access to model")
        case .detail: .refused(401, "“Invalid API key”")
        case .redirect: .refused(307, "redirects are not followed")
        case .noDatabase: .refused(400, "“No connected db.”")
        case .quota: .refused(429, "current quota")
        case .userBudget: .userRefused(nil)
        case .userRateLimit: .userRefused(60)
        case .filterPage: .refused(403, "Request blocked")
        case .budget: .refused(400, "Budget has been exceeded!")
        case .unknownModel: .refused(404, "does not exist")
        case .unknownModelLiteLLM: .refused(400, "Invalid model name")
        case .unknownModelOllama: .refused(404, "“model 'no-such' not found”")
        case .contentFilter: .filtered(400)
        case .maxTokensParameter, .temperatureParameter, .badRequest: .rejected(400)
        case .rateLimitedOwnLiteLLM: .rateLimited(5)
        case .retryAfterPast: .rateLimited(0)
        case .retryAfterAbsurd: .rateLimited(86_400)
        case .retryAfterDate: .restUntilDate
        case .rateLimited, .rateLimitedLiteLLM: .rateLimited(7)
        case .serverError: .serverFailed(500)
        case .serverErrorText: .refused(500, "“Internal Server Error”; no API key was sent")
        case .badGateway: .serverFailed(502)
        case .unavailable: .rateLimited(10)
        case .overloaded: .serverFailed(529)
        case .conflict: .serverFailed(409)
        case .tooEarly: .serverFailed(425)
        case .badGatewayWait: .serverFailed(502)
        case .hugeUnavailable: .rateLimited(20)
        case .overflowOpenAI, .overflowLlamaCpp, .overflowLlamaCppPython, .overflowLiteLLM, .overflowVLLM,
            .overflowAnthropic, .overflowRateLimit:
            .overflow(8192)
        case .overflowOllama: .overflow(nil)
        case .hang, .hangAfterHeaders, .hangMidBody, .slow, .byteASecond: .timedOut
        case .close, .closeMidBody, .resetMidBody, .chunkedCut: .unreachable
        }
    }

    @Test(arguments: Behaviour.Name.allCases)
    func `is told by class and in the server's words`(name: Behaviour.Name) async throws {
        let expected = Self.expected(name)
        var timeout = Duration.seconds(30)
        if case .timedOut = expected { timeout = .milliseconds(300) }
        let script = Script([.named(name, reply: Asking.reply)])
        let error = try await Asking.error(script, timeout: timeout)
        switch (expected, error) {
        case (.reply, nil), (.unreachable, .unreachable(_, wasSent: true)), (.timedOut, .timedOut),
            (.truncated, .contextTruncated):
            break
        case (.restUntilDate, .rateLimited(_, let found)): #expect(found != nil)
        case (.rateLimited(let seconds), .rateLimited(_, let found)): #expect(seconds == found)
        case (.userRefused(let seconds), .userRefused(_, let found)): #expect(seconds == found)
        case (.serverFailed(let status), .serverFailed(_, let found)),
            (.rejected(let status), .rejected(_, let found)), (.filtered(let status), .filtered(_, let found)):
            #expect(status == found)
        case (.refused(let status, let words), .refused(let sentence, let found)):
            #expect(status == found)
            #expect(sentence.contains(words))
        case (.overflow(let limit), .contextOverflow(_, let found, _)): #expect(limit == found)
        case (.unusable(let words), .unusable(let sentence, _)): #expect(sentence.contains(words))
        default: Issue.record("\(name) became \(String(describing: error))")
        }
    }

    /// Servers that say back what they were sent, wherever we read words.
    static let echoes: [Behaviour] = {
        let words = "you sent Authorization: Bearer \(Asking.key) and x-team: team-secret-1"
        let raw = "{\"error\":{\"message\":\"no\",\"metadata\":{\"raw\":\"\(words)\"}}}"
        var refusal = Completion(nil)
        refusal.refusal = words
        return [
            .error(400, message: words, type: words, code: "\"\(words)\""),
            .error(401, message: words, type: "", code: nil),
            .error(429, message: words, type: "", code: nil),
            .error(500, message: words, type: "", code: nil),
            .error(400, message: "maximum context length is 8192; " + words, type: "", code: nil),
            .error(200, message: words, type: "", code: "429"),
            .json(500, raw), .json(200, "{\"echo\":\"\(words)\"}"), .json(401, "{\"detail\":\"\(words)\"}"),
            Behaviour(status: 502, payload: .text(words, type: "text/plain")),
            Behaviour(payload: .text("<html>\(words)</html>", type: "text/html")),
            Behaviour(payload: .completion(refusal)),
        ]
    }()

    @Test(arguments: echoes.indices)
    func `never shows the key or a header, whatever the server echoes`(index: Int) async throws {
        let error = try await Asking.error(Script([Self.echoes[index]]), key: Asking.key) { settings in
            settings.headers = ["x-team": Secret("team-secret-1")]
        }
        var dumped = "\(try #require(error)) \(error?.sentence ?? "")"
        dump(error, to: &dumped)
        #expect(dumped.contains("<redacted>"), "the echo did not arrive")
        #expect(!dumped.contains(Asking.key) && !dumped.contains("team-secret-1"))
    }

    @Test func `leaves no key in what a debugger or a log shows of the reflector`() throws {
        var settings = Settings.LLM()
        settings.endpoint = "http://localhost/v1?token=secret-in-query"
        settings.headers = ["x-team": Secret("team-secret-1")]
        let reflector = try LLMReflector(settings, key: .fixed(Secret(Asking.key)), now: { Asking.now })
        var dumped = "\(reflector) \(reflector.name)"
        dump(reflector, to: &dumped, maxDepth: 5)
        #expect(dumped.contains("<redacted>") && dumped.contains("localhost"))
        #expect(!dumped.contains(Asking.key) && !dumped.contains("team-secret-1"))
    }

    @Test func `leaves no half of a key where its words are cut`() async throws {
        for padding in 270...300 {
            let scrubber = Scrubber(key: Secret(Asking.key))
            let text = scrubber.clean(String(repeating: "x", count: padding) + Asking.key)
            #expect(!text.contains("sk-t"))
        }
    }

    @Test func `says at once that nobody listens`() async throws {
        let port = try DeafPort()
        var settings = Settings.LLM()
        settings.endpoint = "http://127.0.0.1:\(port.number)/v1"
        let reflector = try LLMReflector(settings, key: nil, timeout: .seconds(60), now: { Asking.now })
        // Tried again and again, it would run into the time limit and be `timedOut`.
        let error = await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
        let words = "no answer from `127.0.0.1:\(port.number)`: connection refused"
        #expect(error == .unreachable(words, wasSent: false))
        // Until here the port is taken, so that no other test's server can come to listen on it.
        withExtendedLifetime(port) {}
    }

    /// Addresses behind which nothing can have been sent anything: no name, no such scheme's server, no certificate.
    @Test(arguments: ["http://no-such-host.invalid", "https://127.0.0.1:PORT"])
    func `says that nothing was sent where no connection came about`(address: String) async throws {
        let error = try await Asking.error(Script([.reply(Asking.reply)])) { settings in
            let port = settings.endpoint?.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
            settings.endpoint = address.replacing("PORT", with: port)
        }
        guard case .unreachable(_, wasSent: false) = error else {
            Issue.record("became \(String(describing: error))")
            return
        }
    }

    @Test func `is a cancellation where the task was cancelled`() async throws {
        for name in [Behaviour.Name.hang, .hangAfterHeaders, .hangMidBody, .slow] {
            try await Asking.with(Script([.named(name, reply: Asking.reply)])) { reflector, server in
                let asking = Task { try await reflector.reflect(Asking.prompt()) }
                while server.requests.isEmpty { await Task.yield() }
                asking.cancel()
                await #expect(throws: CancellationError.self) { try await asking.value }
            }
        }
    }

    @Test(arguments: ["sk-one\nsk-two", "sk-\u{7F}", "schlüssel"])
    func `is refused before it is made where the key fits no header`(key: String) {
        var settings = Settings.LLM()
        settings.endpoint = "http://localhost"
        let error = #expect(throws: ReflectorError.self) {
            try LLMReflector(settings, key: .fixed(Secret(key)), now: { Asking.now })
        }
        #expect(error?.sentence.contains(key) == false)
    }

    @Test(arguments: ["blue\r\nX-Admin: yes", "blue\nX-Admin: yes", "blue\u{0}"])
    func `is refused before it is made where a header would make another`(value: String) {
        var settings = Settings.LLM()
        settings.endpoint = "http://localhost"
        settings.headers = ["X-Team": Secret(value)]
        let error = #expect(throws: ReflectorError.self) {
            try LLMReflector(settings, key: nil, now: { Asking.now })
        }
        #expect(error?.sentence.contains("X-Team") == true)
        #expect(error?.sentence.contains("X-Admin") == false)
    }

    @Test(arguments: [nil, "", "localhost:8080", "ftp://host/v1", "http://", "https://ana:password@host/v1"])
    func `is refused before it is made where there is no usable address`(address: String?) {
        var settings = Settings.LLM()
        settings.endpoint = address
        let error = #expect(throws: ReflectorError.self) { try LLMReflector(settings, key: nil, now: { Asking.now }) }
        #expect(error?.sentence.contains("`llm.endpoint`") == true)
        #expect(error?.sentence.contains("password@") == false)
    }
}
