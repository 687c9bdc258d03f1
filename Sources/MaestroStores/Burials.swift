// SPDX-License-Identifier: Apache-2.0
import Maestro
import Synchronization

/// Jobs that were found dead and not told of yet.
///
/// One whose transaction is undone is told of all the same, and again when it is done once more.
final class Burials: Sendable {
    private let list = Mutex<[Burial]>([])

    func add(_ burial: Burial) { list.withLock { $0.append(burial) } }

    func take() -> [Burial] {
        list.withLock { list in
            defer { list = [] }
            return list
        }
    }
}
