// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One connection: reads requests and plays what was decided about them.
struct Exchange {
    var parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    let channel: any Channel
    /// When the last request had been read whole; where hundreds come at once, a little after the last byte arrived.
    private(set) var arrival = ContinuousClock.now

    /// The next request, whole; nil where the client has left.
    mutating func request() async throws -> RecordedRequest? {
        var head: HTTPRequestHead?
        var body = ByteBuffer()
        while let part = try await parts.next(isolation: #isolation) {
            switch part {
            case .head(let found): head = found
            case .body(var bytes): body.writeBuffer(&bytes)
            case .end:
                guard let head else { return nil }
                arrival = .now
                let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
                return RecordedRequest(
                    method: head.method.rawValue,
                    path: head.uri,
                    headers: Dictionary(headers) { "\($0), \($1)" },
                    body: String(buffer: body)
                )
            }
        }
        return nil
    }

    /// Answers as `behaviour` has it; whether the connection may be used again.
    mutating func play(_ behaviour: Behaviour, for request: RecordedRequest) async throws -> Bool {
        // Before the wait: what it takes is not to be added to the latency.
        let (body, type) = behaviour.body(for: request)
        let bytes = ByteBuffer(bytes: body)
        await behaviour.hold?()
        if behaviour.delay > .zero { try await Task.sleep(until: arrival + behaviour.delay, clock: .continuous) }
        let half = bytes.getSlice(at: 0, length: bytes.readableBytes / 2) ?? bytes
        switch behaviour.delivery {
        case .close: return false
        case .hang:
            try await untilClientLeaves()
            return false
        case .hangAfterHeaders:
            try await outbound.write(.head(head(of: behaviour, type, bytes)))
            try await untilClientLeaves()
            return false
        case .closeMidBody:
            try await outbound.write(.head(head(of: behaviour, type, bytes)))
            try await outbound.write(.body(.byteBuffer(half)))
            return false
        case .hangMidBody:
            try await outbound.write(.head(head(of: behaviour, type, bytes)))
            try await outbound.write(.body(.byteBuffer(half)))
            try await untilClientLeaves()
            return false
        case .resetMidBody:
            try await outbound.write(.head(head(of: behaviour, type, bytes)))
            try await outbound.write(.body(.byteBuffer(half)))
            // Closing a socket that lingers for no time sends RST instead of FIN.
            let socket = channel as? any SocketOptionProvider
            try await socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try await channel.close()
            return false
        case .chunkedCut:
            var head = head(of: behaviour, type, bytes)
            head.headers.remove(name: "content-length")
            head.headers.add(name: "transfer-encoding", value: "chunked")
            try await outbound.write(.head(head))
            try await outbound.write(.body(.byteBuffer(half)))
            return false
        case .slow(let interval):
            try await outbound.write(.head(head(of: behaviour, type, bytes)))
            for byte in bytes.readableBytesView {
                try await Task.sleep(for: interval)
                try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: [byte]))))
            }
            try await outbound.write(.end(nil))
            return true
        case .whole, .wholeThenClose:
            // Together: one write of the socket, as servers do it.
            let head = head(of: behaviour, type, bytes)
            try await outbound.write(contentsOf: [.head(head), .body(.byteBuffer(bytes)), .end(nil)])
            return if case .whole = behaviour.delivery { true } else { false }
        }
    }

    private mutating func untilClientLeaves() async throws {
        while try await parts.next(isolation: #isolation) != nil {}
    }

    private func head(of behaviour: Behaviour, _ type: String, _ bytes: ByteBuffer) -> HTTPResponseHead {
        var headers = HTTPHeaders([("content-type", type), ("content-length", "\(bytes.readableBytes)")])
        if behaviour.isPacked { headers.add(name: "content-encoding", value: "gzip") }
        for (name, value) in behaviour.headers { headers.replaceOrAdd(name: name, value: value) }
        return HTTPResponseHead(version: .http1_1, status: .init(statusCode: behaviour.status), headers: headers)
    }
}
