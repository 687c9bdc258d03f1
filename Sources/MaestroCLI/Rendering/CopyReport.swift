// SPDX-License-Identifier: Apache-2.0
import Maestro
import MaestroStores

/// What a copy did, as a table and as JSON: names that scripts depend on.
struct CopyReport {
    private static let shownLeftovers = 10

    let result: CopyResult

    var isEqual: Bool { result.comparison.isEqual }

    /// Which kinds differ, and for whom.
    var difference: String {
        result.comparison.lines.filter { !$0.isEqual }.map { line in
            let users = line.differing.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
            return "\(line.kind.words) (\(line.source) and \(line.target)) of \(users)"
        }.joined(separator: "; ")
    }

    var lines: [String] { table + leftovers + end }

    private var table: [String] {
        let rows = result.comparison.lines.map { line in
            [
                line.kind.words, "\(result.copied[line.kind] ?? 0)", "\(line.source)", "\(line.target)",
                line.isEqual ? "equal \(line.hash.prefix(12))" : "DIFFERENT",
            ]
        }
        let all = [["", "copied", "source", "destination", "hashes"]] + rows
        let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).enumerated().map { index, cell in
                let room = String(repeating: " ", count: cell.1 - cell.0.count)
                // Numbers stand to the right; nothing stands behind the last.
                return (1...3).contains(index) ? room + cell.0 : index == 4 ? cell.0 : cell.0 + room
            }
            return cells.joined(separator: "  ")
        }
    }

    private var leftovers: [String] {
        guard !result.leftovers.isEmpty else { return [] }
        let more = result.leftovers.count - Self.shownLeftovers
        return ["Not copied, because neither document nor known to the database:"]
            + result.leftovers.prefix(Self.shownLeftovers).map { "  \($0)" }
            + (more > 0 ? ["  and \(more) more"] : [])
    }

    private var end: [String] {
        guard isEqual else { return [] }
        guard result.isPaused else { return ["Both stores hold the same."] }
        return [
            "Both stores hold the same. The source is paused, and so is the copy: `maestro pause --all --off` starts it"
        ]
    }

    var json: JSONValue {
        .make([
            ("equal", .bool(isEqual)), ("paused", .bool(result.isPaused)),
            ("kinds", .array(result.comparison.lines.map(json))),
            ("leftovers", .array(result.leftovers.map(JSONValue.string))),
        ])
    }

    private func json(_ line: CopyComparison.Line) -> JSONValue {
        .make([
            ("kind", .string(line.kind.rawValue)), ("copied", ReceiptJSON.number(result.copied[line.kind] ?? 0)),
            ("source", ReceiptJSON.number(line.source)), ("destination", ReceiptJSON.number(line.target)),
            ("hash", .string(line.hash)), ("equal", .bool(line.isEqual)),
            ("differing", .array(line.differing.map(JSONValue.string))),
        ])
    }
}
