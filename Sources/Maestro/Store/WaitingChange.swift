// SPDX-License-Identifier: Apache-2.0

/// A change that a person has not decided on.
package struct WaitingChange: Sendable {
    package var id: ChangeID
    package var decision: Decision
    package var reflection: Reflection

    package init(id: ChangeID, decision: Decision, reflection: Reflection) {
        self.id = id
        self.decision = decision
        self.reflection = reflection
    }
}
