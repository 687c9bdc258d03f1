// SPDX-License-Identifier: Apache-2.0

/// Why a change was refused, or why it waits.
///
/// Each case has a stable code, one sentence for people, and a test.
package enum Rejection: String, Codable, Sendable, CaseIterable {
    case invalidName = "invalid_name"
    case invalidType = "invalid_type"
    case missingField = "missing_field"
    case bodyTooLarge = "body_too_large"
    case descriptionTooLong = "description_too_long"
    case unknownEntry = "unknown_entry"
    case entryUnreadable = "entry_unreadable"
    case notShown = "not_shown"
    case alreadyExists = "already_exists"
    case duplicateChange = "duplicate_change"
    case tooManyChanges = "too_many_changes"
    case entryLimit = "entry_limit"
    case noEffect = "no_effect"
    case stale
    case missingEvidence = "missing_evidence"
    case evidenceNotFound = "evidence_not_found"
    case untrustedEvidence = "untrusted_evidence"
    case personalData = "personal_data"
    case secret
    case injection
    case exampleCopied = "example_copied"
    case pieceNotFound = "piece_not_found"
    case pieceCooldown = "piece_cooldown"
    case pieceLockedField = "piece_locked_field"
    case pieceGuardedField = "piece_guarded_field"
    case pieceAnchorMissing = "piece_anchor_missing"
    case pieceAnchorAmbiguous = "piece_anchor_ambiguous"
    case pieceInvalid = "piece_invalid"
    case pieceTooLarge = "piece_too_large"
    /// Waits only: nothing is wrong with the change, but a person decides about its kind.
    case needsReview = "needs_review"
    /// Of a waiting change: a person said no.
    case declined

    /// One sentence for people, without a trailing period.
    package var sentence: String {
        switch self {
        case .invalidName: "the name is not a legal file stem of an entry"
        case .invalidType: "the type is not one of user, feedback, project, reference"
        case .missingField: "a field that this operation needs is missing or empty"
        case .bodyTooLarge: "the body is larger than an entry may be"
        case .descriptionTooLong: "the description is longer than one line in an index may be"
        case .unknownEntry: "no entry has this name"
        case .entryUnreadable: "the entry's file cannot be parsed, so it is left as it is"
        case .notShown: "the entry was not shown in full, so its text cannot be replaced"
        case .alreadyExists: "an entry with this name exists already"
        case .duplicateChange: "another change of the same reply touches the same entry"
        case .tooManyChanges: "the reply holds more changes than one reflection may make"
        case .entryLimit: "this scope holds as many entries as it may"
        case .noEffect: "the change would change nothing"
        case .stale: "the entry was changed by someone else since the model read it"
        case .missingEvidence: "the change cites no event"
        case .evidenceNotFound: "the cited events do not exist or do not hold the quoted words"
        case .untrustedEvidence:
            "nothing a person said supports this; it rests on words of tools, the agent or the host"
        case .personalData: "it holds personal data of someone who is not the owner"
        case .secret: "it holds something that looks like a secret"
        case .injection: "it holds hidden characters or imitates the instructions of a prompt"
        case .exampleCopied: "it repeats an invented example from the prompt"
        case .pieceNotFound: "no piece has this name"
        case .pieceCooldown: "the piece was edited a short while ago"
        case .pieceLockedField: "the field is locked: what an agent may run, reach or spend is not for learning"
        case .pieceGuardedField: "the field is guarded: a person decides"
        case .pieceAnchorMissing: "the text to replace does not stand in that field"
        case .pieceAnchorAmbiguous: "the text to replace stands in that field more than once"
        case .pieceInvalid: "the piece would no longer be valid"
        case .pieceTooLarge: "the field or the piece would be larger than it may be"
        case .needsReview: "a person decides about changes of this kind"
        case .declined: "a person said no"
        }
    }
}
