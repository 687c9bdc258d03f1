// SPDX-License-Identifier: Apache-2.0

/// One line of a file: where it starts, where its words end, and where the next one starts.
struct FrontMatterLine: Sendable {
    let start: Int
    let end: Int
    let next: Int
    let indentation: Int

    init(startingAt start: Int, in bytes: [UInt8]) {
        self.start = start
        var index = start
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        next = min(index + 1, bytes.count)
        end = index > start && bytes[index - 1] == 0x0D ? index - 1 : index
        var first = start
        while first < end, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
        indentation = first - start
    }

    var content: Int { start + indentation }
    var isBlank: Bool { content == end }

    func isComment(in bytes: [UInt8]) -> Bool { !isBlank && bytes[content] == UInt8(ascii: "#") }

    /// A list item: `- a`.
    func isItem(in bytes: [UInt8]) -> Bool {
        !isBlank && bytes[content] == UInt8(ascii: "-") && (content + 1 == end || bytes[content + 1] == 0x20)
    }

    /// `---`, with nothing but white space behind it.
    func isFence(in bytes: [UInt8]) -> Bool {
        guard indentation == 0, end - start >= 3, bytes[start..<start + 3].allSatisfy({ $0 == UInt8(ascii: "-") })
        else {
            return false
        }
        return bytes[start + 3..<end].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
}
