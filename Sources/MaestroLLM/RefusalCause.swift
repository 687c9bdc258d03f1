// SPDX-License-Identifier: Apache-2.0

/// Why a server refuses, as far as its status and words tell; the first that fits.
enum RefusalCause: Hashable, Sendable {
    /// The prompt is too long for the model.
    case overflow
    /// It is about the one end user that the call names, and no other.
    case oneUser
    /// A person must change something: the key, the money, the model.
    case permanent
    /// A content filter took offence at the words of this one prompt.
    case contentFilter
    /// The model is not there yet; it may take minutes, and no job is to blame.
    case loading
    /// Another form of the question may help.
    case unknown

    /// `folded` are the server's words in lower case; `isRest` says that it names a time to come back.
    init(status: Int, folded: String, isRest: Bool) {
        let says = { (phrases: [String]) in RefusalPhrases.any(of: phrases, in: folded) }
        let isFiltered = [400, 403, 422].contains(status) && says(RefusalPhrases.contentFilter)
        if Self.isOverflow(status, says) {
            self = .overflow
        } else if says(RefusalPhrases.endUser), says(RefusalPhrases.endUserLimit) {
            self = .oneUser
        } else if status == 403 && !isFiltered || Self.isPermanent(status, says, isRest: isRest) {
            self = .permanent
        } else if isFiltered {
            self = .contentFilter
        } else if status == 503, says(RefusalPhrases.loading) {
            self = .loading
        } else {
            self = .unknown
        }
    }

    private static func isOverflow(_ status: Int, _ says: ([String]) -> Bool) -> Bool {
        switch status {
        case 413: true
        case 401: false
        // OpenAI: one prompt that alone is over the tokens of a minute. No rest makes it fit.
        case 429: ["request too large", "limit", "requested"].allSatisfy { says([$0]) }
        default: says(RefusalPhrases.overflow)
        }
    }

    private static func isPermanent(_ status: Int, _ says: ([String]) -> Bool, isRest: Bool) -> Bool {
        if [401, 402, 404, 405, 407, 410].contains(status) || says(RefusalPhrases.permanent) { return true }
        // Gemini says this of a minute's limit, too, and most often when to come back.
        if says(["exceeded your current quota"]), !isRest, !says(["gemini"]) { return true }
        return status < 500 && status != 429 && says(["model"]) && says(RefusalPhrases.absent)
    }
}
