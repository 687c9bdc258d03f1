// SPDX-License-Identifier: Apache-2.0

/// What a reflector is given: the words for a model, and the facts they were made from.
package struct ReflectionPrompt: Sendable {
    package let system: String
    package let user: String
    package let inputs: ReflectionInputs
    /// JSON Schema of the reply for this prompt, with the names of updatable entries as an enum.
    package let schema: String

    package init(system: String, user: String, inputs: ReflectionInputs, schema: String) {
        self.system = system
        self.user = user
        self.inputs = inputs
        self.schema = schema
    }
}

/// Everything a prompt is made from. Values only.
package struct ReflectionInputs: Sendable {
    package let job: Job
    package let activity: Activity
    package let state: UserState

    package init(job: Job, activity: Activity, state: UserState) {
        self.job = job
        self.activity = activity
        self.state = state
    }
}
