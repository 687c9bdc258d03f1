// SPDX-License-Identifier: Apache-2.0

/// What is to be committed, apart from the decisions.
package struct CommitRequest: Sendable {
    package var reflection: Reflection.ID
    package var kind: Reflection.Kind
    package var user: UserID
    package var scope: Scope
    /// The job under work; nil for reverts and a person's own words.
    package var claim: Claim?
    package var report: Report
    /// Documents to read beside those of the scope.
    package var paths: [DocumentPath]
    /// What a revert takes back.
    package var reverts: [String]

    package init(
        reflection: Reflection.ID,
        kind: Reflection.Kind,
        user: UserID,
        scope: Scope,
        claim: Claim? = nil,
        report: Report,
        paths: [DocumentPath] = [],
        reverts: [String] = []
    ) {
        self.reflection = reflection
        self.kind = kind
        self.user = user
        self.scope = scope
        self.claim = claim
        self.report = report
        self.paths = paths
        self.reverts = reverts
    }
}
