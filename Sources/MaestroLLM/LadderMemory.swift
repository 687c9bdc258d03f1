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
        /// When it said so; nil in files of older versions.
        var contextLimitLearned: Date?
    }

    private struct State {
        /// What brought a reply, by server and model: what the file holds.
        var proven: [String: Manner]
        /// What a refusal asked for and no reply has proven yet.
        var tried: [String: Manner] = [:]
    }

    /// Under this, nothing of a reflection would fit: a number misread, not a context.
    private static let plausibleLimits = 1024...100_000_000
    /// How long a limit is believed: a server may be given more room, and says nothing of it.
    private static let limitLifetime: TimeInterval = 86_400

    private let file: FilePath?
    private let state: Mutex<State>

    /// Without a file, manners are remembered for the life of the process.
    package init(file: FilePath? = nil) {
        self.file = file
        state = Mutex(State(proven: file.map(Self.read) ?? [:]))
    }

    func manner(for endpoint: Endpoint, model: String?) -> Manner? {
        let key = Self.key(endpoint, model)
        return state.withLock { $0.tried[key] ?? $0.proven[key] }
    }

    /// The next call begins with what a refusal asked for, whatever becomes of this one: the refused forms are not tried
    /// before each.
    func attempt(_ manner: Manner, for endpoint: Endpoint, model: String?) {
        state.withLock { $0.tried[Self.key(endpoint, model)] = manner }
    }

    /// The refusals were not about the form of the question.
    func forgetAttempt(at endpoint: Endpoint, model: String?) {
        state.withLock { $0.tried[Self.key(endpoint, model)] = nil }
    }

    /// What brought a reply is kept.
    ///
    /// The limit stays as it was learned, also by a call that ran meanwhile.
    func remember(_ manner: Manner, for endpoint: Endpoint, model: String?) {
        forgetAttempt(at: endpoint, model: model)
        change(endpoint, model) { known in
            var manner = manner
            manner.contextLimitTokens = known?.contextLimitTokens
            manner.contextLimitLearned = known?.contextLimitLearned
            known = manner
        }
    }

    /// Nil where none is known, or it was learned so long ago that it is worth another try.
    func contextLimitTokens(for endpoint: Endpoint, model: String?, at now: Date) -> Int? {
        let known = state.withLock { $0.proven[Self.key(endpoint, model)] }
        guard let limit = known?.contextLimitTokens, let learned = known?.contextLimitLearned,
            Self.plausibleLimits.contains(limit), abs(now.timeIntervalSince(learned)) < Self.limitLifetime
        else { return nil }
        return limit
    }

    /// Takes what a server named last; passes over what no context can be.
    func learn(
        contextLimitTokens limit: Int,
        for endpoint: Endpoint,
        asked manner: Manner,
        model: String?,
        at now: Date
    ) {
        guard Self.plausibleLimits.contains(limit) else { return }
        change(endpoint, model) { known in
            known = known ?? manner
            known?.contextLimitTokens = limit
            known?.contextLimitLearned = now
        }
    }

    /// The next prompt is made as the settings say: the server may have been given more room.
    func forgetContextLimit(of endpoint: Endpoint, model: String?) {
        change(endpoint, model) {
            $0?.contextLimitTokens = nil
            $0?.contextLimitLearned = nil
        }
    }

    private func change(_ endpoint: Endpoint, _ model: String?, _ change: (inout Manner?) -> Void) {
        state.withLock { state in
            let key = Self.key(endpoint, model)
            let before = state.proven[key]
            change(&state.proven[key])
            guard state.proven[key] != before, let file else { return }
            Self.write(state.proven, to: file)
        }
    }

    private static func read(_ file: FilePath) -> [String: Manner] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode([String: Manner].self, from: Data(contentsOf: URL(filePath: file.string)))
        } catch {
            // A cache: see above.
            return [:]
        }
    }

    private static func write(_ manners: [String: Manner], to file: FilePath) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
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
