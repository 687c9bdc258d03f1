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
        var known: [String: Manner] = [:]
        if let file, let data = FileManager.default.contents(atPath: file.string) {
            known = (try? JSONDecoder().decode([String: Manner].self, from: data)) ?? [:]
        }
        manners = Mutex(known)
    }

    func manner(for endpoint: Endpoint, model: String?) -> Manner? {
        manners.withLock { $0[Self.key(endpoint, model)] }
    }

    func remember(_ manner: Manner, for endpoint: Endpoint, model: String?) {
        manners.withLock { manners in
            guard manners.updateValue(manner, forKey: Self.key(endpoint, model)) != manner, let file else { return }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            // A cache: see above.
            if let data = try? encoder.encode(manners) {
                try? data.write(to: URL(filePath: file.string), options: .atomic)
            }
        }
    }

    /// Never with the query, which may hold a key.
    private static func key(_ endpoint: Endpoint, _ model: String?) -> String {
        "\(endpoint.chatAddress) \(model ?? "")"
    }
}
