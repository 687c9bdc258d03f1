// SPDX-License-Identifier: Apache-2.0
import Maestro

/// One setting: its key in the file, its variable, and how a text becomes its value.
///
/// The one table behind the file, the environment, `maestro init` and `maestro doctor`.
struct SettingKey: Sendable {
    /// Dotted, as in `maestro.yaml`.
    let name: String
    /// What stands behind the key in the template and in help.
    let meaning: String
    /// The default in words; where ``isLiteral``, as it would be written.
    let standard: String
    /// Whether the default is a value that could stand in the file.
    var isLiteral = true
    /// Sets the value; throws the sentence about what is allowed.
    let set: @Sendable (inout Settings, String) throws(Refusal) -> Void

    /// What a value may be.
    struct Refusal: Error {
        let allowed: String
    }

    /// `reflection.maxChanges` becomes `MAESTRO_REFLECTION_MAX_CHANGES`.
    var variable: String {
        var words = ""
        for character in name {
            if character == "." {
                words += "_"
            } else if character.isUppercase {
                words += "_\(character)"
            } else {
                words.append(character)
            }
        }
        return "MAESTRO_" + words.uppercased()
    }

    static let all: [SettingKey] = [
        text("userFolderRoot", "where users' folders lie", "<data>/users") { $0.userFolderRoot = $1 },
        text("store.url", "the store; postgres://… for many machines", "sqlite:<data>/maestro.sqlite") {
            $0.storeURL = $1
        },
        flag("store.notify", "PostgreSQL tells idle workers of new jobs; false behind a transaction pooler", "true") {
            $0.storeNotifies = $1
        },
        flag("store.allowNetworkFileSystem", "accept folders whose locks cannot be trusted", "false") {
            $0.allowNetworkFileSystem = $1
        },
        choice("reflection.mode", "auto: what rests on a person's words is applied; review: all waits", "auto") {
            $0.reflection.mode = $1
        },
        choice("reflection.reflector", "auto: the model where an endpoint is set, else offline", "auto") {
            $0.reflection.reflector = $1
        },
        number("reflection.activityLogMaxBytes", "bytes of the log that a model sees", "4096", 512...1_000_000) {
            $0.reflection.activityLogMaxBytes = $1
        },
        number("reflection.maxEntryBodyBytes", "most bytes of an entry's body", "8192", 256...1_000_000) {
            $0.reflection.maxEntryBodyBytes = $1
        },
        number("reflection.pieceEditCooldownHours", "hours between two edits of a piece", "24", 0...8760) {
            $0.reflection.pieceEditCooldownHours = $1
        },
        flag("reflection.storeLlmRaw", "keep the raw replies of the model", "false") { $0.reflection.storeLlmRaw = $1 },
        number("reflection.maxChanges", "most changes of one reflection", "3", 1...50) {
            $0.reflection.maxChanges = $1
        },
        number("reflection.maxEntries", "most entries of one scope", "500", 1...100_000) {
            $0.reflection.maxEntries = $1
        },
        number("reflection.entryBudgetTokens", "tokens of entries in the prompt", "1000", 0...100_000) {
            $0.reflection.entryBudgetTokens = $1
        },
        number("reflection.pieceBudgetTokens", "tokens of the piece in the prompt", "600", 0...100_000) {
            $0.reflection.pieceBudgetTokens = $1
        },
        text("llm.endpoint", "base URL of the server, with its version path", "none (OPENAI_BASE_URL)") {
            $0.llm.endpoint = $1
        },
        text("llm.model", "name of the model", "none: the server decides") { $0.llm.model = $1 },
        text("llm.apiKey", "the key itself; better in a file", "none (OPENAI_API_KEY)") { $0.llm.apiKey = Secret($1) },
        text("llm.apiKeyFile", "file that holds the key, read with every call", "none") { $0.llm.apiKeyFile = $1 },
        choice("llm.kind", "openai: any compatible server; ollama: its native chat", "openai") { $0.llm.kind = $1 },
        flag("llm.proxy", "a gateway: the user is passed on", "false") { $0.llm.proxy = $1 },
        number("llm.contextLimitTokens", "tokens that fit into the model's context", "32768", 2048...10_000_000) {
            $0.llm.contextLimitTokens = $1
        },
        number("llm.maxReplyTokens", "most tokens of a reply", "1500", 64...100_000) { $0.llm.maxReplyTokens = $1 },
        number("llm.timeoutSeconds", "seconds before a call is given up", "300", 1...86_400) {
            $0.llm.timeoutSeconds = $1
        },
        number("llm.maxConcurrent", "calls at once", "1 near, 8 elsewhere", 1...10_000) { $0.llm.maxConcurrent = $1 },
        decimal("llm.prices.input", "money per million prompt tokens", "none") { $0.llm.price(input: $1) },
        decimal("llm.prices.output", "money per million reply tokens", "none") { $0.llm.price(output: $1) },
        number("worker.concurrency", "reflections at once", "llm.maxConcurrent; 8 without a model", 1...10_000) {
            $0.worker.concurrency = $1
        },
        number("worker.stopSeconds", "seconds that calls in flight get when stopping", "30", 0...86_400) {
            $0.worker.stopSeconds = $1
        },
        number(
            "worker.retrySeconds",
            "seconds before a failed job is tried again; each time four times longer",
            "2",
            0...300
        ) {
            $0.worker.retrySeconds = $1
        },
        number("worker.keepActivityDays", "days that the text of a job's activity is kept", "30", 1...36_500) {
            $0.worker.keepActivityDays = $1
        },
    ]

