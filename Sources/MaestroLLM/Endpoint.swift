// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// Where chats are sent, from the address that a person wrote.
///
/// OpenAI-compatible: `/v1` is added where the address has no path. Ollama's native chat: a trailing `/v1` is dropped,
/// since many people write the address of its OpenAI door.
package struct Endpoint: Hashable, Sendable {
    package let kind: Settings.LLM.Kind
    /// Without a trailing slash.
    package let base: String

    /// Nil where `address` is no `http` or `https` URL.
    package init?(_ address: String, kind: Settings.LLM.Kind) {
        var base = address.split(whereSeparator: \.isWhitespace).joined()
        while base.hasSuffix("/") { base.removeLast() }
        guard let scheme = ["http://", "https://"].first(where: { base.lowercased().hasPrefix($0) }) else { return nil }
        let rest = base.dropFirst(scheme.count)
        guard let host = rest.split(separator: "/", omittingEmptySubsequences: false).first, !host.isEmpty else {
            return nil
        }
        switch kind {
        case .openai:
            if base.hasSuffix("/chat/completions") { base.removeLast("/chat/completions".count) }
            if !rest.contains("/") { base += "/v1" }
        case .ollama:
            for suffix in ["/api/chat", "/api", "/v1"] where base.hasSuffix(suffix) { base.removeLast(suffix.count) }
        }
        self.kind = kind
        self.base = base
    }

    package var chatURL: String { base + (kind == .openai ? "/chat/completions" : "/api/chat") }

    /// Host and port, without any user or password that the address holds.
    package var host: String {
        let rest = base.drop { $0 != "/" }.drop { $0 == "/" }
        let authority = rest.prefix { $0 != "/" }
        return String(authority.split(separator: "@").last ?? authority)
    }

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
