// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import Maestro
import MaestroTestServer
import NIOCore
import NIOHTTP1
import Testing

@testable import MaestroLLM

@Suite struct `A connection` {
    /// Servers close a connection that was idle whenever they like: whoever uses it once more may find it closed.
    @Test func `serves one call, so that no other finds it closed`() async throws {
        try await Asking.with(Script([.reply(Asking.reply).delivered(.wholeThenClose)])) { reflector, server in
            for _ in 1...30 { _ = try await reflector.reflect(Asking.prompt()) }
            #expect(server.requests.count == 30)
            #expect(server.requests.allSatisfy { $0.headers["connection"] == "close" })
        }
    }

    /// What the libraries say, under the names of their types.
    private struct NIOSSLError: Error, CustomStringConvertible {
        let description: String
    }

    static let failures: [(error: any Error, words: String, wasSent: Bool)] = [
        (ChannelError.ioOnClosedChannel, "it closed the connection before the answer was complete", true),
        (ChannelError.eof, "it closed the connection before the answer was complete", true),
        (HTTPParserError.invalidEOFState, "it closed the connection before the answer was complete", true),
        (HTTPClientError.remoteConnectionClosed, "it closed the connection before the answer was complete", true),
        (NIOSSLError(description: "uncleanShutdown"), "it closed the connection before the answer was complete", true),
        (
            HTTPParserError.unknown, "what it answers is no HTTP that can be read; is its address one with `https://`?",
            true
        ),
        (
            HTTPParserError.invalidVersion,
            "what it answers is no HTTP that can be read; is its address one with `https://`?", true
        ),
        (
            NIOSSLError(
                description: "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268435581 error:1000007d:SSL "
                    + "routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at /x/handshake.cc:298]))"
            ),
            "its certificate is not trusted (self-signed, expired, or of an unknown authority); add it to the "
                + "system's, as with `update-ca-certificates`", false
        ),
        (
            NIOSSLError(description: "sslError([Error: 268435703 error:100000f7:SSL routines:WRONG_VERSION_NUMBER])"),
            "no TLS connection comes about; is its address one with `http://`?", false
        ),
        (
            NIOSSLError(description: "NIOSSLExtraError.failedToValidateHostname: Couldn't find <none> in certificate"),
            "its certificate is another host's; check the name in `llm.endpoint`", false
        ),
        (
            NIOSSLError(description: "handshakeFailed(BoringSSLError.zeroReturn)"),
            "no TLS connection comes about; is its address one with `http://`?", false
        ),
    ]

    @Test(arguments: failures.indices)
    func `that breaks is told in words for people`(index: Int) {
        let (error, words, wasSent) = Self.failures[index]
        let failure = ConnectionFailure(error)
        #expect(failure.words == words)
        #expect(failure.wasSent == wasSent)
    }

    @Test func `to something that speaks no TLS says so`() async throws {
        try await TestServer.run(Script([])) { server in
            var settings = Settings.LLM()
            settings.endpoint = "https://127.0.0.1:\(server.port)/v1"
            let reflector = try LLMReflector(settings, key: nil, now: { Asking.now })
            let error = await #expect(throws: ReflectorError.self) { try await reflector.reflect(Asking.prompt()) }
            #expect(
                error?.sentence.hasSuffix(": no TLS connection comes about; is its address one with `http://`?") == true
            )
        }
    }
}
