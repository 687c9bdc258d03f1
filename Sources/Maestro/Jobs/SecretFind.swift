// SPDX-License-Identifier: Apache-2.0

/// One secret found in a text: where, and of which kind.
struct SecretFind: Hashable {
    let range: Range<Int>
    /// Names the placeholder.
    let name: String
}
