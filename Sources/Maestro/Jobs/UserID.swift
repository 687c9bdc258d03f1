// SPDX-License-Identifier: Apache-2.0

/// The tenant whose memory and pieces are learned.
package struct UserID: Hashable, Sendable, RawRepresentable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }

    /// Who is meant when nobody says otherwise.
    package static let me = UserID("me")

    /// The one folder name of this user, safe on every file system.
    ///
    /// See ``PathComponent``.
    package var folderName: String { PathComponent.encoding(rawValue) }
}

extension UserID: Codable, CustomStringConvertible {
    package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
    package var description: String { rawValue }
}
