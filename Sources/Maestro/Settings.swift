// SPDX-License-Identifier: Apache-2.0

/// Every setting with its default, in one place.
///
/// Read from `maestro.yaml`, then `MAESTRO_*` environment variables, then flags; how is the command line's business.
/// Keys in the file are dotted as here: `reflection.maxChanges`.
package struct Settings: Hashable, Sendable {
    package var reflection = Reflection()
    package var llm = LLM()
    package var worker = Worker()
    /// Where users' folders lie; nil: `<data>/users`.
    package var userFolderRoot: String?
    /// Nil: `sqlite:<data>/maestro.sqlite`.
    package var storeURL: String?
    /// Whether PostgreSQL tells workers that wait of new jobs.
    package var storeNotifies = true
    /// Whether folders on network file systems are accepted, whose locks are not to be trusted.
    package var allowNetworkFileSystem = false

    package init() {}

    package struct Reflection: Hashable, Sendable {
        /// `auto`: what rests on trusted evidence is applied, the rest waits.
        ///
        /// `review`: all waits.
        package enum Mode: String, Sendable, CaseIterable { case auto, review }
        /// `auto`: the LLM where an endpoint is set, else `offline`.
        package enum ReflectorChoice: String, Sendable, CaseIterable { case auto, llm, offline }

        package var mode = Mode.auto
        package var reflector = ReflectorChoice.auto
        package var activityLogMaxBytes = 4096
        package var maxEntryBodyBytes = 8192
        package var pieceEditCooldownHours = 24
        package var storeLlmRaw = false
        package var maxChanges = 3
        /// Per scope.
        package var maxEntries = 500
        package var entryBudgetTokens = 1000
        package var pieceBudgetTokens = 600

        package init() {}
    }

    package struct LLM: Hashable, Sendable {
        package enum Kind: String, Sendable, CaseIterable { case openai, ollama }

        /// Base URL of the server, with its version path where it has one: `http://localhost:11434/v1`.
        package var endpoint: String?
        /// Nil sends no model: the server decides.
        package var model: String?
        package var apiKey: Secret?
        package var apiKeyFile: String?
        /// Sent with every call.
        package var headers: [String: Secret] = [:]
        package var prices: Prices?
        package var kind = Kind.openai
        /// A gateway: the user is passed on in the way it expects.
        package var proxy = false
        package var contextLimitTokens = 32768
        package var maxReplyTokens = 1500
        package var timeoutSeconds = 300
        /// How long a job may run in all: two calls, and what is around them.
        package var maxRunSeconds: Double { max(900, 2 * Double(timeoutSeconds) + 120) }
        /// Nil: 1 for loopback and private addresses, else 8.
        package var maxConcurrent: Int?

        package init() {}
    }

    /// Money per million tokens, in whatever currency the operator thinks in.
    package struct Prices: Hashable, Sendable {
        package var inputPerMillion: Double
        package var outputPerMillion: Double

        package init(inputPerMillion: Double, outputPerMillion: Double) {
            self.inputPerMillion = inputPerMillion
            self.outputPerMillion = outputPerMillion
        }
    }

    package struct Worker: Hashable, Sendable {
        /// Reflections at once; nil: as many as ``LLM/maxConcurrent``, 8 without a model.
        package var concurrency: Int?
        /// How long calls in flight get when a worker stops.
        package var stopSeconds = 30
        /// The wait after a job's first failure; each further one is four times longer, up to five minutes.
        package var retrySeconds = 2
        /// How long the text of a job's activity is kept after it ended; changes and rows are kept for ever.
        package var keepActivityDays = 30

        package init() {}
    }
}

/// A text that prints as `<redacted>`, so that no log, error or dump holds it by accident.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one call that needs it.
    package let revealed: String

    package init(_ text: String) { revealed = text }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
