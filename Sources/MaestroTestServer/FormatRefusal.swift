// SPDX-License-Identifier: Apache-2.0

/// How a server says that it does not know an output format: in the words of real ones.
package enum FormatRefusal: String, Sendable, CaseIterable {
    /// 400, as OpenAI does for models without structured output.
    case openAI = "openai"
    /// 500, as llama-cpp-python 0.3.36 does (measured).
    case llamaCppPython = "llama-cpp-python"
    /// 422 with a list of details, as FastAPI servers do.
    case fastAPI = "fastapi"
    /// 400 with a bare text, as Ollama does.
    case ollama

    func behaviour(for format: OutputFormat) -> Behaviour {
        switch self {
        case .openAI:
            .error(
                400,
                message:
                    "Invalid parameter: 'response_format' of type '\(format.rawValue)' is not supported with this model.",
                type: "invalid_request_error",
                code: nil
            )
        case .llamaCppPython:
            .json(
                500,
                #"{"error":{"message":"[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]","type":"internal_server_error","param":null,"code":null}}"#
            )
        case .fastAPI:
            .json(
                422,
                #"{"detail":[{"loc":["body","response_format"],"msg":"extra fields not permitted","type":"value_error.extra"}]}"#
            )
        case .ollama: .json(400, #"{"error":"invalid JSON schema in format"}"#)
        }
    }
}
