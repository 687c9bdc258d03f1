// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Logging
import Synchronization
import Testing

@testable import MaestroCLI

@Suite struct `Log lines` {
    private static let hostile = "a\u{1B}[2J\nb \"c\"\u{202E}"

    @Test(arguments: [
        (Logger.MetadataValue.string("job-1"), "job-1", #""job-1""#),
        ("two words", #""two words""#, #""two words""#),
        ("", #""""#, #""""#),
        ("a=b", #""a=b""#, #""a=b""#),
        (.string(hostile), #""a\u001b[2J\nb \"c\"\u202e""#, #""a\u001b[2J\nb \"c\"\u202e""#),
        (.stringConvertible(12), "12", "12"),
        (.stringConvertible(true), "true", "true"),
        (.array(["a", "b"]), #"["a","b"]"#, #"["a","b"]"#),
    ])
    func `hold every value on one line, unmistakably`(value: Logger.MetadataValue, text: String, json: String) {
        let metadata: Logger.Metadata = ["z.key": value, "a.key": .string("1")]
        #expect(
            LogFormat.text.line(at: WorkEvents.now, .info, "job done", metadata)
                == "2026-05-28T20:26:40.000Z info job done a.key=1 z.key=\(text)"
        )
        #expect(
            LogFormat.json.line(at: WorkEvents.now, .info, "job done", metadata)
                == #"{"time":"2026-05-28T20:26:40.000Z","level":"info","message":"job done","a.key":"1","z.key":"#
                + json + "}"
        )
    }

    @Test func `below the level are not written, and the logger's own data is in each`() {
        let written = Written()
        var logger = Logger(label: "test") { _ in
            LogOutput(level: .notice, format: .text, now: { WorkEvents.now }, write: { written.add($0) })
        }
        logger[metadataKey: "host"] = "a"
        logger.info("job done")
        logger.warning("job postponed", metadata: ["due": "now"])
        #expect(written.lines == ["2026-05-28T20:26:40.000Z warning job postponed due=now host=a"])
    }

    @Test(arguments: [
        ([], [:], Logger.Level.info), (["--log-level", "debug"], ["MAESTRO_LOG_LEVEL": "error"], .debug),
        ([], ["MAESTRO_LOG_LEVEL": "ERROR"], .error), ([], ["MAESTRO_LOG_LEVEL": ""], .info),
    ])
    func `have the level of the flag, else of the variable`(
        arguments: [String],
        environment: [String: String],
        level: Logger.Level
    ) throws {
        #expect(try LogOptions.parse(arguments).logger(environment: environment).logLevel == level)
    }

    @Test(arguments: [["--log-level", "loud"], ["--log-format", "xml"]])
    func `of a level or format that nobody knows are wrong use`(arguments: [String]) {
        #expect(throws: (any Error).self) { try LogOptions.parse(arguments) }
    }

    private final class Written: Sendable {
        private let all = Mutex<[String]>([])
        var lines: [String] { all.withLock(\.self) }
        func add(_ line: String) { all.withLock { $0.append(line) } }
    }
}
