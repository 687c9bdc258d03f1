// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

import struct SystemPackage.FilePath

@testable import MaestroCLI

@Suite struct `Mutated settings` {
    private static let tokens = [
        "\n", "\r\n", "  ", "- ", ": ", "#", "'", "\"", "|", ">", "&a ", "*a", "!!str ", "!!binary ", "<<: ", "{", "}",
        "[",
        "]", ", ", "? ", "---\n", "\t", "\u{FEFF}", "\0", "null", "~", "on", "no", "0o10", "1:30", "1e999", "-1",
        "reflection", "llm", "worker", "maxChanges", "headers", "prices", "mode", "endpoint", "apiKey",
    ]

    @Test(.timeLimit(.minutes(30)), arguments: Mutations.seeds(of: 1000))
    func `are read to the same values again, or refused in words`(seed: UInt64) throws {
        let seeds = try FuzzSeeds.texts(of: "settings")
        var mutator = ByteMutator(seed: seed, tokens: Self.tokens)
        for _ in 0..<Mutations.rounds {
            let text = String(decoding: mutator.mutant(of: seeds), as: UTF8.self)
            do {
                let loader = try SettingsLoader(yaml: text, file: FilePath("maestro.yaml"))
                #expect(try Self.written(loader) == loader.settings, "seed \(seed): \(text.debugDescription)")
            } catch let failure as Failure {
                #expect(!failure.message.isEmpty)
            }
        }
    }

    /// What the file gave, written as another file (JSON is YAML) and read again; secrets are not given in words.
    private static func written(_ loader: SettingsLoader) throws -> Settings {
        var root: [String: Any] = [:]
        for (key, value) in loader.given where key != SettingKey.headers && !value.text.contains("<redacted>") {
            set(value.text, at: key.split(separator: ".").map(String.init), in: &root)
        }
        let json = try JSONSerialization.data(withJSONObject: root, options: [.withoutEscapingSlashes])
        var settings = try SettingsLoader(
            yaml: String(decoding: json, as: UTF8.self),
            file: FilePath("again.yaml")
        ).settings
        settings.llm.headers = loader.settings.llm.headers
        settings.llm.endpoint = loader.settings.llm.endpoint
        settings.llm.apiKey = loader.settings.llm.apiKey
        return settings
    }

    private static func set(_ text: String, at path: [String], in map: inout [String: Any]) {
        guard let key = path.first else { return }
        guard path.count > 1 else { return map[key] = text }
        var inner = map[key] as? [String: Any] ?? [:]
        set(text, at: Array(path.dropFirst()), in: &inner)
        map[key] = inner
    }

    @Test(arguments: FuzzSeeds.files(of: "settings"))
    func `that the fuzzer knows are read or refused in words`(file: URL) throws {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        do {
            _ = try SettingsLoader(yaml: text, file: FilePath("maestro.yaml"))
        } catch let failure as Failure {
            #expect(!failure.message.isEmpty)
        }
    }
}
