// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
package import SystemPackage

/// Which rung each server and model took last, so that the next job starts there.
///
/// Kept in a small file beside the store. Losing it costs a few refused calls, so a file that cannot be read or written
/// is passed over: the ladder is then climbed down again.
package final class LadderMemory: Sendable {
    private let file: FilePath?
    private let rungs: Mutex<[String: Rung]>

    /// Without a file, rungs are remembered for the life of the process.
    package init(file: FilePath? = nil) {
        self.file = file
        var known: [String: Rung] = [:]
        if let file, let data = FileManager.default.contents(atPath: file.string) {
            known = (try? JSONDecoder().decode([String: Rung].self, from: data)) ?? [:]
        }
        rungs = Mutex(known)
    }

    func rung(for endpoint: Endpoint, model: String?) -> Rung? { rungs.withLock { $0[Self.key(endpoint, model)] } }

    func remember(_ rung: Rung, for endpoint: Endpoint, model: String?) {
        rungs.withLock { rungs in
            guard rungs.updateValue(rung, forKey: Self.key(endpoint, model)) != rung, let file else { return }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            // A cache: see above.
            if let data = try? encoder.encode(rungs) {
                try? data.write(to: URL(filePath: file.string), options: .atomic)
            }
        }
    }

    private static func key(_ endpoint: Endpoint, _ model: String?) -> String { "\(endpoint.chatURL) \(model ?? "")" }
}
