// SPDX-License-Identifier: Apache-2.0
import MaestroStores
import Synchronization
import struct SystemPackage.FilePath

/// When something else happens to an entry that a commit is about to change.
enum CommitMoment: Sendable, CaseIterable {
    /// The transaction is over, and nothing was written beside the entry yet.
    case beforeTheFirstFile
    /// The last moment before our text takes its place.
    case beforeTheExchange
    /// Ours has just taken it.
    case afterTheExchange

    /// Does `act` once, the first time that a commit comes by here.
    func doing(_ act: @escaping @Sendable () throws -> Void) -> EffectObserver {
        let state = Mutex((isExchanged: false, isDone: false))
        return { effect in
            let isNow = state.withLock { state in
                let isNow = !state.isDone && isHere(effect, isExchanged: state.isExchanged)
                state.isDone = state.isDone || isNow
                state.isExchanged = state.isExchanged || Self.isExchange(effect)
                return isNow
            }
            if isNow { try act() }
        }
    }

    private func isHere(_ effect: Effect, isExchanged: Bool) -> Bool {
        switch self {
        case .beforeTheFirstFile: Self.isExchange(effect) || Self.isNewFile(effect)
        case .beforeTheExchange: Self.isExchange(effect)
        case .afterTheExchange: isExchanged
        }
    }

    private static func isNewFile(_ effect: Effect) -> Bool {
        if case .makeFile(let path) = effect { isMemory(path) } else { false }
    }

    private static func isExchange(_ effect: Effect) -> Bool {
        switch effect {
        case .exchange(let path, _), .renameWithoutReplacing(let path, _): isMemory(path)
        default: false
        }
    }

    private static func isMemory(_ path: FilePath) -> Bool {
        path.removingLastComponent().lastComponent?.string == "memory"
    }
}
