// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// What the database knows of a user that is judged on beside the files.
struct JudgedFacts: Sendable {
    /// When each piece was last edited.
    let pieceEdits: [String: Date]
    let unconfirmed: [UserState.Unconfirmed]

    init(of user: UserID, in db: Database) throws {
        pieceEdits = try ChangeRows.pieceEdits(of: user, in: db)
        unconfirmed = try ChangeRows.unconfirmed(of: user, in: db)
    }
}
