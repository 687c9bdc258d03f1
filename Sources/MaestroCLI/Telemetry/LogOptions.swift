// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Logging

/// `--log-level` and `--log-format` of commands that run long.
struct LogOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("From debug to error (MAESTRO_LOG_LEVEL, else info).", valueName: "level")
    )
    var logLevel: String?
    @Option(name: .long, help: ArgumentHelp("text or json (MAESTRO_LOG_FORMAT, else text).", valueName: "format"))
    var logFormat: String?

    func validate() throws {
        do { _ = try logger(environment: [:]) } catch let failure as Failure { throw ValidationError(failure.message) }
    }

    /// The flag wins over the variable; an empty variable counts as unset.
    ///
    /// `quiet` is the level where nobody chose one.
    func logger(
        quiet: Logger.Level = .info,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Logger {
        let level = try Self.choice(
            Logger.Level.init(rawValue:),
            of: Logger.Level.allCases,
            from: ("--log-level", logLevel),
            (LogVariables.level, environment[LogVariables.level])
        )
        let format = try Self.choice(
            LogFormat.init(rawValue:),
            of: LogFormat.allCases,
            from: ("--log-format", logFormat),
            (LogVariables.format, environment[LogVariables.format])
        )
        return Logger(label: "maestro") { _ in LogOutput(level: level ?? quiet, format: format ?? .text) }
    }

    private static func choice<Value: RawRepresentable<String>>(
        _ make: (String) -> Value?,
        of all: [Value],
        from places: (name: String, text: String?)...
    ) throws -> Value? {
        guard let (name, text) = places.first(where: { $0.text?.isEmpty == false }), let text else { return nil }
        if let value = make(text.lowercased()) { return value }
        throw Failure.use(
            "`\(name)` is `\(text)`: it must be \(all.map(\.rawValue).joined(separator: ", "))"
        )
    }
}
