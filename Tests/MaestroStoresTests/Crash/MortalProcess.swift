// SPDX-License-Identifier: Apache-2.0
import MaestroStores
import Synchronization

/// A process that dies at one of its effects.
///
/// The effect and all that would follow do not happen, as in a process that is gone; what happened before stays.
final class MortalProcess: Sendable {
    /// What a store sees of its process's death.
    struct Death: Error {}

    private let state = Mutex((effects: [Effect](), isDead: false))
    private let isLast: @Sendable (Effect, Int) -> Bool

    /// Dies before the effect with this number, the first being 0; nil: lives, and notes its effects.
    init(diesBefore number: Int? = nil) { isLast = { $1 == number } }

    /// Dies right after the first such effect.
    init(diesAfter effect: Effect) {
        let isPast = Mutex(false)
        isLast = { next, _ in
            isPast.withLock { isPast in
                defer { isPast = isPast || next == effect }
                return isPast
            }
        }
    }

    /// All that it did so far.
    var effects: [Effect] { state.withLock { $0.effects } }
    var isDead: Bool { state.withLock { $0.isDead } }

    var observer: EffectObserver {
        { effect in
            try self.state.withLock { state in
                state.isDead = state.isDead || self.isLast(effect, state.effects.count)
                if state.isDead { throw Death() }
                state.effects.append(effect)
            }
        }
    }
}
