// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What a tool call does, in brief: the command, the file, the pattern.
enum ToolBrief {
    private static let keys = [
        "command", "cmd", "file_path", "path", "notebook_path", "pattern", "query", "url", "description",
    ]
    private static let maxBytes = 300

    static func text(of arguments: JSONValue?) -> String {
        guard let arguments else { return "" }
        if let text = arguments.string {
            var reader = JSONReader(Array(text.utf8))
            guard let value = try? reader.value(), value.string == nil else { return text.cut(toBytes: maxBytes) }
            return self.text(of: value)
        }
        for key in keys {
            if let text = arguments[key]?.string, !text.isEmpty { return text.cut(toBytes: maxBytes) }
        }
        return arguments == .object([]) ? "" : arguments.text.cut(toBytes: maxBytes)
    }
}
