// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import MaestroTesting
import SystemPackage
import Testing

@testable import MaestroLLM

/// Every fault that the test server plays, through a whole job run: what it is, what becomes of the job and the endpoint,
/// and what it costs.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A bad day of a model` {
    enum Kind: String {
        case none, unreachable, timedOut, rateLimited, userRefused, blocked, serverFailed, rejected, filtered, refused,
            contextOverflow,
            contextTruncated
        case unusable
    }

    /// The gate's lesson, without its words.
    enum Lesson { case answered, unusable, rejected, refusedUser, failed, rest, closes }

    struct Row: Equatable {
        var kind: Kind
        var retry: Remedy.Retry?
        var lesson: Lesson?
        var calls: Int

        static let fine = Row(kind: .none, retry: nil, lesson: .answered, calls: 1)
        /// A person must change something: one call, the job is kept.
        static let closes = Row(kind: .refused, retry: .whenEndpointOpens, lesson: .closes, calls: 1)
        /// It passes: one call, the job comes back and it counts.
        static let passes = Row(kind: .serverFailed, retry: .later, lesson: .failed, calls: 1)
        static let cut = Row(kind: .unreachable, retry: .later, lesson: .failed, calls: 1)
        static let late = Row(kind: .timedOut, retry: .later, lesson: .failed, calls: 1)
        /// This prompt's own fault: one call, dead.
        static let dead = Row(kind: .rejected, retry: .uselessIfOthersAreServed, lesson: .rejected, calls: 1)
        /// The model's own fault: asked once more, dead.
        static let unusable = Row(kind: .unusable, retry: .uselessIfOthersAreServed, lesson: .unusable, calls: 2)
        static let overflow = Row(kind: .contextOverflow, retry: .useless, lesson: .answered, calls: 2)

        static func userWaits(_ seconds: Double?) -> Row {
            let retry = Remedy.Retry.afterOwnRest(seconds: seconds, isCounted: false)
            return Row(kind: .userRefused, retry: retry, lesson: .refusedUser, calls: 1)
        }

        static func rests(_ seconds: Double?) -> Row {
            Row(kind: .rateLimited, retry: .afterRest(seconds: seconds), lesson: .rest, calls: 1)
        }
    }

    static func row(_ name: Behaviour.Name) -> Row {
        switch name {
        case .contentParts, .controlCharacters, .noUsage, .nullUsage, .zeroUsage, .byteOrderMark, .gzip, .stream,
            .emptyError:
            .fine
        case .lengthCut, .thinkingOnly, .refusal, .emptyContent, .huge, .gzipBomb, .binary, .words, .notJSON:
            .unusable
        // Cut to so little that no smaller prompt would have been whole.
        case .truncated:
            Row(kind: .contextTruncated, retry: .uselessIfOthersAreServed, lesson: .unusable, calls: 1)
        case .unauthorized, .payment, .forbidden, .detail, .redirect, .noDatabase, .quota, .budget, .unknownModel,
            .unknownModelLiteLLM, .unknownModelOllama, .html, .notACompletion, .serverErrorText, .filterPage:
            .closes
        case .userBudget: .userWaits(nil)
        case .userRateLimit: .userWaits(60)
        case .badRequest: .dead
        // It says so: that the next one is stopped, too, proves nothing about the endpoint.
        case .contentFilter: Row(kind: .filtered, retry: .useless, lesson: .answered, calls: 1)
        // Asked again without the parameter, and refused in the same words.
        case .maxTokensParameter, .temperatureParameter:
            Row(kind: .rejected, retry: .uselessIfOthersAreServed, lesson: .rejected, calls: 2)
        case .rateLimited, .rateLimitedLiteLLM: .rests(7)
        case .rateLimitInside: .rests(nil)
        // It names the wait in its words alone.
        case .rateLimitedOwnLiteLLM: .rests(5)
        case .unavailable: .rests(10)
        case .hugeUnavailable: .rests(20)
        case .retryAfterPast: .rests(0)
        case .retryAfterAbsurd: .rests(86_400)
        case .retryAfterDate: .rests(30)
        case .serverError, .badGateway, .badGatewayWait, .overloaded, .conflict, .tooEarly, .errorInside,
            .errorInStream, .empty:
            .passes
        case .overflowOpenAI, .overflowLlamaCpp, .overflowLlamaCppPython, .overflowLiteLLM, .overflowVLLM,
            .overflowAnthropic, .overflowOllama, .overflowRateLimit:
            .overflow
        case .hang, .hangAfterHeaders, .hangMidBody, .slow, .byteASecond: .late
        case .close, .closeMidBody, .resetMidBody, .chunkedCut: .cut
        }
    }

    @Test(arguments: Behaviour.Name.allCases)
    func `costs its calls, and the job and the endpoint what they must`(name: Behaviour.Name) async throws {
        let jobs = try await JobOverHTTP()
        var expected = Self.row(name)
        // Long enough for a busy machine to get the call to the server.
        let timeout = expected == .late ? Duration.seconds(8) : .seconds(30)
        let script = Script([.named(name, reply: JobOverHTTP.add)])
        try await Asking.with(script, timeout: timeout, at: Date()) { reflector, server in
            let result = try await jobs.run("a", reflector, server)
            let retry = result.remedy?.retry
            if name == .retryAfterDate, case .afterRest(let seconds?) = retry {
                #expect((20...31).contains(seconds))
                expected.retry = retry
            }
            let found = Row(
                kind: Self.kind(of: result.outcome.error),
                retry: retry,
                lesson: Self.lesson(result.lesson),
                calls: result.calls.count
            )
            #expect(found == expected, "\(name.rawValue): \(result.remedy?.sentence ?? "")")
            let isApplied = result.receipt?.reflection.outcome == .applied
            #expect(isApplied == (expected.kind == .none))
            // A job that is worth another try has not ended.
            #expect(
                (result.receipt == nil) == (retry.map { $0 != .useless && $0 != .uselessIfOthersAreServed } ?? false)
            )
        }
    }

    private static func kind(of error: (any Error)?) -> Kind {
        switch error as? ReflectorError {
        case nil: .none
        case .unreachable: .unreachable
        case .timedOut: .timedOut
        case .rateLimited: .rateLimited
        case .userRefused: .userRefused
        case .blocked: .blocked
        case .serverFailed: .serverFailed
        case .rejected: .rejected
        case .filtered: .filtered
        case .refused: .refused
        case .contextOverflow: .contextOverflow
        case .contextTruncated: .contextTruncated
        case .unusable: .unusable
        }
    }

    private static func lesson(_ lesson: EndpointGate.Lesson?) -> Lesson? {
        switch lesson {
        case nil: nil
        case .answered: .answered
        case .unusable: .unusable
        case .rejected: .rejected
        case .refusedUser: .refusedUser
        case .failed: .failed
        case .askedForRest: .rest
        case .refused: .closes
        }
    }

    /// A server that says the key back, in body and headers, with every status that we read words of.
    @Test(arguments: [200, 302, 400, 401, 403, 413, 422, 429, 500, 529])
    func `leaves no key in any sentence, row or file, whatever the server echoes`(status: Int) async throws {
        let jobs = try await JobOverHTTP()
        let words = "maximum key: Bearer \(Asking.key)"
        var echo = Behaviour.error(status, message: words, type: words, code: "\"\(words)\"")
        for name in ["retry-after", "location", "x-request-id", "www-authenticate", "set-cookie"] {
            echo.headers[name] = words
        }
        try await Asking.with(Script([echo]), key: Asking.key) { reflector, server in
            let result = try await jobs.run("a", reflector, server)
            let error = try #require(result.outcome.error)
            var shown = "\(error) \(Remedy(for: error)) \(result.outcome.ending) \(String(describing: result.lesson))"
            dump(result.outcome, to: &shown)
            #expect(shown.contains("<redacted>"), "the echo did not arrive")
            #expect(!shown.contains(Asking.key))
            #expect(server.requests.last?.headers["authorization"] == "Bearer \(Asking.key)")
        }
        let folder = TemporaryFolder.path.string
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
            #expect(data.range(of: Data(Asking.key.utf8)) == nil, "in \(name)")
        }
    }

    /// LiteLLM without a database answers 500 where no key comes; that is no such day once a key came or a reply was had.
    @Test func `is not taken for a missing key where there is one, or none is needed`() async throws {
        let failure = Behaviour.named(.serverErrorText)
        let withKey = try await Asking.error(Script([failure]), key: Asking.key)
        guard case .serverFailed(_, 500) = withKey else {
            Issue.record("became \(String(describing: withKey))")
            return
        }
        try await Asking.with(Script([.reply(Asking.reply), failure])) { reflector, _ in
            _ = try await reflector.reflect(Asking.prompt())
            let error = await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
            #expect(error.map { Remedy(for: $0).retry } == .later)
        }
    }

    @Test(arguments: [Behaviour.Name.lengthCut, .thinkingOnly, .refusal, .emptyContent, .truncated])
    func `costs what the server counted, though nothing of it is of use`(name: Behaviour.Name) async throws {
        let jobs = try await JobOverHTTP()
        try await Asking.with(Script([.named(name, reply: JobOverHTTP.add)])) { reflector, server in
            let reflection = try #require(try await jobs.run("a", reflector, server).receipt?.reflection)
            #expect(reflection.outcome == .failed)
            #expect((reflection.tokensIn ?? 0) > 0 && (reflection.tokensOut ?? 0) > 0, "\(reflection)")
        }
    }

    /// A page that a filter puts before a job's text closes an endpoint only where nobody was served there yet.
    @Test func `is one job's where a filter stops it and others were served`() async throws {
        let jobs = try await JobOverHTTP()
        try await Asking.with(Script([.reply(JobOverHTTP.add), .named(.filterPage)])) { reflector, server in
            #expect(try await jobs.run("served", reflector, server).receipt != nil)
            let stopped = try await jobs.run("stopped", reflector, server)
            #expect(stopped.remedy?.retry == .afterOwnRest(seconds: nil, isCounted: true))
            #expect(Self.lesson(stopped.lesson) == .rejected)
            guard case .postponed(Asking.now + 3600, true) = stopped.outcome.ending else {
                Issue.record("\(stopped.outcome.ending)")
                return
            }
            #expect(stopped.remedy?.sentence.contains("Request blocked”") == true, "\(stopped.remedy?.sentence ?? "")")
        }
    }

    @Test func `is over when 503 was answered twice`() async throws {
        try await Asking.with(Script(words: ["503-twice"], reply: Asking.reply)) { reflector, server in
            for _ in 1...2 {
                await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
            }
            let reply = try await reflector.reflect(Asking.prompt())
            #expect(reply.text == Asking.reply)
            #expect(server.requests.count == 3)
        }
    }

    @Test func `costs two calls more where llama-cpp-python fails on a schema, once`() async throws {
        let script = try Script(words: ["schema-llama-cpp-python"], reply: Asking.reply)
        try await Asking.with(script) { reflector, server in
            for _ in 1...2 {
                let reply = try await reflector.reflect(Asking.prompt())
                #expect(reply.text == Asking.reply)
            }
            #expect(
                server.requests.map(\.format) == [.strictSchema, .schema, .objectWithSchema, .objectWithSchema]
            )
        }
    }

    @Test func `is no trouble for many calls at once`() async throws {
        var script = Script([.reply(Asking.reply)])
        script.latency = .milliseconds(500)
        try await Asking.with(script, timeout: .seconds(60)) { reflector, server in
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 1...40 { group.addTask { _ = try await reflector.reflect(Asking.prompt()) } }
            }
            #expect(server.requests.count == 40)
            // The client's own limit is eight connections.
            #expect(server.maxConcurrent > 8)
        }
    }
}
