// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import struct SystemPackage.FilePath
import Yams

/// Settings in force, and where each that is not a default came from: `maestro.yaml`, then variables, then flags.
struct SettingsLoader {
    private(set) var settings = Settings()
    /// What was set and where, by key: for `doctor`.
    private(set) var given: [String: Given] = [:]

    /// A value as it was written, and where.
    ///
    /// A secret is `<redacted>`.
    struct Given: Equatable {
        let text: String
        let source: String
    }

    /// Largest `maestro.yaml` that is read.
    private static let maxBytes = 256 * 1024

    init(file: FilePath, environment: [String: String], flags: [String: String]) throws {
        if FileManager.default.fileExists(atPath: file.string) {
            guard let data = FileManager.default.contents(atPath: file.string) else {
                throw Failure.use("`\(file)` exists but cannot be read", hint: "check its permissions")
            }
            guard data.count <= Self.maxBytes else {
                throw Failure.use("`\(file)` is larger than \(Self.maxBytes / 1024) KB")
            }
            try read(yaml: String(decoding: data, as: UTF8.self), file: file)
        }
        for key in SettingKey.all {
            if let text = environment[key.variable] { try set(key, text, from: key.variable) }
        }
        try refuseUnknownVariables(in: environment)
        // The names that other tools use serve where ours are unset.
        if settings.llm.endpoint == nil, let text = environment["OPENAI_BASE_URL"], !text.isEmpty {
            settings.llm.endpoint = text
            given["llm.endpoint"] = Given(text: SettingKey.shownAddress(text), source: "OPENAI_BASE_URL")
        }
        if settings.llm.apiKey == nil, settings.llm.apiKeyFile == nil, let text = environment["OPENAI_API_KEY"],
            !text.isEmpty
        {
            settings.llm.apiKey = Secret(text)
            given["llm.apiKey"] = Given(text: "\(Secret(text))", source: "OPENAI_API_KEY")
        }
        for (name, text) in flags {
            guard let key = SettingKey.named(name) else { continue }
            try set(key, text, from: "flag")
        }
    }

    /// What a file of this text sets.
    init(yaml: String, file: FilePath) throws { try read(yaml: yaml, file: file) }

    // MARK: - File

    private mutating func read(yaml: String, file: FilePath) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw Failure.use("`\(file)` is not valid YAML: \("\(error)".onOneLine)")
        }
        guard let node, node != Node("") else { return }
        guard case .mapping(let mapping) = node else { throw Failure.use("`\(file)` must hold keys and values") }
        try read(mapping, prefix: "", file: file, depth: 0)
    }

    private mutating func read(_ mapping: Node.Mapping, prefix: String, file: FilePath, depth: Int) throws {
        for (key, value) in mapping {
            let name = prefix + (key.string ?? "")
            let place = "\(file):\(key.mark?.line ?? 0)"
            // A key without a value is one that nobody set.
            if value.isEmptyValue, SettingKey.isKnown(name) { continue }
            if name == SettingKey.headers {
                try readHeaders(value, place)
            } else if case .mapping(let inner) = value, depth < 4 {
                try read(inner, prefix: name + ".", file: file, depth: depth + 1)
            } else if let known = SettingKey.named(name) {
                guard let text = value.scalar?.string else {
                    throw Failure.use("`\(name)` must be one value (`\(place)`)")
                }
                try set(known, text, from: place)
            } else {
                throw Failure.use(
                    "unknown setting `\(name)` (`\(place)`)",
                    hint: "did you mean `\(SettingKey.nearest(to: name))`?"
                )
            }
        }
    }

    private mutating func readHeaders(_ node: Node, _ place: String) throws {
        guard case .mapping(let mapping) = node else {
            throw Failure.use("`llm.headers` must be names and values (`\(place)`)")
        }
        for (name, value) in mapping {
            guard let name = name.string, let text = value.scalar?.string, !text.contains(where: \.isNewline) else {
                throw Failure.use("`llm.headers` must be names and values (`\(place)`)")
            }
            settings.llm.headers[name] = Secret(text)
        }
        given[SettingKey.headers] = Given(text: "\(mapping.count), <redacted>", source: place)
    }

    private mutating func set(_ key: SettingKey, _ text: String, from source: String) throws {
        do throws(SettingKey.Refusal) {
            try key.set(&settings, text)
            given[key.name] = Given(text: key.shown(text), source: source)
        } catch {
            let shown = key.shown(text).cut(toBytes: 80)
            throw Failure.use("`\(key.name)` cannot be `\(shown)` (\(source)): it must be \(error.allowed)")
        }
    }

    /// A variable of ours that nobody knows is a typing error, and worth stopping for.
    private func refuseUnknownVariables(in environment: [String: String]) throws {
        let offered = SettingKey.all.map(\.variable) + ["MAESTRO_DATA", "MAESTRO_USER"] + LogVariables.all
        // Two more belong to the build and its tests; nobody means them.
        let known = Set(offered + ["MAESTRO_STRICT", "MAESTRO_SHARED_DATA"])
        guard let name = environment.keys.sorted().first(where: { $0.hasPrefix("MAESTRO_") && !known.contains($0) })
        else { return }
        let nearest = offered.min { EditDistance.between($0, name) < EditDistance.between($1, name) } ?? ""
        throw Failure.use("unknown variable `\(name)`", hint: "did you mean `\(nearest)`?")
    }
}

extension Node {
    /// `key:` with nothing behind it, or a null spelled out.
    fileprivate var isEmptyValue: Bool {
        guard let scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }
}
