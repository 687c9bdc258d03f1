// SPDX-License-Identifier: Apache-2.0

/// The front matter of an entry's file: which keys it has, and where each value stands in the bytes.
///
/// Not a YAML parser: it finds one-line, quoted, folded and literal values of top-level keys and of the keys under
/// `metadata:`, and steps over everything else, so that what other tools write survives byte for byte.
struct FrontMatter: Sendable {
    /// Largest front matter that is read, in bytes.
    static let maxBytes = 64 * 1024

    let fields: [FrontMatterField]
    /// Index of the first byte after the closing line.
    let end: Int

    init(of bytes: [UInt8]) throws(FrontMatterProblem) {
        guard !bytes.isEmpty else { throw FrontMatterProblem("the file is empty") }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var lines: [FrontMatterLine] = []
        var index = start
        while index < bytes.count {
            let line = FrontMatterLine(startingAt: index, in: bytes)
            index = line.next
            if lines.isEmpty, !line.isFence(in: bytes) {
                throw FrontMatterProblem("it has no front matter (a first line `---`)")
            }
            if !lines.isEmpty, line.isFence(in: bytes) {
                var scanner = FrontMatterScanner(bytes: bytes, lines: Array(lines.dropFirst()))
                fields = try scanner.mapping(depth: 0)
                end = index
                return
            }
            if index - start > Self.maxBytes { throw FrontMatterProblem("its front matter is larger than 64 KB") }
            lines.append(line)
        }
        throw FrontMatterProblem(
            lines.isEmpty ? "the file is empty" : "its front matter has no end (a second line `---`)"
        )
    }

    /// The fields called `key`: at top level first, then under `metadata:`.
    func fields(named key: String) -> [FrontMatterField] {
        fields.filter { $0.key == key }
            + fields.filter { $0.key == "metadata" }.flatMap(\.children).filter { $0.key == key }
    }
}
