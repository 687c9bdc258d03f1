// SPDX-License-Identifier: Apache-2.0

/// The JSON Schema of a reply: no nulls, no unions, every property required, plain enough for every server's subset.
enum ReplySchema {
    /// The schema as JSON text.
    ///
    /// `mergeTargets` are the names of entries shown in full: with the empty text the only legal merge targets, so that a
    /// server that enforces schemas makes an invented one impossible. `name` itself stays free, since an `add` invents it
    /// and a union of shapes is beyond many servers.
    static func text(mergeTargets: [String]) -> String {
        let targets = ([""] + mergeTargets).map { "\"\($0)\"" }.joined(separator: ",")
        return """
            {"type":"object","additionalProperties":false,"required":["reasoning","memory_changes","piece_edit"],\
            "properties":{"reasoning":{"type":"string"},"memory_changes":{"type":"array","items":{"type":"object",\
            "additionalProperties":false,"required":["op","name","type","description","body","merge_target","events","quote"],\
            "properties":{"op":{"type":"string","enum":["add","update","remove","confirm"]},"name":{"type":"string"},\
            "type":{"type":"string","enum":["","user","feedback","project","reference"]},"description":{"type":"string"},\
            "body":{"type":"string"},"merge_target":{"type":"string","enum":[\(targets)]},\
            "events":{"type":"array","items":{"type":"integer"}},"quote":{"type":"string"}}}},\
            "piece_edit":{"type":"object","additionalProperties":false,"required":["why","events","edits"],\
            "properties":{"why":{"type":"string"},"events":{"type":"array","items":{"type":"integer"}},\
            "edits":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["field","old","new"],\
            "properties":{"field":{"type":"string"},"old":{"type":"string"},"new":{"type":"string"}}}}}}}}
            """
    }
}
