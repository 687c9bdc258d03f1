// SPDX-License-Identifier: Apache-2.0

/// `personal_data`: nothing about anyone but the owner is kept.
///
/// Where the person in the log is someone else, also their names and numbers, and entries about persons as a whole.
struct PersonalDataGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard change.operation != .confirm else { return .accept }
        let isOther = context.counterpart == .other
        if isOther, change.memory?.type == .user || (change.operation == .update && change.entry?.type == .user) {
            return .reject(.personalData, "the person in this log is not the owner")
        }
        // What an entry says already is the owner's doing.
        let known = [change.entry, change.target].compactMap { $0?.document.text }
        let isOwnWord = { (text: String) in
            !isOther && change.memory?.type == .user
                && change.evidence?.human.contains { $0.text.contains(text) } == true
        }
        for (field, text) in change.texts where field != "old" {
            let finds = PersonalData.found(in: text, isStrict: isOther).filter { find in
                !known.contains { $0.contains(find.text) }
            }
            if let find = finds.first(where: { $0.kind == .card || !isOwnWord($0.text) }) {
                return .reject(.personalData, "\(find.kind.rawValue) in its `\(field)`")
            }
            guard isOther, let activity = context.activity else { continue }
            if let kind = ForeignIdentifiers(in: text, except: known).firstKind(in: activity) {
                return .reject(.personalData, "\(kind) of the log in its `\(field)`")
            }
        }
        return .accept
    }
}
