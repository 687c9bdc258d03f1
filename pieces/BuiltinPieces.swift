// SPDX-License-Identifier: Apache-2.0

/// The pieces that ship with Maestro, embedded so that the binary can be moved.
package enum BuiltinPieces {
    /// YAML texts by name.
    package static let texts: [String: String] = [
        "answer-customer": text(PackageResources.answer_customer_yaml),
        "fix-issue": text(PackageResources.fix_issue_yaml),
        "review-change": text(PackageResources.review_change_yaml),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
