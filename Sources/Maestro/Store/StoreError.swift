// SPDX-License-Identifier: Apache-2.0

/// What a store refuses, in words that say what state the data is in.
package enum StoreError: Error, Hashable, Sendable {
    /// Another process holds the job now; this one changed nothing.
    case leaseLost
    /// The change, and what became of it where that is known: `` `3fa9…-1`, which was accepted, ``.
    case notWaiting(String)
    /// What cannot be done to a job as it stands, and why: the whole sentence.
    case wrongState(String)
    /// What was looked for: ``change `3fa9…-1` ``.
    case notFound(String)
    /// The folder or database cannot be used as it is: the sentence, and what to do.
    case unusable(String, hint: String)
    /// What is open is not what stands at its place any more (deleted, replaced, moved): whoever goes on writes where nobody
    /// reads.
    case gone(String)
    /// The user's lock could not be had in time.
    case locked(String)

    /// Whether the same may work a moment later.
    var mayPass: Bool {
        switch self {
        case .unusable, .locked: true
        case .leaseLost, .notWaiting, .wrongState, .notFound, .gone: false
        }
    }
}
