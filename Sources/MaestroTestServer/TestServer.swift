// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A chat server on loopback that plays a script: OpenAI's door at `/v1`, Ollama's at `/api`.
///
/// It calls no model and keeps every request for the test to look at.
package final class TestServer: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    package let port: Int
    private let script: Script
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var requests: [RecordedRequest] = []
        var played = 0
        var running = 0
        var maxConcurrent = 0
    }

    private init(port: Int, script: Script, log: @escaping @Sendable (String) -> Void) {
        self.port = port
        self.script = script
        self.log = log
    }

    /// The base URL of the OpenAI door.
    package var url: String { "http://127.0.0.1:\(port)/v1" }
    /// The base URL of Ollama's native door.
    package var nativeURL: String { "http://127.0.0.1:\(port)" }

    /// Every chat request so far, also the refused ones: its count is the number of calls.
    package var requests: [RecordedRequest] { state.withLock { $0.requests } }

    /// The most chat requests that were being answered at one time.
    package var maxConcurrent: Int { state.withLock { $0.maxConcurrent } }

    /// Serves while `body` runs.
    ///
    /// `port` 0 takes a free one. `log` gets one line a request, without headers or bodies.
    package static func run<Result>(
        _ script: Script,
        port: Int = 0,
        log: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Wrapped by the task that serves it: one that comes as the server ends would be dropped unserved, which stops
            // the process. Nothing is read before.
            .childChannelOption(.autoRead, value: false)
            // Else an answer in two parts waits 40 ms for the client's acknowledgement of the first.
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: port) { $0.eventLoop.makeSucceededFuture($0) }
        let server = TestServer(port: listener.channel.localAddress?.port ?? port, script: script, log: log)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve(listener) }
            defer { group.cancelAll() }
            return try await body(server)
        }
    }

    private func serve(_ listener: NIOAsyncChannel<any Channel, Never>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await channel in connections {
                    group.addTask { await self.serve(channel) }
                }
            }
        }
    }

    private func serve(_ channel: any Channel) async {
        do {
            let connection = try await channel.eventLoop.submit {
                // Without pipelining assistance, which would not read on: a client that leaves is noticed at once.
                try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                return try Connection(wrappingChannelSynchronously: channel)
            }.get()
            try await connection.executeThenClose { inbound, outbound in
                try await channel.setOption(.autoRead, value: true).get()
                var exchange = Exchange(
                    parts: inbound.makeAsyncIterator(),
                    outbound: outbound,
                    channel: channel
                )
                while let request = try await exchange.request() {
                    if request.isChat { begin(request) }
                    defer { if request.isChat { end() } }
                    guard try await exchange.play(answer(to: request), for: request) else { return }
                }
            }
        } catch {
            // The client left, or the server ends: both are part of what is played.
            return
        }
    }

    private func begin(_ request: RecordedRequest) {
        state.withLock { state in
            state.requests.append(request)
            state.running += 1
            state.maxConcurrent = max(state.maxConcurrent, state.running)
        }
    }

    private func end() { state.withLock { $0.running -= 1 } }

    private func answer(to request: RecordedRequest) -> Behaviour {
        guard request.isChat else {
            guard request.path == "/__calls" else {
                return .json(404, #"{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}"#)
            }
            let (calls, most) = state.withLock { ($0.requests.count, $0.maxConcurrent) }
            return .json(200, "{\"calls\":\(calls),\"maxConcurrent\":\(most)}")
        }
        let behaviour = chat(request)
        log("\(request.method) \(request.path) \(request.format.rawValue) -> \(behaviour.status)")
        return behaviour
    }

    private func chat(_ request: RecordedRequest) -> Behaviour {
        if let key = script.key, request.headers["authorization"] != "Bearer \(key)" { return .named(.unauthorized) }
        guard script.supports.contains(request.format) else { return script.refusal.behaviour(for: request.format) }
        let number = state.withLock { state in
            state.played += 1
            return state.played - 1
        }
        var behaviour = script.behaviour(request, number)
        behaviour.delay += script.latency
        return behaviour
    }
}
