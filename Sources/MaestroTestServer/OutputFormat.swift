// SPDX-License-Identifier: Apache-2.0

/// The ways in which a request asks for JSON, by the names that scripts use.
package enum OutputFormat: String, Sendable, CaseIterable {
    case strictSchema = "json_schema strict"
    /// Also Ollama's `format: <schema>`.
    case schema = "json_schema"
    case objectWithSchema = "json_object with schema"
    /// Also Ollama's `format: "json"`.
    case object = "json_object"
    case text
}
