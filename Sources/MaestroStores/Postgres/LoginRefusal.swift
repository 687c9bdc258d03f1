// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// Why a server would not let us in, read from libpq's verbose words: whatever language they are in, the SQLSTATE is the
/// same.
struct LoginRefusal {
    /// The SQLSTATE of each server that answered; none: nobody did.
    let states: [String]
    /// What people read: without codes and places in the server's source.
    let words: String

    /// `FATAL:  28P01: password authentication failed …`, then `LOCATION:  auth_failed, auth.c:326`; once for each host.
    init(_ verbose: String) {
        var states: [String] = [], lines: [String] = []
        for line in verbose.split(whereSeparator: \.isNewline) {
            if let colon = line.firstIndex(of: ":"), Self.isPlace(line[line.index(after: colon)...]) { continue }
            guard let state = Self.state(in: line) else {
                lines.append(String(line))
                continue
            }
            states.append(String(line[state]))
            let rest = line[state.upperBound...].dropFirst(2)
            lines.append("\(line[..<state.lowerBound])\(rest)")
        }
        self.states = states
        words = lines.joined(separator: "\n")
    }

    /// Final where every server that answered said no in a way that no waiting changes.
    func error(_ url: PostgresURL) -> PostgresError {
        let words = url.withoutSecrets(words)
        let errors = states.map { PostgresError(state: $0, words) }
        return errors.first.flatMap { first in errors.contains(where: \.isRetryable) ? nil : first }
            ?? .connectionLost(words)
    }

    /// Two blanks, five characters and a colon.
    private static func state(in line: Substring) -> Range<Substring.Index>? {
        var start = line.startIndex
        while let colon = line[start...].firstIndex(of: ":") {
            let rest = line[colon...].dropFirst()
            if rest.hasPrefix("  "), rest.dropFirst(7).hasPrefix(": ") {
                let code = rest.dropFirst(2).prefix(5)
                if code.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }) {
                    return code.startIndex..<code.endIndex
                }
            }
            start = line.index(after: colon)
        }
        return nil
    }

    /// `  auth_failed, auth.c:326`: the word before it is in the server's language.
    private static func isPlace(_ words: Substring) -> Bool {
        guard words.hasPrefix("  "), let dot = words.firstRange(of: ".c:") else { return false }
        return words.contains(", ") && Int(words[dot.upperBound...]) != nil
    }
}
#endif
