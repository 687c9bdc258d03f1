// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import SystemPackage
import Testing

@testable import MaestroCLI

@Suite(.temporaryFolder) struct `Settings in force` {
    private func load(
        _ yaml: String? = nil,
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) throws -> SettingsLoader {
        let file = TemporaryFolder.path.appending("maestro.yaml")
        if let yaml { try Data(yaml.utf8).write(to: URL(filePath: file.string)) }
        return try SettingsLoader(file: file, environment: environment, flags: flags)
    }

    @Test(arguments: [nil, "", "# only a comment\n", "llm:\nreflection:\n  mode:\n", "llm: {model: null}\n"])
    func `are the defaults where nothing is set`(yaml: String?) throws {
        let loader = try load(yaml)

        #expect(loader.settings == Settings())
        #expect(loader.given.isEmpty)
    }

    @Test func `are read from nested keys`() throws {
        let settings = try load(
            """
            userFolderRoot: /srv/users
            reflection: { mode: review, maxChanges: 5 }
            llm:
              endpoint: "http://localhost:11434"
              kind: ollama
              headers: { x-team: blue }
              prices: { input: 0.15, output: 0.6 }
            """
        ).settings

        #expect(settings.userFolderRoot == "/srv/users")
        #expect(settings.reflection.mode == .review)
        #expect(settings.reflection.maxChanges == 5)
        #expect(settings.llm.kind == .ollama)
        #expect(settings.llm.headers["x-team"]?.revealed == "blue")
        #expect(settings.llm.prices == Settings.Prices(inputPerMillion: 0.15, outputPerMillion: 0.6))
    }

    /// A job that is asked for a second time must not be cut in the middle of that call.
    @Test(arguments: [(1, 900.0), (390, 900), (391, 902), (3600, 7320)])
    func `give a job time for two calls that last as long as they may`(timeout: Int, seconds: Double) {
        var settings = Settings()
        settings.llm.timeoutSeconds = timeout
        #expect(settings.llm.maxRunSeconds == seconds)
    }

    @Test func `turn off what PostgreSQL tells workers`() throws {
        #expect(try load().settings.storeNotifies)
        #expect(try !load("store: { notify: false }\n").settings.storeNotifies)
        #expect(try load(environment: ["MAESTRO_STORE_NOTIFY": "true"]).settings.storeNotifies)
    }

    @Test func `are flags before variables before the file`() throws {
        let yaml = "reflection: { maxChanges: 5, maxEntries: 7 }\nllm: { model: a }\n"
        let environment = ["MAESTRO_REFLECTION_MAX_CHANGES": "6", "MAESTRO_LLM_MODEL": "b"]
        let settings = try load(yaml, environment: environment, flags: ["llm.model": "c"]).settings

        #expect(settings.reflection.maxEntries == 7)
        #expect(settings.reflection.maxChanges == 6)
        #expect(settings.llm.model == "c")
    }

    @Test func `take the names of other tools where ours are unset`() throws {
        let others = ["OPENAI_BASE_URL": "http://other/v1", "OPENAI_API_KEY": "theirs"]
        #expect(try load(environment: others).settings.llm.endpoint == "http://other/v1")
        #expect(try load(environment: others).settings.llm.apiKey?.revealed == "theirs")

        let ours = others.merging(["MAESTRO_LLM_ENDPOINT": "http://ours/v1", "MAESTRO_LLM_API_KEY": "ours"]) { $1 }
        #expect(try load(environment: ours).settings.llm.endpoint == "http://ours/v1")
        #expect(try load(environment: ours).settings.llm.apiKey?.revealed == "ours")
    }

    @Test func `have a variable for every key, all different`() {
        let variables = SettingKey.all.map(\.variable)

        #expect(Set(variables).count == variables.count)
        #expect(SettingKey.named("reflection.storeLlmRaw")?.variable == "MAESTRO_REFLECTION_STORE_LLM_RAW")
        #expect(SettingKey.named("llm.apiKeyFile")?.variable == "MAESTRO_LLM_API_KEY_FILE")
    }

    /// The table states each default once more, in words for people: it must not drift from `Settings`.
    @Test(arguments: SettingKey.all.filter(\.isLiteral).map(\.name))
    func `are described with their true defaults`(name: String) throws {
        let key = try #require(SettingKey.named(name))
        var settings = Settings()
        try key.set(&settings, key.standard)

        #expect(settings == Settings())
    }

    @Test func `are unchanged by the template with every comment sign taken away`() throws {
        let lines = InitCommand.template.split(separator: "\n").drop { !$0.hasPrefix("# userFolderRoot") }
        let yaml = lines.map { String($0.dropFirst(2)) }.joined(separator: "\n")

        #expect(try load(yaml).settings == Settings())
        for key in SettingKey.all {
            let last = try #require(key.name.split(separator: ".").last)
            #expect(yaml.contains("\(last):"), "\(key.name)")
        }
        #expect(yaml.contains("  headers:"))
    }

    @Test func `never print a secret, also where it is wrong`() throws {
        let failure = #expect(throws: Failure.self) { try load("llm: { apiKey: [hush] }") }
        #expect(failure?.message.contains("hush") == false)
        #expect("\(try load("llm: { apiKey: hush, headers: {a: hush} }"))".contains("hush") == false)
    }

    @Test(arguments: [
        ("http://host/v1", "http://host/v1"), ("https://host/v1/?key=AIzaHush", "https://host/v1/?<redacted>"),
        ("https://host/v1?api-version=1&key=hush", "https://host/v1?<redacted>"),
        ("https://ann:hush@host/v1?key=hush", "https://<redacted>@host/v1?<redacted>"),
        ("https://ann:hu?sh@host/a@b", "https://<redacted>@host/a@b"), ("host/v1", "host/v1"),
    ])
    func `show the address of a server without a key in it`(address: String, shown: String) throws {
        #expect(SettingKey.shownAddress(address) == shown)
        #expect(try load("llm: { endpoint: \"\(address)\" }").given["llm.endpoint"]?.text == shown)
        #expect(try load(environment: ["OPENAI_BASE_URL": address]).given["llm.endpoint"]?.text == shown)
    }
}
