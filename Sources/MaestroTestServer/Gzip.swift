// SPDX-License-Identifier: Apache-2.0

/// Packs as gzip does, without making anything smaller but a run of one letter: enough for a client that must unpack.
package enum Gzip {
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    /// `bytes` in stored blocks.
    package static func packed(_ bytes: [UInt8]) -> [UInt8] {
        var result = header
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            result += [rest.isEmpty ? 1 : 0] + littleEndian(UInt16(block.count)) + littleEndian(~UInt16(block.count))
            result += block
        } while !rest.isEmpty
        return result + littleEndian(checksum(bytes)) + littleEndian(UInt32(truncatingIfNeeded: bytes.count))
    }

    /// About `count` times the letter `a`, in a 160th of the bytes and without a checksum: to be too much for whoever
    /// unpacks it.
    package static func bomb(count: Int) -> [UInt8] {
        // One block of fixed codes: the letter, then copies of the 258 letters before.
        let letter = "10010001"
        let bits = "110" + letter + String(repeating: "11000101" + "00000", count: count / 258) + "0000000"
        var result = header
        var (byte, filled) = (UInt8(0), 0)
        for bit in bits.utf8 {
            byte |= (bit & 1) << UInt8(filled)
            filled += 1
            if filled == 8 {
                result.append(byte)
                (byte, filled) = (0, 0)
            }
        }
        return result + [byte] + Array(repeating: 0, count: 8)
    }

    private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }

    /// CRC-32.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
        }
        return ~sum
    }
}
