// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import Maestro
import NIOCore
import NIOHTTP1

/// What broke an exchange before there was an answer, and whether the call was on its way by then.
///
/// Never the description of an error itself where it can hold what was sent: a refused header is described with its value.
struct ConnectionFailure {
    /// In words for people.
    let words: String
    /// Whether anything of the call can have reached the server; where not, no other job will have more luck.
    let wasSent: Bool

    init(_ error: any Error) {
        let type = String(describing: Swift.type(of: error))
        let text = "\(error)"
        if let error = error as? HTTPClientError {
            self.init(Self.words(for: error), wasSent: !Self.beforeSending.contains(error))
        } else if type == "NIOConnectionError" {
            self.init(Self.words(forConnecting: text), wasSent: false)
        } else if type.hasPrefix("NIOSSL") || type.hasPrefix("BoringSSL"), !text.contains("uncleanShutdown") {
            self.init(Self.words(forTLS: text), wasSent: false)
        } else if Self.signsOfConnecting.contains(where: text.contains) {
            // First: NIO says "connection reset (error set): Connection refused (errno: 111)".
            self.init(Self.words(forConnecting: text), wasSent: false)
        } else {
            self.init(Self.words(forBreaking: error, text), wasSent: true)
        }
    }

    private init(_ words: String, wasSent: Bool) {
        self.words = words
        self.wasSent = wasSent
    }

    private static let beforeSending: [HTTPClientError] = [
        .connectTimeout, .tlsHandshakeTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout, .invalidURL,
        .emptyHost, .emptyScheme, .getConnectionFromPoolTimeout, .invalidProxyResponse, .proxyAuthenticationRequired,
        .alreadyShutdown,
    ]

    /// An address that is tried alone fails with an error of no type of its own.
    private static let signsOfConnecting = [
        "onnection refused", "errno: 111", "errno: 61)", "DNS error", "SocketAddressError.unknown", "no route to host",
        "No route to host", "etwork is unreachable",
    ]

    private static func words(forConnecting text: String) -> String {
        if ["onnection refused", "errno: 111", "errno: 61)"].contains(where: text.contains) {
            return "connection refused"
        }
        if text.contains("imeout") { return "no connection within 10 seconds" }
        if text.contains("unreachable") || text.contains("oute to host") { return "the network does not reach it" }
        if text.contains("dnsAError: Optional") || text.contains("DNS error") || text.contains("SocketAddressError") {
            return "the host name cannot be found"
        }
        return text.onOneLine.cut(toBytes: 160)
    }

    /// BoringSSL's own words are codes and lines of its source.
    private static func words(forTLS text: String) -> String {
        if text.contains("failedToValidateHostname") {
            return "its certificate is another host's; check the name in `llm.endpoint`"
        }
        if text.contains("ertificate") || text.contains("CERTIFICATE") {
            return
                "its certificate is not trusted (self-signed, expired, or of an unknown authority); add it to the "
                + "system's, as with `update-ca-certificates`"
        }
        return "no TLS connection comes about; is its address one with `http://`?"
    }

    private static let closed = "it closed the connection before the answer was complete"

    private static func words(forBreaking error: any Error, _ text: String) -> String {
        if let error = error as? HTTPParserError {
            return error == .invalidEOFState
                ? closed : "what it answers is no HTTP that can be read; is its address one with `https://`?"
        }
        if text.contains("onnection reset") { return "the connection was reset" }
        let isClosed = error is ChannelError || text.contains("roken pipe") || text.contains("uncleanShutdown")
        return isClosed ? closed : "the connection broke: \(text.onOneLine.cut(toBytes: 120))"
    }

    private static func words(for error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: "no connection within 10 seconds"
        case .remoteConnectionClosed, .uncleanShutdown: closed
        case .tlsHandshakeTimeout: "no TLS handshake within 10 seconds"
        case .invalidURL, .emptyHost: "`llm.endpoint` is no usable address"
        default: error.shortDescription
        }
    }
}
