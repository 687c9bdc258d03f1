// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
package import SystemPackage

/// Which rung and dialect each server and model took last, so that the next job starts there.
///
/// Kept in a small file beside the store. Losing it costs a few refused calls, so a file that cannot be read or written
/// is passed over: the ladder is then climbed down again.
package final class LadderMemory: Sendable {
    /// How a server wants to be asked.
    struct Manner: Hashable, Sendable, Codable {
        var rung: Rung
        var dialect = ChatRequest.Dialect()
    }

    private let file: FilePath?
    private let manners: Mutex<[String: Manner]>

    /// Without a file, manners are remembered for the life of the process.
    package init(file: FilePath? = nil) {
        self.file = file
        manners = Mutex(file.map(Self.read) ?? [:])
    }

    func manner(for endpoint: Endpoint, model: String?) -> Manner? {
        manners.withLock { $0[Self.key(endpoint, model)] }
    }

    func remember(_ manner: Manner, for endpoint: Endpoint, model: String?) {
        manners.withLock { manners in
            guard manners.updateValue(manner, forKey: Self.key(endpoint, model)) != manner, let file else { return }
            Self.write(manners, to: file)
        }
    }

    private static func read(_ file: FilePath) -> [String: Manner] {
        do {
            return try JSONDecoder().decode([String: Manner].self, from: Data(contentsOf: URL(filePath: file.string)))
        } catch {
            // A cache: see above.
            return [:]
        }
    }

    private static func write(_ manners: [String: Manner], to file: FilePath) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(manners).write(to: URL(filePath: file.string), options: .atomic)
        } catch {
            // A cache: see above.
            return
        }
    }

    /// Never with the query, which may hold a key.
    private static func key(_ endpoint: Endpoint, _ model: String?) -> String {
        "\(endpoint.chatAddress) \(model ?? "")"
    }
}
