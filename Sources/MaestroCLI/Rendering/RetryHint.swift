// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Which command brings dead jobs back: that depends on whose they are.
enum RetryHint {
    /// Every dead job, whoever's it is.
    static let everyone = "maestro retry --dead --all"

    /// For a list of one user's jobs; `sameUser` is what names that user.
    static func again(sameUser: String) -> String {
        "Again: maestro retry ID\(sameUser), or --dead\(sameUser)"
    }

    /// For a list of all users' jobs, read by `asker`; `owners` of all dead ones, nil where they are not known.
    static func again(owners: Set<UserID>?, asker: UserID, sameUser: String) -> String {
        guard let owners, owners.count == 1, let owner = owners.first else {
            return "Again: \(everyone), or maestro retry ID --user USER"
        }
        return again(sameUser: owner == asker ? sameUser : " --user \(ShellWord.quoted(owner.rawValue))")
    }
}
