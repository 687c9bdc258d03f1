// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
package import SystemPackage

/// Which rung and dialect each server and model took last, and how long a prompt it takes, so that the next job starts there.
///
/// Kept in a small file beside the store. Losing it costs a few refused calls, so a file that cannot be read or written
/// is passed over: the ladder is then climbed down again.
package final class LadderMemory: Sendable {
    /// How a server wants to be asked.
    struct Manner: Hashable, Sendable, Codable {
        var rung: Rung
        var dialect = ChatRequest.Dialect()
        /// How many tokens it takes, where it has said so.
        var contextLimitTokens: Int?
    }

    /// Under this, nothing of a reflection would fit: a number misread, not a context.
    private static let plausibleLimits = 1024...100_000_000

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

    /// The limit stays as it was learned, also by a call that ran meanwhile.
    func remember(_ manner: Manner, for endpoint: Endpoint, model: String?) {
        change(endpoint, model) { known in
            let limit = known?.contextLimitTokens
            known = manner
            known?.contextLimitTokens = limit
        }
    }

    func contextLimitTokens(for endpoint: Endpoint, model: String?) -> Int? {
        manner(for: endpoint, model: model)?.contextLimitTokens.flatMap {
            Self.plausibleLimits.contains($0) ? $0 : nil
        }
    }

    /// Takes what a server named last; passes over what no context can be.
    func learn(contextLimitTokens limit: Int, for endpoint: Endpoint, asked manner: Manner, model: String?) {
        guard Self.plausibleLimits.contains(limit) else { return }
        change(endpoint, model) { known in
            known = known ?? manner
            known?.contextLimitTokens = limit
        }
    }

    /// The next prompt is made as the settings say: the server may have been given more room.
    func forgetContextLimit(of endpoint: Endpoint, model: String?) {
        change(endpoint, model) { $0?.contextLimitTokens = nil }
    }

    private func change(_ endpoint: Endpoint, _ model: String?, _ change: (inout Manner?) -> Void) {
        manners.withLock { manners in
            let key = Self.key(endpoint, model)
            let before = manners[key]
            change(&manners[key])
            guard manners[key] != before, let file else { return }
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
