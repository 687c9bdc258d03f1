// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@testable import MaestroLLM

@Suite struct `An endpoint` {
    static let addresses: [(given: String, kind: Settings.LLM.Kind, chat: String, host: String)] = [
        ("http://localhost:8080", .openai, "http://localhost:8080/v1/chat/completions", "localhost:8080"),
        ("http://localhost:8080/", .openai, "http://localhost:8080/v1/chat/completions", "localhost:8080"),
        (" https://api.openai.com/v1/ ", .openai, "https://api.openai.com/v1/chat/completions", "api.openai.com"),
        ("https://host/v1/chat/completions", .openai, "https://host/v1/chat/completions", "host"),
        ("https://openrouter.ai/api/v1", .openai, "https://openrouter.ai/api/v1/chat/completions", "openrouter.ai"),
        (
            "https://a.example/o/d?api-version=1", .openai, "https://a.example/o/d/chat/completions?api-version=1",
            "a.example"
        ),
        ("http://[::1]:11434", .openai, "http://[::1]:11434/v1/chat/completions", "[::1]:11434"),
        ("http://localhost:11434", .ollama, "http://localhost:11434/api/chat", "localhost:11434"),
        ("http://localhost:11434/v1/", .ollama, "http://localhost:11434/api/chat", "localhost:11434"),
        ("http://localhost:11434/api", .ollama, "http://localhost:11434/api/chat", "localhost:11434"),
        ("http://box/ollama/api/chat/", .ollama, "http://box/ollama/api/chat", "box"),
    ]

    @Test(arguments: addresses)
    func `is read as people write it`(given: String, kind: Settings.LLM.Kind, chat: String, host: String) throws {
        let endpoint = try #require(Endpoint(given, kind: kind))
        #expect(endpoint.chatURL == chat)
        #expect(endpoint.host == host)
    }

    @Test(arguments: [
        ("http://localhost:1", true), ("http://127.0.0.1", true), ("http://192.168.1.4:8080/v1", true),
        ("http://172.20.0.2", true), ("http://[::1]:80", true), ("http://172.32.0.2", false),
        ("https://api.openai.com/v1", false), ("https://10.example.org", false),
    ])
    func `is near or far`(address: String, isNear: Bool) throws {
        #expect(try #require(Endpoint(address, kind: .openai)).isNear == isNear)
    }
}
