// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Logging
import Maestro

/// How a log line is written.
enum LogFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// `2026-11-25T09:30:00.123Z info job done job.id=a7 outcome=applied`.
    case text
    /// One object a line, with `time`, `level` and `message` first.
    case json

    /// One line without its end and without anything that would drive a terminal.
    func line(at time: Date, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        let time = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let data = metadata.sorted { $0.key < $1.key }
        switch self {
        case .text:
            let words = [time, level.rawValue, Self.onOneLine(message)]
            return (words + data.map { "\($0)=\(Self.text($1))" }).joined(separator: " ")
        case .json:
            let head: [(String, JSONValue)] = [
                ("time", .string(time)), ("level", .string(level.rawValue)), ("message", .string(message)),
            ]
            return Terminal.escaped(JSONValue.make(head + data.map { ($0, Self.value($1)) }).text)
        }
    }

    private static func text(_ value: Logger.MetadataValue) -> String {
        guard case .string(let text) = value else {
            let text = Self.value(value)
            return text.string ?? Terminal.escaped(text.text)
        }
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }
        guard !isPlain || text.contains("\"") || text.contains("=") else { return text }
        return onOneLine(JSONValue.string(text).text)
    }

    private static func onOneLine(_ text: String) -> String {
        Terminal.escaped(text.replacing("\n", with: "\\n").replacing("\t", with: "\\t"))
    }

    /// Numbers and claims stay what they are.
    private static func value(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as Int): .number("\(number)")
        case .stringConvertible(let claim as Bool): .bool(claim)
        case .stringConvertible(let other): .string("\(other)")
        case .array(let values): .array(values.map(Self.value))
        case .dictionary(let values):
            .make(values.sorted { $0.key < $1.key }.map { ($0.key, Self.value($0.value)) })
        @unknown default: .string("\(value)")
        }
    }
}
