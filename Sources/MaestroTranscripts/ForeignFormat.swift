// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Formats that are recognised by name but not read yet, so that a refusal can say what a file is.
enum ForeignFormat {
    static func name(of value: JSONValue) -> String? {
        if value["schema_version"]?.string?.hasPrefix("ATIF") == true { return "an ATIF trajectory" }
        if value["resourceSpans"] != nil || value["resourceLogs"] != nil { return "OpenTelemetry (OTLP) JSON" }
        if value["trajectory_format"] != nil { return "a mini-swe-agent trajectory" }
        if value["trajectory"] != nil, value["history"] != nil || value["info"] != nil {
            return "a SWE-agent trajectory"
        }
        if value["history"]?.array?.first?["role"] != nil, value["info"] != nil || value["environment"] != nil {
            return "a SWE-agent trajectory"
        }
        if value["sessionId"] != nil, value["projectHash"] != nil { return "a Gemini CLI session" }
        if value["payload"] != nil, value["type"] != nil { return "a Codex rollout" }
        if value["session_id"] != nil, value["type"] != nil, value["subtype"] != nil || value["message"] != nil {
            return "Claude Code's stream-json output"
        }
        if let first = value.array?.first, first["action"] != nil || first["observation"] != nil, first["source"] != nil
        {
            return "an OpenHands event list"
        }
        if value["tasks"] != nil, value["simulations"] != nil { return "a tau2-bench result file" }
        if ["ActionEvent", "ObservationEvent", "MessageEvent"].contains(value["kind"]?.string) {
            return "an OpenHands event list"
        }
        if let type = value["type"]?.string, responses.contains(type) || isResponsesMessage(value, type) {
            return "a list of OpenAI Responses items, as older Codex rollouts have them"
        }
        if value["dotted_order"] != nil { return "a LangSmith export" }
        if let messages = value["messages"]?.array, messages.contains(where: { $0["extra"] != nil }),
            value["info"] != nil
        {
            return "a mini-swe-agent trajectory"
        }
        return value.array?.prefix(maxItems).lazy.filter { $0.array == nil }.compactMap(name(of:)).first
    }

    /// Items of a list that are looked at.
    private static let maxItems = 200
    private static let responses: Set = ["function_call", "function_call_output", "local_shell_call", "reasoning"]

    private static func isResponsesMessage(_ value: JSONValue, _ type: String) -> Bool {
        type == "message" && value["role"] != nil
            && value["content"]?.array?.contains { ["input_text", "output_text"].contains($0["type"]?.string) } == true
    }
}
