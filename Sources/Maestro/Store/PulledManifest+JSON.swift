// SPDX-License-Identifier: Apache-2.0
import Foundation

extension PulledManifest {
    /// Of the file; it grows with every change of it that an older `maestro` would misread.
    private static let format = 1

    /// The text of the file, the same for the same values.
    package func json() throws -> String {
        let file = File(
            maestro: Self.format,
            user: user,
            pulledAt: pulledAt.formatted(Self.time),
            documents: File.list(documents),
            unfinished: unfinished.map(File.list)
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
    }

    /// - Throws: ``StoreError/unusable(_:hint:)`` where it is not a manifest, or one of a later `maestro`.
    package init(json: String) throws {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
        } catch {
            throw Self.unusable("it is not what `maestro pull` wrote")
        }
        guard file.maestro <= Self.format else { throw Self.unusable("a later version of Maestro wrote it") }
        guard let pulledAt = try? Self.time.parse(file.pulledAt) else { throw Self.unusable("its time cannot be read") }
        self.init(
            user: file.user,
            pulledAt: pulledAt,
            documents: try File.facts(file.documents),
            unfinished: try file.unfinished.map(File.facts)
        )
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func unusable(_ reason: String) -> StoreError {
        .unusable(
            "`.maestro/pulled.json` cannot be used: \(reason); nothing was changed",
            hint: "pull into a new folder, and copy into it what you edited in this one"
        )
    }

    private struct File: Codable {
        struct Document: Codable {
            let path: String
            let scope: Scope?
            let version: Int?
            let sha256: ContentHash
        }

        let maestro: Int
        let user: UserID
        let pulledAt: String
        let documents: [Document]
        let unfinished: [Document]?

        static func list(_ facts: [DocumentPath: Fact]) -> [Document] {
            facts.map { Document(path: $0.relative, scope: $0.scope, version: $1.version, sha256: $1.hash) }
                .sorted { $0.path < $1.path }
        }

        static func facts(_ list: [Document]) throws -> [DocumentPath: Fact] {
            var facts: [DocumentPath: Fact] = [:]
            for document in list {
                guard let path = DocumentPath(relative: document.path, in: document.scope) else {
                    throw PulledManifest.unusable("no document has the place `\(document.path)`")
                }
                facts[path] = Fact(version: document.version, hash: document.sha256)
            }
            return facts
        }
    }
}
