// SPDX-License-Identifier: Apache-2.0

/// What the server does with one call.
package struct Behaviour: Sendable {
    package enum Payload: Sendable {
        case completion(Completion)
        case text(String, type: String)
        case bytes([UInt8], type: String)
    }

    /// How the answer travels.
    package enum Delivery: Sendable {
        case whole
        /// The connection is closed behind the answer, which does not say so.
        case wholeThenClose
        /// Nothing is ever sent.
        case hang
        /// Status and headers are sent, then nothing.
        case hangAfterHeaders
        /// The connection is closed at once.
        case close
        /// Half of the body is sent, then the connection is closed.
        case closeMidBody
        /// Half of the body is sent, then the connection is reset (RST).
        case resetMidBody
        /// Half of the body is sent, then nothing.
        case hangMidBody
        /// Half of the body is sent in chunks without a length, then the connection is closed without the last chunk.
        case chunkedCut
        /// One byte at a time.
        case slow(every: Duration)
    }

    package var status: Int
    package var headers: [String: String]
    package var payload: Payload
    package var delivery = Delivery.whole
    /// Whether the body is packed by gzip, whatever the client accepts.
    package var isPacked = false
    /// Nothing is sent before so much time has passed since the request was read.
    package var delay = Duration.zero
    /// Nothing is sent before this returns: until a test lets the model answer.
    package var hold: (@Sendable () async -> Void)?

    package init(status: Int = 200, headers: [String: String] = [:], payload: Payload) {
        self.status = status
        self.headers = headers
        self.payload = payload
    }

    /// A completion with this content.
    package static func reply(_ content: String, _ change: (inout Completion) -> Void = { _ in }) -> Behaviour {
        var completion = Completion(content)
        change(&completion)
        return Behaviour(payload: .completion(completion))
    }

    /// The content in events, a letter or two at a time, as from a server that streams whatever it is asked.
    package static func stream(of content: String, isDone: Bool = true) -> Behaviour {
        var events = [": a comment", #"data: {"id":"1","choices":[{"index":0,"delta":{"role":"assistant"}}]}"#]
        var rest = content[...]
        while !rest.isEmpty {
            let delta = JSONText.quoted(String(rest.prefix(2)))
            events.append("data: {\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\(delta)}}]}")
            rest = rest.dropFirst(2)
        }
        if isDone {
            events += [
                #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#,
                #"data: {"choices":[],"usage":{"prompt_tokens":1300,"completion_tokens":42}}"#, "data: [DONE]",
            ]
        }
        return Behaviour(payload: .text(events.joined(separator: "\n\n") + "\n\n", type: "text/event-stream"))
    }

    package static func json(_ status: Int, _ body: String, headers: [String: String] = [:]) -> Behaviour {
        Behaviour(status: status, headers: headers, payload: .text(body, type: "application/json"))
    }

    /// An error of OpenAI's shape; `code` is JSON (a quoted text, a number), nil is `null`.
    package static func error(
        _ status: Int,
        message: String,
        type: String,
        code: String?,
        headers: [String: String] = [:]
    ) -> Behaviour {
        let fields = "\"message\":\(JSONText.quoted(message)),\"type\":\(JSONText.quoted(type)),\"param\":null"
        return json(status, "{\"error\":{\(fields),\"code\":\(code ?? "null")}}", headers: headers)
    }

    /// The same, delivered otherwise.
    package func delivered(_ delivery: Delivery) -> Behaviour {
        var copy = self
        copy.delivery = delivery
        return copy
    }

    /// The same, after a wait.
    package func delayed(by delay: Duration) -> Behaviour {
        var copy = self
        copy.delay = delay
        return copy
    }

    /// The same, packed by gzip.
    package func packed() -> Behaviour {
        var copy = self
        copy.isPacked = true
        return copy
    }

    func body(for request: RecordedRequest) -> (bytes: [UInt8], type: String) {
        let (bytes, type): ([UInt8], String) =
            switch payload {
            case .completion(let completion): (Array(completion.body(for: request).utf8), "application/json")
            case .text(let text, let type): (Array(text.utf8), type)
            case .bytes(let bytes, let type): (bytes, type)
            }
        return (isPacked ? Gzip.packed(bytes) : bytes, type)
    }
}
