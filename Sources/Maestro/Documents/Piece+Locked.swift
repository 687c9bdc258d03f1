// SPDX-License-Identifier: Apache-2.0

extension Piece {
    /// What no reflection changes, read from the parsed tree of `yaml`: one text a key and step, in their order.
    ///
    /// Equal before and after an edit, whatever the edit did to lines and indentation.
    ///
    /// - Throws: ``PieceRefusal`` where it is no YAML of ours.
    package static func locked(in yaml: String) throws(PieceRefusal) -> [String] {
        let tree = try YAMLTree(parsing: yaml)
        let own = ["maestro", "name", "counterpart", "start"].map { locked($0, of: tree) }
        let steps = tree["steps"]?.value.items ?? []
        return own + steps.flatMap { step in ["id", "run"].map { locked($0, of: step) } }
    }

    private static func locked(_ key: String, of tree: YAMLTree) -> String {
        "\(key): " + (tree[key].map { String(describing: $0.value.meaning) } ?? "missing")
    }
}
