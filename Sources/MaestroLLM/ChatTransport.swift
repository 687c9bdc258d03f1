// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import Foundation
import Maestro
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// Carries requests to a server and brings its answers back, each within its time limit.
final class ChatTransport: Sendable {
    private let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)

    /// The largest body that is read.
    private static let maxBodyBytes = 8 << 20

    /// A client that was not shut down would stop the process here.
    deinit { client.shutdown { _ in } }

    /// Ends all connections; calls after it fail.
    func close() async throws { try await client.shutdown() }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        // A redirect would carry the key to another host.
        configuration.redirectConfiguration = .disallow
        // Some gateways compress whatever they are asked; the bound holds for what comes out.
        configuration.decompression = .enabled(limit: .size(maxBodyBytes))
        configuration.timeout.connect = .seconds(10)
        // A refused connection is an answer; trying it again until the time is over is the worker's business.
        configuration.connectionPool.retryConnectionEstablishment = false
        // How many calls run at once is the worker's business; the client's own limit of 8 would let the others wait and fail.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        // HTTP/2 has no connection for one call: see below.
        configuration.httpVersion = .http1Only
        return configuration
    }

    /// The answer to `request`, whatever its status.
    ///
    /// `host` names the server in sentences.
    ///
    /// - Throws: ``ReflectorError`` for what breaks the exchange.
    func answer(
        to request: HTTPClientRequest,
        from host: String,
        within timeout: Duration,
        _ scrubber: Scrubber
    ) async throws -> HTTPAnswer {
        var request = request
        // A second call on a connection may meet a server that is just closing it, and nobody can tell whether it was read
        // and is paid for; beside a model's seconds, one more connection costs nothing.
        request.headers.replaceOrAdd(name: "connection", value: "close")
        // Left out, the client would ask for compression, of which nobody has anything here.
        request.headers.replaceOrAdd(name: "accept-encoding", value: "identity")
        do {
            return try await Self.within(timeout, host) { [client, request] in
                let response = try await client.execute(request, timeout: .hours(24))
                let status = Int(response.status.code)
                let body = try await Self.body(of: response, isReply: (200...299).contains(status), from: host)
                let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first
                }
                return HTTPAnswer(status: status, headers: headers, text: String(buffer: body))
            }
        } catch let error as ReflectorError {
            throw error
        } catch {
            try Task.checkCancellation()
            let failure = ConnectionFailure(error)
            throw ReflectorError.unreachable(
                "no answer from `\(host)`: \(scrubber.clean(failure.words))",
                wasSent: failure.wasSent
            )
        }
    }

    /// Runs one exchange within its time limit.
    private static func within(
        _ timeout: Duration,
        _ host: String,
        _ exchange: @escaping @Sendable () async throws -> HTTPAnswer
    ) async throws -> HTTPAnswer {
        let answer = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            group.addTask { try await exchange() }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw ReflectorError.timedOut("`\(host)` gave no complete answer within \(timeout)")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
        // A body whose reading was cancelled ends early and looks complete.
        try Task.checkCancellation()
        return answer
    }

    /// The body, whole where it is to hold a reply.
    ///
    /// Of a refusal, status and headers say enough: its body may be too long or end early, and is what came of it.
    private static func body(
        of response: HTTPClientResponse,
        isReply: Bool,
        from host: String
    ) async throws -> ByteBuffer {
        var body = ByteBuffer()
        do {
            for try await var chunk in response.body {
                let room = maxBodyBytes - body.readableBytes
                guard chunk.readableBytes <= room else {
                    if isReply { throw NIOHTTPDecompression.DecompressionError.limit }
                    return body
                }
                body.writeBuffer(&chunk)
            }
        } catch NIOHTTPDecompression.DecompressionError.limit where isReply {
            throw ReflectorError.unusable("`\(host)` sent more than \(maxBodyBytes >> 20) MB")
        } catch
            where isReply
            && (error is NIOHTTPDecompression.DecompressionError
                || error is NIOHTTPDecompression.ExtraDecompressionError)
        {
            throw ReflectorError.unusable("`\(host)` sent a compressed body that cannot be unpacked")
        } catch  where !isReply && !Task.isCancelled {
            return body
        }
        return body
    }
}
