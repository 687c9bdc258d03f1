// SPDX-License-Identifier: Apache-2.0

/// Where an entry holds: everywhere, or in one project.
///
/// Recall and ranking see `global` and the current project. Coded as one text: `global`, or the project's key.
package enum Scope: Hashable, Sendable {
    case global
    /// The key of a project: its git remote (`github.com/acme/app`), else its working directory.
    case project(String)

    package init(_ text: String) { self = text == "global" || text.isEmpty ? .global : .project(text) }

    package var text: String {
        switch self {
        case .global: "global"
        case .project(let key): key
        }
    }
}

extension Scope: Codable, CustomStringConvertible {
    package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
    package var description: String { text }
}
