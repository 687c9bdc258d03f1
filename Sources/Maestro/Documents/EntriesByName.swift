// SPDX-License-Identifier: Apache-2.0

/// Finds a few entries of one folder by their names, among thousands.
///
/// A table of places instead of a dictionary: to hash and copy ten thousand names took longer than all that is looked for.
package struct EntriesByName: Sendable {
    private let entries: [MemoryEntry]
    /// Places in ``entries`` from 1 on, 0 where there is none: each at the number of its name, or the next free one after it.
    ///
    /// A power of two, and at most half full.
    private let slots: [UInt32]

    package init(_ entries: [MemoryEntry]) {
        self.entries = entries
        var slots = [UInt32](repeating: 0, count: 1 << (Int.bitWidth - entries.count.leadingZeroBitCount + 1))
        for (place, entry) in entries.enumerated() {
            var slot = Int(entry.nameNumber) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(place + 1)
        }
        self.slots = slots
    }

    /// The place among the entries of the first with this name; nil where none has it.
    package func place(of name: String) -> Int? {
        let number = WordNumber.of(name)
        var slot = Int(number) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if entries[place].nameNumber == number, entries[place].name.rawValue == name { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}
