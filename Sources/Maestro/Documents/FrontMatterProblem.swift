// SPDX-License-Identifier: Apache-2.0

/// Why a text has no front matter that can be used.
///
/// One sentence without a trailing period.
struct FrontMatterProblem: Error, Hashable, Sendable {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}
