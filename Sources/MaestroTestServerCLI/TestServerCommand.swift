// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Dispatch
import Foundation
import MaestroTestServer

/// `maestro-test-server`: a chat server on loopback that plays every fault, for tests and for trying things out.
@main
struct TestServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maestro-test-server",
        abstract: "A chat server on loopback that answers from a script, without any model.",
        discussion: """
            Prints `listening on URL` first, then one line a request on stderr. GET /__calls answers
            {"calls":N,"maxConcurrent":M}: the chat requests so far, and the most that were answered at one time.
            Ends on SIGTERM or SIGINT. OpenAI's door is at /v1, Ollama's native one at /api.

            \(Script.format)
            """
    )

    @Option(help: "The port; 0 takes a free one.")
    var port = 0

    @Option(help: "A script to play.", completion: .file())
    var script: String?

    @Option(help: "A file whose text every call is answered with, after the behaviours.", completion: .file())
    var reply: String?

    @Option(parsing: .upToNextOption, help: "Played first, in order; without --reply the last one is repeated.")
    var behaviour: [String] = []

    @Option(help: "The key that is asked for.")
    var key: String?

    @Option(help: "Milliseconds to wait before every answer.")
    var latency = 0

    func validate() throws {
        guard latency >= 0 else { throw ValidationError("--latency is not negative") }
        guard script != nil || reply != nil || !behaviour.isEmpty else {
            throw ValidationError("give --script, --reply or --behaviour")
        }
    }

    func run() async throws {
        try await TestServer.run(
            try makeScript(),
            port: port,
            log: { line in FileHandle.standardError.write(Data((line + "\n").utf8)) }
        ) { server in
            FileHandle.standardOutput.write(Data("listening on \(server.url)\n".utf8))
            await Self.untilToldToStop()
        }
    }

    private func makeScript() throws -> Script {
        var made: Script
        if let script {
            made = try Script(json: Data(contentsOf: URL(filePath: script)))
        } else {
            let text = try reply.map { try String(contentsOf: URL(filePath: $0), encoding: .utf8) }
            made = try Script(words: behaviour, reply: text)
        }
        if let key { made.key = key }
        made.latency = .milliseconds(latency)
        return made
    }

    private static func untilToldToStop() async {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}
