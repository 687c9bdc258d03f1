// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One statement as the server's log tells of it (`log_min_duration_statement = 0`, `log_line_prefix = '%p:'`).
struct LoggedStatement {
    let sql: String
    /// Its parameters in order; nil: NULL.
    var values: [String?] = []
    /// Milliseconds on the server.
    var parse = 0.0
    /// With the making of the plan.
    var bind = 0.0
    var execute = 0.0

    var total: Double { parse + bind + execute }

    /// The statements of one connection, in order.
    static func statements(in log: String) -> [LoggedStatement] {
        var statements: [LoggedStatement] = []
        var open: LoggedStatement?
        for message in messages(in: log) {
            if let values = message.after("DETAIL:  parameters: ") ?? message.after("DETAIL:  Parameters: ") {
                open?.values = parameters(in: values)
            }
            guard let words = message.after("LOG:  duration: "), let space = words.firstIndex(of: " "),
                let milliseconds = Double(words[..<space])
            else { continue }
            let step = words[space...].drop { $0 == " " }.dropFirst("ms  ".count)
            guard let colon = step.range(of: ": ") else { continue }
            let sql = String(step[colon.upperBound...]).replacing("\n\t", with: "\n")
            switch step.prefix(while: { $0 != " " }) {
            case "parse":
                if let done = open { statements.append(done) }
                open = LoggedStatement(sql: sql, parse: milliseconds)
            case "bind":
                // One that was prepared before is not parsed again.
                if let done = open, done.bind > 0 || done.sql != sql {
                    statements.append(done)
                    open = LoggedStatement(sql: sql)
                }
                open = open ?? LoggedStatement(sql: sql)
                open?.bind = milliseconds
            case "execute": open?.execute = milliseconds
            default: continue
            }
        }
        return statements + [open].compactMap(\.self)
    }

    /// Lines that begin with a tab continue the one before.
    private static func messages(in log: String) -> [Substring] {
        var messages: [Substring] = []
        var start = log.startIndex
        var index = log.startIndex
        while let end = log[index...].utf8.firstIndex(of: UInt8(ascii: "\n")) {
            index = log.utf8.index(after: end)
            if index < log.endIndex, log.utf8[index] == UInt8(ascii: "\t") { continue }
            messages.append(log[start..<end])
            start = index
        }
        return messages
    }

    /// `$1 = 'it''s', $2 = NULL`.
    private static func parameters(in text: Substring) -> [String?] {
        var values: [String?] = []
        var rest = text.utf8[...]
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            rest = rest[rest.index(equals, offsetBy: 2)...]
            guard rest.first == UInt8(ascii: "'") else {
                values.append(nil)
                rest = rest.dropFirst("NULL".count)
                continue
            }
            rest = rest.dropFirst()
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "'") {
                    guard rest.first == UInt8(ascii: "'") else { break }
                    rest = rest.dropFirst()
                }
                bytes.append(byte)
            }
            values.append(String(decoding: bytes, as: UTF8.self).replacing("\n\t", with: "\n"))
        }
        return values
    }
}

extension Substring {
    /// What follows `mark`, where it stands behind the number of the process.
    fileprivate func after(_ mark: String) -> Substring? {
        let words = drop { $0.isNumber }.dropFirst()
        return words.hasPrefix(mark) ? words.dropFirst(mark.count) : nil
    }
}
