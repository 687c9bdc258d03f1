// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import Testing

@testable import MaestroLLM

@Suite struct `A script file` {
    @Test func `is played call by call`() async throws {
        let json = """
            {"key": "sk-test-1", "supports": ["json_object", "text"], "refusal": "llama-cpp-python",
             "calls": [{"behaviour": "overloaded"}, {"status": 503, "headers": {"retry-after": "2"}, "body": "busy"},
                       {"reply": {"reasoning": "fine"}, "model": "m-9",
                        "usage": {"prompt_tokens": 1200, "completion_tokens": 8}}]}
            """
        let script = try Script(json: Data(json.utf8))
        try await Asking.with(script, key: "sk-test-1") { reflector, server in
            await #expect(
                throws: ReflectorError.serverFailed(
                    "`127.0.0.1:\(server.port)` answered 529: “Overloaded”",
                    status: 529
                )
            ) {
                try await reflector.reflect(Asking.prompt())
            }
            await #expect(
                throws: ReflectorError.rateLimited(
                    "`127.0.0.1:\(server.port)` answered 503: “busy”",
                    retryAfterSeconds: 2
                )
            ) {
                try await reflector.reflect(Asking.prompt())
            }
            let reply = try await reflector.reflect(Asking.prompt())
            #expect(reply.text == #"{"reasoning":"fine"}"#)
            #expect(reply.tokensIn == 1200 && reply.tokensOut == 8 && reply.model == "m-9")
            #expect(reply.rung == Rung.object.rawValue)
        }
    }

    @Test(arguments: [
        "[]", "{}", #"{"calls":[]}"#, #"{"calls":[{}]}"#, #"{"calls":[{"behaviour":"sing"}]}"#,
        #"{"calls":[{"reply":""}],"supports":["xml"]}"#,
    ])
    func `that cannot be played is refused`(json: String) {
        #expect(throws: (any Error).self) { try Script(json: Data(json.utf8)) }
    }
}
