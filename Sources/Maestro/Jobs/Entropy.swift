// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Shannon entropy, in bits a byte.
enum Entropy {
    static func bits(of bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes[range] { counts[Int(byte)] += 1 }
        let total = Double(range.count)
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * log2(share)
        }
    }
}
