// SPDX-License-Identifier: Apache-2.0

/// `missing_evidence`, `evidence_not_found`: a change rests on events that are there, and the quoted words stand in them.
///
/// Where an entry is changed, its own text may be the evidence: such a change without events waits (`needs_review`),
/// because code cannot tell a consolidation from a new claim.
struct EvidenceGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let evidence = change.evidence else { return .accept }
        let restsOnEntries = change.operation == .update || change.operation == .remove
        let quote = change.proposed.quote ?? ""
        guard evidence.isCited else {
            guard restsOnEntries else { return .reject(.missingEvidence) }
            guard quote.isEmpty || evidence.isQuoteInEntry else { return .reject(.evidenceNotFound, "the quote") }
            return .wait(.needsReview, "it cites no event and rests on the entry itself")
        }
        guard !evidence.events.isEmpty else {
            return .reject(.evidenceNotFound, evidence.dropped.prefix(5).map { "#\($0)" }.joined(separator: ", "))
        }
        guard evidence.supporting.isEmpty else { return .accept }
        guard restsOnEntries, evidence.isQuoteInEntry else {
            let cited = evidence.events.prefix(5).map { "#\($0.number)" }.joined(separator: ", ")
            return .reject(.evidenceNotFound, "the quoted words do not stand in \(cited)")
        }
        return .wait(.needsReview, "its quote stands in the entry itself")
    }
}
