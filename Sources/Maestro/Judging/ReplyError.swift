// SPDX-License-Identifier: Apache-2.0

/// Why a reply cannot be used at all.
///
/// Its sentence is quoted to the model in the one re-ask.
package enum ReplyError: Error, Hashable, Sendable {
    /// Nothing but white space, or nothing behind the model's thinking.
    case empty
    /// No JSON object anywhere in the text.
    case notJSON
    /// The JSON object breaks off.
    case truncated
    /// JSON, but not the object that was asked for.
    ///
    /// The particulars, without a trailing period.
    case wrongShape(String)

    /// One sentence without a trailing period.
    package var sentence: String {
        switch self {
        case .empty: "the reply is empty; answer with one JSON object"
        case .notJSON: "the reply holds no JSON object that can be read; answer with one JSON object and nothing else"
        case .truncated: "the reply breaks off inside the JSON object; answer with a shorter, complete one"
        case .wrongShape(let particulars): "the reply has the wrong shape: \(particulars)"
        }
    }
}
