// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `A line of the index` {
    private func chain(of jsons: [String]) -> [String] {
        var lines: [IndexLine] = []
        for json in jsons { lines.append(IndexLine(holding: json, after: lines.last)) }
        return lines.map(\.text)
    }

    @Test(arguments: ["{}", "{\"a\":1}", "{\"a\":\"\\\"seq\\\":7,\\\"prev\\\":\\\"x\\\",\\\"sha\\\":\\\"y\\\"}\"}"])
    func `is read as it was written`(json: String) throws {
        let first = IndexLine(holding: "{\"b\":2}", after: nil)
        let line = IndexLine(holding: json, after: first)
        #expect(IndexLine(reading: line.text) == line)
        #expect(line.sequence == 2)
        #expect(line.previous == first.sha)
    }

    @Test func `chains to the one before`() {
        #expect(IndexLine.firstBreak(in: chain(of: ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"])) == nil)
        #expect(IndexLine.firstBreak(in: chain(of: ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"]).dropFirst()) == nil)
    }

    @Test(arguments: ["changed", "left out", "moved", "cut off"])
    func `that was tampered with breaks the chain`(how: String) {
        var lines = chain(of: ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"])
        switch how {
        case "changed": lines[1] = lines[1].replacing("\"a\":2", with: "\"a\":9")
        case "left out": lines.remove(at: 1)
        case "moved": lines.swapAt(1, 2)
        default: lines[1] = String(lines[1].dropLast(9))
        }
        #expect(IndexLine.firstBreak(in: lines) == 2)
    }
}
