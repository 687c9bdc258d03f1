// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One numbered thing that happened in a job.
package struct Event: Hashable, Sendable, Codable {
    /// Whose words these are.
    ///
    /// Decided by code, per format; never by a model.
    package enum Actor: String, Sendable, Codable, CaseIterable {
        /// Words that a person typed.
        case user
        case agent
        /// What a tool returned, and output that a person pasted into a turn.
        case tool
        /// Everything the host inserted: compaction summaries, reminders, plan hand-backs, command wrappers.
        case harness
    }

    package enum Kind: String, Sendable, Codable, CaseIterable {
        case message
        /// A person's words given while refusing a tool use.
        ///
        /// Actor `user`.
        case correction
        /// A refusal or stop without words.
        ///
        /// Actor `harness`: the text is the host's.
        case interruption
        case toolCall
        case toolResult
        /// Text inserted by the host.
        ///
        /// Actor `harness`.
        case notice
    }

    /// What is known about a tool use.
    ///
    /// The call and its result share `callID`.
    package struct Tool: Hashable, Sendable, Codable {
        package var name: String
        package var callID: String?
        /// The arguments of a call as JSON text, as the agent sent them (not always valid JSON).
        package var arguments: String?
        /// Whether a result reports failure.
        ///
        /// False on calls.
        package var isError: Bool

        package init(name: String, callID: String? = nil, arguments: String? = nil, isError: Bool = false) {
            self.name = name
            self.callID = callID
            self.arguments = arguments
            self.isError = isError
        }
    }

    /// Its place in the source, 1 for the first; what a reply cites.
    package var number: Int
    package var actor: Actor
    package var kind: Kind
    /// The words.
    ///
    /// For a tool call, its arguments in brief (the command, the file); for a result, its output.
    package var text: String
    package var tool: Tool?
    package var time: Date?
    /// The line of the source, from 1.
    ///
    /// Several events may share one line. For whole-JSON sources the index of the message in its list, from 1.
    package var line: Int

    package init(
        number: Int,
        actor: Actor,
        kind: Kind,
        text: String,
        tool: Tool? = nil,
        time: Date? = nil,
        line: Int
    ) {
        self.number = number
        self.actor = actor
        self.kind = kind
        self.text = text
        self.tool = tool
        self.time = time
        self.line = line
    }

    /// Whether a person speaks here: a turn of theirs or words given with a refusal.
    package var isHumanTurn: Bool { actor == .user && (kind == .message || kind == .correction) }
}