    /// A map of names to secrets; its keys are free, so it stands outside the table.
    static let headers = "llm.headers"

    static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

    private var isSecret: Bool { name == "llm.apiKey" }

    /// The value for people: the URL of a database may hold a password anywhere, that of a server a key in its query.
    func shown(_ text: String) -> String {
        if name == "llm.endpoint" { return Self.shownAddress(text) }
        let hides = isSecret || (name == "store.url" && !text.lowercased().hasPrefix("sqlite:"))
        return hides ? "<redacted>" : text
    }

    /// The address of a server without what may be secret in it: its query, and what stands before an `@`.
    static func shownAddress(_ text: String) -> String {
        var address = text
        if let start = text.firstRange(of: "://")?.upperBound,
            let end = text[start...].prefix(while: { $0 != "/" }).lastIndex(of: "@")
        {
            address.replaceSubrange(start..<end, with: "<redacted>")
        }
        guard let query = address.firstIndex(of: "?") else { return address }
        return address[...query] + "<redacted>"
    }

    /// Whether `name` is a key, or a section that holds some.
    static func isKnown(_ name: String) -> Bool {
        name == headers || all.contains { $0.name == name || $0.name.hasPrefix(name + ".") }
    }

    /// The known key that looks most like `name`.
    static func nearest(to name: String) -> String {
        (all.map(\.name) + [headers]).min { EditDistance.between($0, name) < EditDistance.between($1, name) } ?? ""
    }

    // MARK: - Kinds of values

    private static func text(
        _ name: String,
        _ meaning: String,
        _ standard: String,
        _ set: @escaping @Sendable (inout Settings, String) -> Void
    ) -> SettingKey {
        SettingKey(name: name, meaning: meaning, standard: standard, isLiteral: false) {
            settings,
            text throws(Refusal) in
            guard !text.isEmpty else { throw Refusal(allowed: "a text") }
            set(&settings, text)
        }
    }

    private static func flag(
        _ name: String,
        _ meaning: String,
        _ standard: String,
        _ set: @escaping @Sendable (inout Settings, Bool) -> Void
    ) -> SettingKey {
        SettingKey(name: name, meaning: meaning, standard: standard) { settings, text throws(Refusal) in
            guard let value = ["true": true, "false": false][text.lowercased()] else {
                throw Refusal(allowed: "true or false")
            }
            set(&settings, value)
        }
    }

    private static func number(
        _ name: String,
        _ meaning: String,
        _ standard: String,
        _ range: ClosedRange<Int>,
        _ set: @escaping @Sendable (inout Settings, Int) -> Void
    ) -> SettingKey {
        SettingKey(name: name, meaning: meaning, standard: standard, isLiteral: Int(standard) != nil) {
            settings,
            text throws(Refusal) in
            guard let value = Int(text), range.contains(value) else {
                throw Refusal(allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            set(&settings, value)
        }
    }

    private static func decimal(
        _ name: String,
        _ meaning: String,
        _ standard: String,
        _ set: @escaping @Sendable (inout Settings, Double) -> Void
    ) -> SettingKey {
        SettingKey(name: name, meaning: meaning, standard: standard, isLiteral: false) {
            settings,
            text throws(Refusal) in
            guard let value = Double(text), value.isFinite, value >= 0 else {
                throw Refusal(allowed: "a number from 0")
            }
            set(&settings, value)
        }
    }

    private static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: String,
        _ meaning: String,
        _ standard: String,
        _ set: @escaping @Sendable (inout Settings, Value) -> Void
    ) -> SettingKey where Value.RawValue == String {
        let values = Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0.rawValue, $0) })
        let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return SettingKey(name: name, meaning: meaning, standard: standard) { settings, text throws(Refusal) in
            guard let value = values[text] else { throw Refusal(allowed: allowed) }
            set(&settings, value)
        }
    }
}

extension Settings.LLM {
    fileprivate mutating func price(input: Double? = nil, output: Double? = nil) {
        prices = Settings.Prices(
            inputPerMillion: input ?? prices?.inputPerMillion ?? 0,
            outputPerMillion: output ?? prices?.outputPerMillion ?? 0
        )
    }
}
