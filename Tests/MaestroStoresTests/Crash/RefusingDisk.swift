// SPDX-License-Identifier: Apache-2.0
import MaestroStores
import Maestro
import Synchronization

/// A disk that refuses one effect, or all from one on, as a full one does: what takes no room still works.
final class RefusingDisk: Sendable {
    private let state = Mutex(0)
    private let number: Int
    private let isOnce: Bool

    init(refuses number: Int, once isOnce: Bool) { (self.number, self.isOnce) = (number, isOnce) }

    var observer: EffectObserver {
        { effect in
            let current = self.state.withLock { count in
                defer { count += 1 }
                return count
            }
            switch effect {
            case .remove, .removeFolder: if !self.isOnce { return }
            default: break
            }
            guard self.isOnce ? current == self.number : current >= self.number else { return }
            throw StoreError.unusable("cannot do \(effect): No space left on device", hint: "make room")
        }
    }
}
