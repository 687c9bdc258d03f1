// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import struct SystemPackage.FilePath

/// `maestro init`: the data folder, with a commented `maestro.yaml`.
///
/// Never overwrites.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the data folder and a commented maestro.yaml."
    )

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        _ = try await Composition.open(options)
        let file = options.dataFolder.appending("maestro.yaml")
        if FileManager.default.fileExists(atPath: file.string) {
            return Terminal.result("`\(file)` exists already and was left as it is")
        }
        guard
            FileManager.default.createFile(
                atPath: file.string,
                contents: Data(Self.template.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw Failure.work("`\(file)` cannot be written") }
        Terminal.result(["Made `\(file)`: every setting with its default, all commented out", "Next: maestro doctor"])
    }

    /// Every key with its default, commented out, under its section.
    static var template: String {
        var lines = [
            "# Maestro's settings. All lines are defaults: to change one, take away its # and that of the section above it.",
            "# A variable (MAESTRO_REFLECTION_MODE) wins over this file, a flag over both.",
        ]
        var section = ""
        for key in SettingKey.all {
            let parts = key.name.split(separator: ".").map(String.init)
            let head = parts.dropLast().joined(separator: ".")
            if head != section, !head.isEmpty {
                let own = head.split(separator: ".").map(String.init)
                lines += ["", "# \(String(repeating: "  ", count: own.count - 1))\(own.last ?? ""):"]
                section = head
            }
            let indent = String(repeating: "  ", count: parts.count - 1)
            let value = key.isLiteral ? " \(key.standard)" : ""
            let standard = key.isLiteral ? "" : " (\(key.standard))"
            lines.append("# \(indent)\(parts.last ?? ""):\(value)  # \(key.meaning)\(standard)")
            if key.name == "llm.maxConcurrent" {
                lines.append("#   headers:  # names and values that go with every call (none)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
