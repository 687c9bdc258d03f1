// SPDX-License-Identifier: Apache-2.0

/// The marks around what a model thinks before it answers, where a server leaves them in the text.
///
/// What stands between them is never read.
struct ThinkingMarks: Sendable {
    let open: [UInt8]
    let close: [UInt8]

    private init(_ open: String, _ close: String) {
        self.open = Array(open.utf8)
        self.close = Array(close.utf8)
    }

    static let all = [
        ThinkingMarks("<think>", "</think>"),
        ThinkingMarks("<thinking>", "</thinking>"),
        ThinkingMarks("<thought>", "</thought>"),
        ThinkingMarks("<seed:think>", "</seed:think>"),
        ThinkingMarks("[THINK]", "[/THINK]"),
        ThinkingMarks("◁think▷", "◁/think▷"),
        ThinkingMarks("<|channel|>analysis", "<|end|>"),
    ]

    /// First bytes of all marks: everything else is passed over quickly.
    static let firstBytes = Set(all.flatMap { [$0.open, $0.close].compactMap(\.first) })
}
