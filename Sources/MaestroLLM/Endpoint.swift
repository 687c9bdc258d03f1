// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// Where chats are sent, from the address that a person wrote.
///
/// OpenAI-compatible: `/v1` is added where the address has no path. Ollama's native chat: a trailing `/v1` is dropped,
/// since many people write the address of its OpenAI door. A trailing slash, and the path of the chat itself, may stand
/// or not; a query (`?api-version=…`) stays behind the path.
package struct Endpoint: Hashable, Sendable {
    package let kind: Settings.LLM.Kind
    /// Without a trailing slash, and without the query.
    package let base: String
    /// Without its question mark; it may hold a key.
    let query: Secret?

    /// Nil where `address` is no `http` or `https` URL, or holds a name or password: those belong into the headers.
    package init?(_ address: String, kind: Settings.LLM.Kind) {
        let parts = address.split(whereSeparator: \.isWhitespace).joined()
            .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var base = String(parts[0])
        func drop(_ suffixes: String...) {
            while base.hasSuffix("/") { base.removeLast() }
            for suffix in suffixes where base.hasSuffix(suffix) { base.removeLast(suffix.count) }
            while base.hasSuffix("/") { base.removeLast() }
        }
        guard let scheme = ["http://", "https://"].first(where: { base.lowercased().hasPrefix($0) }) else { return nil }
        let host = base.dropFirst(scheme.count).prefix { $0 != "/" }
        guard !host.isEmpty, !host.contains("@") else { return nil }
        switch kind {
        case .openai:
            drop("/chat/completions")
            if !base.dropFirst(scheme.count).contains("/") { base += "/v1" }
        case .ollama: drop("/api/chat", "/api", "/v1")
        }
        self.kind = kind
        self.base = base
        query = parts.count > 1 ? Secret(String(parts[1])) : nil
    }

    package var chatURL: String { chatAddress + (query.map { "?" + $0.revealed } ?? "") }

    /// The chat URL as far as it may be shown and kept.
    var chatAddress: String { base + (kind == .openai ? "/chat/completions" : "/api/chat") }

    /// Host and port.
    package var host: String { String(base.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }) }

    /// Whether the server is this machine or a private network: one call at a time suits it.
    package var isNear: Bool {
        let name =
            host.hasPrefix("[") ? String(host.dropFirst().prefix { $0 != "]" }) : String(host.prefix { $0 != ":" })
        if ["localhost", "::1"].contains(name) || name.hasSuffix(".local") || name.hasSuffix(".internal") {
            return true
        }
        let parts = name.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 4 else { return false }
        return [10, 127].contains(parts[0]) || parts[0] == 192 && parts[1] == 168
            || parts[0] == 172 && (16...31).contains(parts[1])
    }
}
