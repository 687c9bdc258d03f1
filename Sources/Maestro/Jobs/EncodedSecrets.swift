// SPDX-License-Identifier: Apache-2.0

/// Finds secrets that stand in base64 or percent-encoded: a run of such letters is decoded, and goes whole.
struct EncodedSecrets: Sendable {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    let scanner: SecretScanner

    /// Shorter runs hold no secret of a known shape.
    private static let shortest = 24
    private static let none: UInt8 = 0xFF
    /// The six bits of a letter, of both alphabets.
    private static let bits: [UInt8] = {
        var table = [UInt8](repeating: none, count: 256)
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        for (value, letter) in letters.utf8.enumerated() { table[Int(letter)] = UInt8(value) }
        for (letter, value) in zip("+/-_".utf8, [62, 63, 62, 63] as [UInt8]) { table[Int(letter)] = value }
        return table
    }()
    /// What a percent-encoded value is made of.
    private static let percent: [Bool] = (0...255).map { byte in
        bits[byte] < 62 || "%-._~+".utf8.contains(UInt8(byte))
    }

    /// From left to right.
    func finds(in bytes: UnsafeBufferPointer<UInt8>) -> [SecretFind] {
        var finds: [SecretFind] = []
        var index = 0
        Self.bits.withUnsafeBufferPointer { bits in
            while index < bytes.count {
                let start = index
                while index < bytes.count, bits[Int(bytes[index])] != Self.none { index += 1 }
                if index - start >= Self.shortest, let find = base64(bytes, start..<index, bits) { finds.append(find) }
                if index < bytes.count, bytes[index] == UInt8(ascii: "%") {
                    let run = percentRun(bytes, around: index, after: finds.last?.range.upperBound ?? 0)
                    if let find = percentEncoded(bytes, run) { finds.append(find) }
                    index = max(run.upperBound, index)
                }
                index += 1
            }
        }
        return finds
    }

    private func find(in decoded: [UInt8], at range: Range<Int>) -> SecretFind? {
        decoded.withUnsafeBufferPointer { scanner.finds(in: $0).first }.map { SecretFind(range: range, name: $0.name) }
    }

    // MARK: - Base64

    private func base64(_ bytes: Bytes, _ run: Range<Int>, _ bits: Bytes) -> SecretFind? {
        // Behind `\n` in JSON the run has a letter too many.
        let isEscaped = run.lowerBound > 0 && bytes[run.lowerBound - 1] == UInt8(ascii: "\\")
        let start = run.lowerBound + (isEscaped ? 1 : 0)
        guard let head = decoded(bytes, start..<min(start + 16, run.upperBound), bits), !head.isEmpty,
            let text = decoded(bytes, start..<run.upperBound, bits)
        else { return nil }
        var end = run.upperBound
        while end < bytes.count, bytes[end] == UInt8(ascii: "="), end - run.upperBound < 2 { end += 1 }
        return find(in: text, at: start..<end)
    }

    /// Nil where it is not the text of something: an image, a hash, a path.
    private func decoded(_ bytes: Bytes, _ range: Range<Int>, _ bits: Bytes) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(range.count / 4 * 3)
        var (buffer, count) = (UInt32(0), 0)
        for index in range {
            buffer = buffer << 6 | UInt32(bits[Int(bytes[index])])
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            let byte = UInt8(truncatingIfNeeded: buffer >> UInt32(count))
            guard byte >= 0x20 && byte < 0x7F || (0x09...0x0D).contains(byte) else { return nil }
            result.append(byte)
        }
        return result
    }

    // MARK: - Percent

    private func percentRun(_ bytes: Bytes, around place: Int, after least: Int) -> Range<Int> {
        var (start, end) = (place, place)
        while start > least, Self.percent[Int(bytes[start - 1])] { start -= 1 }
        while end < bytes.count, Self.percent[Int(bytes[end])] { end += 1 }
        return start..<end
    }

    private func percentEncoded(_ bytes: Bytes, _ run: Range<Int>) -> SecretFind? {
        guard run.count >= Self.shortest else { return nil }
        var decoded: [UInt8] = []
        var index = run.lowerBound
        while index < run.upperBound {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < run.upperBound,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return find(in: decoded, at: run)
    }
}
