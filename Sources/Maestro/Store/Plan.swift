// SPDX-License-Identifier: Apache-2.0

/// What one commit does to documents: decided, written down in the commit's transaction, and only then carried out.
package struct Plan: Hashable, Sendable {
    /// One document, from one text to another.
    package struct Operation: Hashable, Sendable {
        /// The change it belongs to; nil for `MEMORY.md`, which the store keeps itself.
        package var change: ChangeID?
        package var write: DocumentWrite

        package init(change: ChangeID?, write: DocumentWrite) {
            self.change = change
            self.write = write
        }
    }

    /// What is to be done about one operation, given what stands there now.
    package enum Step: Hashable, Sendable {
        /// The text after the commit stands there already.
        case done
        case apply
        /// Something else stands there: a person's edit, which stays.
        ///
        /// Our text is kept in history.
        case superseded
    }

    package let reflection: Reflection.ID
    /// 1 for the commit itself, then one for every waiting change that was settled later.
    package let sequence: Int
    package let operations: [Operation]

    package init(reflection: Reflection.ID, sequence: Int, operations: [Operation]) {
        self.reflection = reflection
        self.sequence = sequence
        self.operations = operations
    }

    /// The plan of what was accepted.
    ///
    /// Writes that change nothing are left out.
    ///
    /// - Throws: ``PlanFault`` where decisions do not fit each other or the state that they were made on.
    package init(reflection: Reflection.ID, sequence: Int, accepted: [Decision], on state: UserState) throws(PlanFault)
    {
        var operations: [Operation] = []
        var seen: Set<DocumentPath> = []
        for decision in accepted {
            for write in decision.writes where write.changesBytes {
                if case .index = write.path {
                    throw PlanFault(path: write.path, reason: "only the store writes an index")
                }
                guard seen.insert(write.path).inserted else {
                    throw PlanFault(path: write.path, reason: "two decisions of one reflection write it")
                }
                guard state.text(at: write.path) == write.before else {
                    throw PlanFault(path: write.path, reason: "the decision was made on another text than stands there")
                }
                operations.append(Operation(change: ChangeID(reflection, decision.ordinal), write: write))
            }
        }
        self.init(reflection: reflection, sequence: sequence, operations: operations)
    }

    package var writes: [DocumentWrite] { operations.map(\.write) }

    /// The memory folders whose `MEMORY.md` the plan concerns, in the order of the plan.
    package var scopes: [Scope] {
        var scopes: [Scope] = []
        for case .entry(let scope, _) in operations.map(\.write.path) where !scopes.contains(scope) {
            scopes.append(scope)
        }
        return scopes
    }

    package func adding(_ writes: [DocumentWrite]) -> Plan {
        let indexes = writes.map { Operation(change: nil, write: $0) }
        return Plan(reflection: reflection, sequence: sequence, operations: operations + indexes)
    }
}

/// A set of decisions that cannot be one plan.
///
/// A fault of ours, never of a model: nothing was changed.
package struct PlanFault: Error, Hashable, Sendable {
    package let path: DocumentPath
    package let reason: String

    package var sentence: String { "cannot plan the change of `\(path.relative)`: \(reason); nothing was changed" }
}

extension DocumentWrite {
    /// Compared byte for byte: to `String` the two ways of writing an umlaut are equal, to a file they are not.
    fileprivate var changesBytes: Bool {
        switch (before, after) {
        case (nil, nil): false
        case (.some(let before), .some(let after)): !before.hasSameBytes(as: after)
        default: true
        }
    }
}
