// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
package import Foundation
package import Maestro
import NIOCore
import NIOHTTP1
import Synchronization

/// Asks a language model over HTTP: any OpenAI-compatible server, or Ollama's native chat.
///
/// One reply is one paid call. Calls are repeated only where the server refused the form of the question: down the
/// structured-output ladder, or without a parameter that it does not know.
package final class LLMReflector: Reflector {
    package let name: String
    package let seesWholeActivity = false

    let settings: Settings.LLM
    let endpoint: Endpoint
    let key: APIKey?
    private let memory: LadderMemory
    private let timeout: Duration
    private let now: @Sendable () -> Date
    private let transport = ChatTransport()
    /// Whether this server has given a reply here: what others saw of it last year says nothing of today.
    private let hasAnswered = Mutex(false)

    /// `key` is read with every call.
    ///
    /// `timeout` bounds one call; nil takes it from the settings.
    ///
    /// - Throws: ``ReflectorError/refused(_:status:)`` where no usable endpoint is set, or a header or a fixed key cannot be
    ///   sent.
    package init(
        _ settings: Settings.LLM,
        key: APIKey?,
        memory: LadderMemory = LadderMemory(),
        timeout: Duration? = nil,
        now: @escaping @Sendable () -> Date
    ) throws {
        guard let address = settings.endpoint else {
            throw ReflectorError.refused("`llm.endpoint` is not set", status: nil)
        }
        guard let endpoint = Endpoint(address, kind: settings.kind) else {
            throw ReflectorError.refused(
                "`llm.endpoint` is no http or https address without a name and password",
                status: nil
            )
        }
        if case .fixed? = key { _ = try key?.read() }
        for (name, value) in settings.headers where !value.fitsHeader {
            throw ReflectorError.refused("`llm.headers.\(name)` holds a character that no header may hold", status: nil)
        }
        self.settings = settings
        self.endpoint = endpoint
        self.key = key
        self.memory = memory
        self.timeout = timeout ?? .seconds(settings.timeoutSeconds)
        self.now = now
        name = "\(settings.kind.rawValue) \(endpoint.host)"
    }

    /// Ends all connections.
    ///
    /// Calls of ``reflect(_:)`` after it fail. A reflector that goes out of use without it closes them by itself.
    package func close() async throws { try await transport.close() }

    package var contextLimitTokens: Int? { memory.contextLimitTokens(for: endpoint, model: settings.model, at: now()) }

    package func reflect(_ prompt: ReflectionPrompt) async throws -> ReflectorReply {
        try await ask(prompt.system, prompt.user, schema: prompt.schema, of: prompt.inputs.job.user)
    }

    /// One chat, down the ladder from where this server was met last.
    func ask(
        _ system: String,
        _ user: String,
        schema: String,
        of userID: UserID,
        from top: LadderMemory.Manner? = nil
    ) async throws -> ReflectorReply {
        let key = try key?.read()
        let scrubber = Scrubber(key: key, headers: settings.headers, query: endpoint.query)
        let schema = JSONValue(json: schema) ?? .object([])
        var manner = top ?? memory.manner(for: endpoint, model: settings.model) ?? .init(rung: .strictSchema)
        while true {
            let request = ChatRequest(
                system: system,
                user: user,
                schema: schema,
                rung: manner.rung,
                dialect: manner.dialect
            )
            let body = request.body(settings, userID: settings.proxy ? userID : nil)
            let answer = try await send(body, of: userID, key, scrubber)
            guard let refusal = ServerRefusal(answer, scrubber: scrubber, now: now()) else {
                let letters = system.unicodeScalars.count + user.unicodeScalars.count
                do throws(ReflectorError) {
                    let reply = try reader(manner.rung, letters, scrubber).reply(in: answer)
                    memory.remember(manner, for: endpoint, model: settings.model)
                    hasAnswered.withLock { $0 = true }
                    return reply
                } catch {
                    throw learning(from: error, manner)
                }
            }
            guard let next = manner.next(after: refusal, for: settings.kind) else {
                throw learning(from: error(refusal, answer, hasKey: key != nil), manner)
            }
            manner = next
            memory.attempt(manner, for: endpoint, model: settings.model)
        }
    }

    /// The error where no other form of the question is left.
    private func error(_ refusal: ServerRefusal, _ answer: HTTPAnswer, hasKey: Bool) -> ReflectorError {
        let error = refusal.error(address: endpoint.host)
        // Refused in every form, it was not refused for one.
        if refusal.allowsStepDown || error.isRejection { memory.forgetAttempt(at: endpoint, model: settings.model) }
        if !hasKey, mayLackKey(answer) { return refusal.lacksKey(address: endpoint.host) }
        if hasAnswered.withLock(\.self), let blocked = refusal.blocked(address: endpoint.host, answer) {
            return blocked
        }
        guard case .refused(let sentence, let status?) = error, [401, 403].contains(status), case .fixed? = key else {
            return error
        }
        return .refused(
            sentence + "; a worker that runs takes another `llm.apiKey` when it is started again",
            status: status
        )
    }

    /// Whether a failure without a reason may mean that there is no key.
    ///
    /// A LiteLLM proxy without its database answers a call without a key so, and no retry would help. A server that has
    /// answered before needs none.
    private func mayLackKey(_ answer: HTTPAnswer) -> Bool {
        let names = Set(settings.headers.keys.map { $0.lowercased() })
        return names.isDisjoint(with: ["authorization", "x-api-key", "api-key", "x-litellm-api-key"])
            && answer.status == 500 && answer.json == nil && memory.manner(for: endpoint, model: settings.model) == nil
    }

    /// Remembers the limit in an error, so that only the first job pays for learning it.
    ///
    /// Of a prompt that was cut in silence, only the count of a whole number of KiB tokens is a limit: see ``PromptCount``.
    private func learning(from error: ReflectorError, _ manner: LadderMemory.Manner) -> ReflectorError {
        let limit: Int? =
            switch error {
            case .contextOverflow(_, let limit, _): limit
            case .contextTruncated(_, let limit?, _) where limit.isMultiple(of: 1024): limit
            default: nil
            }
        if let limit {
            memory.learn(contextLimitTokens: limit, for: endpoint, asked: manner, model: settings.model, at: now())
        }
        return error
    }

    /// See ``LadderMemory/forgetContextLimit(of:model:)``.
    func forgetContextLimit() { memory.forgetContextLimit(of: endpoint, model: settings.model) }

    private func reader(_ rung: Rung, _ letters: Int, _ scrubber: Scrubber) -> ChatAnswer {
        ChatAnswer(settings: settings, rung: rung, sentLetters: letters, address: endpoint.host, scrubber: scrubber)
    }

    private func send(
        _ body: JSONValue,
        of user: UserID,
        _ key: Secret?,
        _ scrubber: Scrubber
    ) async throws -> HTTPAnswer {
        var request = HTTPClientRequest(url: endpoint.chatURL)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "application/json")
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.revealed)") }
        for (name, value) in settings.headers { request.headers.replaceOrAdd(name: name, value: value.revealed) }
        if settings.proxy {
            let given = GatewayUser(user: user, configured: settings.headers).headers
            for (name, value) in given { request.headers.replaceOrAdd(name: name, value: value) }
        }
        request.body = .bytes(ByteBuffer(string: body.text))
        return try await transport.answer(to: request, from: endpoint.host, within: timeout, scrubber)
    }
}

extension LadderMemory.Manner {
    /// Another form in which the server may take the same question; nil where the refusal is about something else.
    fileprivate func next(after refusal: ServerRefusal, for kind: Settings.LLM.Kind) -> Self? {
        var next = self
        if let dialect = refusal.adapting(dialect) {
            next.dialect = dialect
        } else if refusal.allowsStepDown, let rung = rung.next(for: kind) {
            next.rung = rung
        } else {
            return nil
        }
        return next
    }
}

extension ReflectorError {
    fileprivate var isRejection: Bool { if case .rejected = self { true } else { false } }
}
