// SPDX-License-Identifier: Apache-2.0
package import Maestro
import struct SystemPackage.FilePath

extension LocalStore {
    /// Checks a data folder that may have no database, or one that cannot be opened: then the files are looked at alone.
    ///
    /// Makes nothing that is missing, except with `repair`.
    package static func check(
        _ configuration: Configuration,
        user: UserID? = nil,
        repair: Bool = false
    ) async throws -> [CheckFinding] {
        let configuration = configuration.absolute
        let files = FilesCheck(configuration: configuration, user: user)
        switch try await onOwnThread({ try files.state() }) {
        case .nothing(let finding): return [finding]
        case .missing(let finding):
            guard repair else { return try await onOwnThread { [finding] + (try files.findings()) } }
            try await onOwnThread { try files.setLogAside() }
            var made = finding
            made.mended = Repair.makeDatabase.sentence
            let store = try await LocalStore.open(configuration)
            defer { store.presence.end() }
            return [made] + (try await store.check(user: user, repair: repair))
        case .there: break
        }
        do {
            let store = try await open(configuration, sweeping: false)
            defer { store.presence.end() }
            return try await store.check(user: user, repair: repair)
        } catch StoreError.unusable(let sentence, let hint) {
            let finding = files.unusable(sentence, hint)
            // What is older than a database that nobody could read, nobody knows.
            return try await onOwnThread {
                [finding] + (try files.findings()).filter { ![.indexOlder, .snapshotOlder].contains($0.code) }
            }
        }
    }
}
