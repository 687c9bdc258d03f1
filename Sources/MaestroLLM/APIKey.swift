// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Maestro
package import SystemPackage

/// Where the API key of a call comes from.
package enum APIKey: Hashable, Sendable {
    /// From the settings or a variable: the same as long as the process lives.
    case fixed(Secret)
    /// From a file that is read with every call, so that a key can be replaced under a worker that runs.
    case file(FilePath)

    /// The key as it is now.
    ///
    /// - Throws: ``ReflectorError/refused(_:status:)`` where a file has none, with the status that a call without a key would
    ///   get.
    package func read() throws(ReflectorError) -> Secret {
        switch self {
        case .fixed(let key): return try Self.checked(key, "the API key")
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path.string) else {
                throw Self.refusal("`\(path)` (`llm.apiKeyFile`) cannot be read; make it, readable only by you")
            }
            let key = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard !key.isEmpty else {
                throw Self.refusal("`\(path)` (`llm.apiKeyFile`) is empty; write the key into it")
            }
            return try Self.checked(Secret(key), "the API key in `\(path)` (`llm.apiKeyFile`)")
        }
    }

    /// A value with a line break would be refused later by an error that shows it.
    private static func checked(_ key: Secret, _ name: String) throws(ReflectorError) -> Secret {
        guard key.fitsHeader else {
            throw .refused("\(name) holds a character that no header may hold", status: 401)
        }
        return key
    }

    private static func refusal(_ sentence: String) -> ReflectorError {
        .refused(sentence + ": the next call reads it anew", status: 401)
    }
}

extension Secret {
    /// Whether a header can hold it.
    var fitsHeader: Bool { revealed.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
