// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer

@testable import MaestroLLM

/// One reflector asking one test server, over real HTTP.
enum Asking {
    static let key = "sk-test-0123456789abcdef"
    static let now = Date(timeIntervalSince1970: 1_780_000_000)
    static let reply = #"{"reasoning":"no lesson","memory_changes":[],"piece_edit":{"why":"","events":[],"edits":[]}}"#

    static func prompt(user: UserID = UserID("ana")) -> ReflectionPrompt {
        let activity = Activity(
            format: "test",
            events: [Event(number: 1, actor: .user, kind: .message, text: "Fix the linter", line: 1)]
        )
        let job = Job(id: Job.ID("job-1"), user: user)
        let state = UserState(user: user, scope: .global, moment: now)
        return ReflectionPrompt(ReflectionInputs(job: job, activity: activity, state: state))
    }

    /// Serves `script` and hands over a reflector that is set up for it.
    static func with<Result>(
        _ script: Script,
        kind: Settings.LLM.Kind = .openai,
        key: String? = nil,
        memory: LadderMemory = LadderMemory(),
        timeout: Duration? = .seconds(20),
        at moment: Date = now,
        change: (inout Settings.LLM) -> Void = { _ in },
        _ body: (LLMReflector, TestServer) async throws -> Result
    ) async throws -> Result {
        try await TestServer.run(script) { server in
            var settings = Settings.LLM()
            settings.kind = kind
            settings.endpoint = kind == .ollama ? server.nativeURL : server.url
            settings.model = "m-1"
            change(&settings)
            let reflector = try LLMReflector(
                settings,
                key: key.map { .fixed(Secret($0)) },
                memory: memory,
                timeout: timeout,
                now: { moment }
            )
            return try await body(reflector, server)
        }
    }

    /// The error that one ask ends in; nil where a reply came.
    static func error(
        _ script: Script,
        kind: Settings.LLM.Kind = .openai,
        key: String? = nil,
        timeout: Duration? = .seconds(20),
        change: (inout Settings.LLM) -> Void = { _ in }
    ) async throws -> ReflectorError? {
        try await with(script, kind: kind, key: key, timeout: timeout, change: change) { reflector, _ in
            do {
                _ = try await reflector.reflect(prompt())
                return nil
            } catch let error as ReflectorError {
                return error
            }
        }
    }
}
