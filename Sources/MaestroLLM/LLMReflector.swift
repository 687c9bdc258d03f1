// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
package import Foundation
package import Maestro
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Asks a language model over HTTP: any OpenAI-compatible server, or Ollama's native chat.
///
/// One reply is one paid call. Calls are repeated only where the server refused the form of the question: down the
/// structured-output ladder, or without a parameter that it does not know.
package final class LLMReflector: Reflector {
    package let name: String
    package let seesWholeActivity = false

    private let settings: Settings.LLM
    private let endpoint: Endpoint
    private let key: Secret?
    private let memory: LadderMemory
    private let timeout: Duration
    private let now: @Sendable () -> Date
    private let client: HTTPClient

    /// The largest body that is read.
    private static let maxBodyBytes = 8 << 20

    /// `key` is the API key in force, from settings or a file.
    ///
    /// `timeout` bounds one call; nil takes it from the settings.
    ///
    /// - Throws: ``ReflectorError/refused(_:status:)`` where no usable endpoint is set.
    package init(
        _ settings: Settings.LLM,
        key: Secret?,
        memory: LadderMemory = LadderMemory(),
        timeout: Duration? = nil,
        now: @escaping @Sendable () -> Date
    ) throws {
        guard let address = settings.endpoint else {
            throw ReflectorError.refused("`llm.endpoint` is not set", status: nil)
        }
        guard let endpoint = Endpoint(address, kind: settings.kind) else {
            throw ReflectorError.refused("`llm.endpoint` is no http or https address", status: nil)
        }
        self.settings = settings
        self.endpoint = endpoint
        self.key = key
        self.memory = memory
        self.timeout = timeout ?? .seconds(settings.timeoutSeconds)
        self.now = now
        name = "\(settings.kind.rawValue) \(endpoint.host)"
        var configuration = HTTPClient.Configuration()
        // A redirect would carry the key to another host.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections.
    ///
    /// Must be called once; calls of ``reflect(_:)`` after it fail.
    package func close() async throws { try await client.shutdown() }

    package func reflect(_ prompt: ReflectionPrompt) async throws -> ReflectorReply {
        try await ask(prompt.system, prompt.user, schema: prompt.schema, of: prompt.inputs.job.user)
    }

    /// One chat, down the ladder from where this server was met last.
    func ask(
        _ system: String,
        _ user: String,
        schema: String,
        of userID: UserID,
        from top: Rung? = nil
    ) async throws -> ReflectorReply {
        var reader = JSONReader(Array(schema.utf8))
        let schema = (try? reader.value()) ?? .object([])
        var rung = top ?? memory.rung(for: endpoint, model: settings.model) ?? .strictSchema
        var dialect = ChatRequest.Dialect()
        while true {
            let request = ChatRequest(system: system, user: user, schema: schema, rung: rung, dialect: dialect)
            let (status, headers, body) = try await send(
                request.body(settings, userID: settings.proxy ? userID : nil),
                of: userID
            )
            if status == 200 {
                let reply = try ChatAnswer.reply(
                    from: scrubbed(body),
                    kind: settings.kind,
                    rung: rung,
                    sentBytes: system.utf8.count + user.utf8.count,
                    settings: settings,
                    address: endpoint.host
                )
                memory.remember(rung, for: endpoint, model: settings.model)
                return reply
            }
            let refusal = ServerRefusal(status: status, body: scrubbed(body), headers: headers, now: now())
            if let next = refusal.adapting(dialect) {
                dialect = next
            } else if refusal.allowsStepDown, let next = rung.next(for: settings.kind) {
                rung = next
            } else {
                throw refusal.error(address: endpoint.host)
            }
        }
    }

    // MARK: - HTTP

    private func send(
        _ body: JSONValue,
        of user: UserID
    ) async throws -> (status: Int, headers: [String: String], body: String) {
        var request = HTTPClientRequest(url: endpoint.chatURL)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "application/json")
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.revealed)") }
        for (name, value) in settings.headers { request.headers.replaceOrAdd(name: name, value: value.revealed) }
        if settings.proxy { addUser(user, to: &request.headers) }
        request.body = .bytes(ByteBuffer(string: body.text))
        return try await withTimeLimit { [client, request] in
            let response = try await client.execute(request, timeout: .hours(24))
            let buffer = try await response.body.collect(upTo: Self.maxBodyBytes)
            let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            return (Int(response.status.code), headers, String(buffer: buffer))
        }
    }

    /// Passes the user on in the way that gateways expect: LiteLLM by header and body, Portkey by its metadata.
    private func addUser(_ user: UserID, to headers: inout HTTPHeaders) {
        let id = String(user.rawValue.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F }.map(Character.init))
        headers.replaceOrAdd(name: "x-litellm-customer-id", value: id)
        if settings.headers.keys.contains(where: { $0.lowercased().hasPrefix("x-portkey-") }) {
            headers.replaceOrAdd(name: "x-portkey-metadata", value: JSONValue.make([("_user", .string(id))]).text)
        }
    }

    /// Runs one exchange within the time limit, and turns what breaks it into our errors.
    private func withTimeLimit<T: Sendable>(_ exchange: @escaping @Sendable () async throws -> T) async throws -> T {
        do {
            return try await withThrowingTaskGroup(of: T.self) { group in
                group.addTask { try await exchange() }
                group.addTask { [timeout, endpoint] in
                    try await Task.sleep(for: timeout)
                    throw ReflectorError.timedOut("`\(endpoint.host)` gave no complete answer within \(timeout)")
                }
                defer { group.cancelAll() }
                guard let result = try await group.next() else { throw CancellationError() }
                return result
            }
        } catch let error as ReflectorError {
            throw error
        } catch {
            try Task.checkCancellation()
            if error is NIOTooManyBytesError {
                throw ReflectorError.unusable("`\(endpoint.host)` sent more than \(Self.maxBodyBytes >> 20) MB")
            }
            throw ReflectorError.unreachable("no answer from `\(endpoint.host)`: \(scrubbed(Self.words(of: error)))")
        }
    }

    private static func words(of error: any Error) -> String {
        let text = "\(error)"
        if text.contains("refused") || text.contains("errno: 111") { return "connection refused" }
        return text.onOneLine.cut(toBytes: 200)
    }

    /// The text without any key or secret header: a server may echo what it was sent.
    private func scrubbed(_ text: String) -> String {
        ([key].compactMap(\.self) + settings.headers.values)
            .filter { $0.revealed.utf8.count >= 6 }
            .reduce(text) { $0.replacingOccurrences(of: $1.revealed, with: "<redacted>") }
    }
}
