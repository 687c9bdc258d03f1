// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// One way to ask a server for structured output, the strictest first.
package enum Rung: String, Sendable, Codable, CaseIterable {
    case strictSchema = "json_schema strict"
    case schema = "json_schema"
    case objectWithSchema = "json_object with schema"
    case object = "json_object"
    case text

    /// The rungs that a kind of server has.
    package static func ladder(of kind: Settings.LLM.Kind) -> [Rung] {
        switch kind {
        case .openai: allCases
        case .ollama: [.strictSchema, .object, .text]
        }
    }

    /// The next one down; nil at the last.
    package func next(for kind: Settings.LLM.Kind) -> Rung? {
        let ladder = Self.ladder(of: kind)
        return ladder.firstIndex(of: self).flatMap { $0 + 1 < ladder.count ? ladder[$0 + 1] : nil }
    }

    /// The value of `response_format` (OpenAI) or `format` (Ollama); nil where none is sent.
    func format(of schema: JSONValue, for kind: Settings.LLM.Kind) -> JSONValue? {
        if kind == .ollama {
            return switch self {
            case .strictSchema, .schema: schema
            case .objectWithSchema, .object: .string("json")
            case .text: nil
            }
        }
        let named: [(String, JSONValue)] = [("name", .string("reflection")), ("schema", schema)]
        return switch self {
        case .strictSchema:
            .make([("type", .string("json_schema")), ("json_schema", .make(named + [("strict", .bool(true))]))])
        case .schema: .make([("type", .string("json_schema")), ("json_schema", .make(named))])
        case .objectWithSchema: .make([("type", .string("json_object")), ("schema", schema)])
        case .object: .make([("type", .string("json_object"))])
        case .text: nil
        }
    }
}
