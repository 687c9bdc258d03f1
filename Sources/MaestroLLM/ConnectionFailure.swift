// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import Maestro
import NIOCore

/// What broke an exchange before there was an answer, in words for people.
///
/// Never the description of an error itself where it can hold what was sent: a refused header is described with its value.
enum ConnectionFailure {
    static func words(for error: any Error) -> String {
        if let error = error as? HTTPClientError { return words(for: error) }
        let text = "\(error)"
        if text.contains("onnection refused") || text.contains("errno: 111") || text.contains("errno: 61)") {
            return "connection refused"
        }
        if text.contains("onnection reset") { return "the connection was reset" }
        if text.hasPrefix("DNS error") || text.contains("SocketAddressError.unknown") {
            return "the host name cannot be found"
        }
        if text.contains("certificate") || text.contains("CERTIFICATE") {
            return "its certificate is not trusted: \(text.onOneLine.cut(toBytes: 120))"
        }
        return text.onOneLine.cut(toBytes: 160)
    }

    private static func words(for error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout: "no connection within 10 seconds"
        case .remoteConnectionClosed, .uncleanShutdown: "it closed the connection before the answer was complete"
        case .tlsHandshakeTimeout: "no TLS handshake within 10 seconds"
        case .invalidURL, .emptyHost: "`llm.endpoint` is no usable address"
        default: error.shortDescription
        }
    }
}
