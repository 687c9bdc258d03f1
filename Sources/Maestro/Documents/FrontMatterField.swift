// SPDX-License-Identifier: Apache-2.0

/// One key of a front matter: its value, and where that stands in the bytes of the file.
struct FrontMatterField: Sendable {
    enum Style: Sendable { case plain, doubleQuoted, singleQuoted, block, nested }

    let key: String
    /// The value as read; empty for nested ones.
    let value: String
    let style: Style
    /// The bytes that are replaced when the value changes: with quotes, without a comment behind it.
    let range: Range<Int>
    /// Further lines that go when the value changes (the content of a block scalar), line breaks included.
    let continuation: Range<Int>?
    /// Keys under `metadata:`; empty elsewhere.
    let children: [FrontMatterField]
    /// The value cannot be read, which matters only where it is needed.
    let isMalformed: Bool
}
