// SPDX-License-Identifier: Apache-2.0
#if Postgres
import CPostgres
import Foundation

/// Where the database is, as libpq reads it: a URL with whatever it knows (TLS modes, Unix sockets, several hosts), the
/// rest from `PG*` variables.
package struct PostgresURL: Sendable, CustomStringConvertible {
    /// With the password, where it has one: for libpq only.
    let text: String
    private let secrets: [String]

    package init(_ text: String) {
        self.text = text
        secrets = (Self.parsedSecrets(in: text) + Self.writtenSecrets(in: text)).filter { !$0.isEmpty }
    }

    /// For people: without any password.
    package var description: String { withoutSecrets(text) }

    /// What libpq, which is loaded, cannot read in it; nil: nothing.
    var problem: String? {
        var words: UnsafeMutablePointer<CChar>?
        if let options = pq_conninfoParse(text, &words) {
            pq_conninfoFree(options)
            return nil
        }
        defer { pq_freemem(words) }
        return withoutSecrets(words.map { String(cString: $0) } ?? "the URL cannot be read")
    }

    /// libpq's words on one line, without our password.
    func withoutSecrets(_ words: String) -> String {
        var result = words
        for secret in secrets { result = result.replacing(secret, with: "***") }
        return result.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.joined(separator: "; ")
    }

    private static func parsedSecrets(in text: String) -> [String] {
        guard Libpq.problem == nil, let options = pq_conninfoParse(text, nil) else { return [] }
        defer { pq_conninfoFree(options) }
        var found: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if ["password", "sslpassword"].contains(String(cString: keyword)), let value = option.pointee.val {
                found.append(String(cString: value))
            }
            option += 1
        }
        return found
    }

    /// As it stands in the URL, where libpq cannot read it or it is written with `%`.
    private static func writtenSecrets(in text: String) -> [String] {
        guard let start = text.range(of: "://"), let at = text[start.upperBound...].lastIndex(of: "@"),
            let colon = text[start.upperBound..<at].firstIndex(of: ":")
        else { return [] }
        return [String(text[text.index(after: colon)..<at])]
    }
}
#endif
