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

    /// Does `act` once, the first time that a commit comes by here.
    func doing(_ act: @escaping @Sendable () throws -> Void) -> EffectObserver {
        let isDone = Mutex(false)
        return { effect in
            let isNow = isDone.withLock { isDone in
                defer { isDone = isDone || isHere(effect) }
                return !isDone && isHere(effect)
            }
            if isNow { try act() }
        }
    }

    private func isHere(_ effect: Effect) -> Bool {
        Self.isExchange(effect) || (self == .beforeTheFirstFile && Self.isNewFile(effect))
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
