// SPDX-License-Identifier: Apache-2.0

/// How much is read, held and written at once.
package struct CopyPage: Hashable, Sendable {
    package var records = 500
    /// A single record may be larger.
    package var bytes = 8 << 20

    package init(records: Int = 500, bytes: Int = 8 << 20) {
        self.records = records
        self.bytes = bytes
    }

    /// How many of records with these sizes make one page: at least one.
    func count(of sizes: some Sequence<Int>) -> Int {
        var (count, sum) = (0, 0)
        for size in sizes {
            sum += size
            if count > 0, sum > bytes || count >= records { break }
            count += 1
        }
        return count
    }
}
