// SPDX-License-Identifier: Apache-2.0
package import Foundation

extension Script {
    /// Why a script file cannot be played.
    package struct Problem: Error, CustomStringConvertible {
        package let description: String
    }

    /// Reads a script as JSON; ``format`` describes it.
    package init(json data: Data) throws {
        guard let script = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Problem(description: "a script is a JSON object")
        }
        let calls = script["calls"] as? [[String: Any]] ?? []
        guard !calls.isEmpty else { throw Problem(description: "a script has a list `calls` with at least one call") }
        self.init(try calls.map(Self.behaviour(of:)))
        key = script["key"] as? String
        if let names = script["supports"] as? [String] { supports = Set(try names.map { try Self.value(of: $0) }) }
        if let name = script["refusal"] as? String { refusal = try Self.value(of: name) }
    }

    /// How a script file looks, for `--help`.
    package static let format = """
        A script is a JSON object:
          {
            "key": "sk-test",
            "supports": ["json_object", "text"],
            "refusal": "llama-cpp-python",
            "calls": [
              {"behaviour": "rate-limited"},
              {"status": 503, "headers": {"retry-after": "2"}, "body": {}},
              {"reply": {"reasoning": "…"}, "model": "m-1", "delay_ms": 100,
               "usage": {"prompt_tokens": 1200, "completion_tokens": 80},
               "finish_reason": "stop"}
            ]
          }
        `calls` are played in order, the last one repeated. `key` is asked for
        with every call; left out, anybody may call. Output formats outside
        `supports` are refused in the words of `refusal` (openai,
        llama-cpp-python, fastapi, ollama); left out, all are understood.
        `reply` is a JSON object or a text. `behaviour` may stand beside `reply`,
        which is then its content. `usage` may be null; left out, tokens are
        counted from the prompt at four letters each.

        Output formats: \(OutputFormat.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")).

        Behaviours: \(Behaviour.Name.allCases.map(\.rawValue).joined(separator: ", ")).

        --behaviour also takes 503-twice (two of them, then the reply) and
        schema-llama-cpp-python (500 on json_schema, then the reply).
        """

    /// The script that the words of a command line make: behaviours one after the other, then `reply`.
    package init(words: [String], reply: String? = nil) throws {
        var behaviours: [Behaviour] = []
        var refusesSchema = false
        for word in words {
            switch word {
            case "503-twice":
                behaviours += [.named(.unavailable), .named(.unavailable), .reply(reply ?? "{}")]
            case "schema-llama-cpp-python":
                refusesSchema = true
                behaviours.append(.reply(reply ?? "{}"))
            default: behaviours.append(.named(try Self.value(of: word), reply: reply ?? "{}"))
            }
        }
        if let reply { behaviours.append(.reply(reply)) }
        self.init(behaviours)
        guard refusesSchema else { return }
        supports = [.objectWithSchema, .object, .text]
        refusal = .llamaCppPython
    }

    private static func behaviour(of call: [String: Any]) throws -> Behaviour {
        let reply = try call["reply"].map(text(of:))
        var behaviour: Behaviour
        if let name = call["behaviour"] as? String {
            behaviour = .named(try value(of: name), reply: reply ?? "{}")
        } else if let reply {
            behaviour = .reply(reply) { apply(call, to: &$0) }
        } else if let status = call["status"] as? Int {
            let body = try call["body"].map(text(of:)) ?? ""
            let type = call["body"] is String ? "text/plain" : "application/json"
            behaviour = Behaviour(status: status, payload: .text(body, type: type))
        } else {
            throw Problem(description: "a call has a `reply`, a `behaviour` or a `status`")
        }
        behaviour.headers.merge(call["headers"] as? [String: String] ?? [:]) { $1 }
        if let milliseconds = call["delay_ms"] as? Int { behaviour.delay = .milliseconds(milliseconds) }
        return behaviour
    }

    private static func apply(_ call: [String: Any], to completion: inout Completion) {
        completion.model = call["model"] as? String
        completion.reasoning = call["reasoning"] as? String
        if let reason = call["finish_reason"] as? String { completion.finishReason = reason }
        if let usage = call["usage"] as? [String: Int] {
            completion.usage = .given(prompt: usage["prompt_tokens"] ?? 0, reply: usage["completion_tokens"] ?? 0)
        } else if call["usage"] is NSNull {
            completion.usage = .null
        }
    }

    private static func text(of value: Any) throws -> String {
        if let text = value as? String { return text }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]
        return String(decoding: try JSONSerialization.data(withJSONObject: value, options: options), as: UTF8.self)
    }

    private static func value<Value: RawRepresentable & CaseIterable>(of name: String) throws -> Value
    where Value.RawValue == String {
        if let value = Value(rawValue: name) { return value }
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem(description: "`\(name)` is not known; known are \(known)")
    }
}
