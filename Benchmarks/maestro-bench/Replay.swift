// SPDX-License-Identifier: Apache-2.0
import MaestroTesting

/// The statements of many runs of the same kind, as a script for `pgbench`: what differs from run to run comes from a table.
struct Replay {
    /// In their order.
    let sql: [String]
    /// For every run, the values of what differs.
    private let rows: [[String]]
    /// For every statement, its parameters: the column of the table, or the text that stands there always.
    private let parameters: [[Parameter]]

    private enum Parameter {
        case column(Int)
        case literal(String)
    }

    /// - Throws: where the runs are not made of the same statements.
    init(_ runs: [[LoggedStatement]]) throws {
        guard let first = runs.first, runs.allSatisfy({ $0.map(\.sql) == first.map(\.sql) }) else {
            throw BenchFailure("the runs are not made of the same statements")
        }
        sql = first.map(\.sql)
        var columns: [[String]] = []
        parameters = first.indices.map { statement in
            first[statement].values.indices.map { index in
                let values = runs.map { $0[statement].values[index] }
                guard let text = values[0] else { return .literal("NULL") }
                // `pgbench` takes a colon for the beginning of a variable, in quotes as well.
                if Set(values).count == 1, !text.contains(":") { return .literal(Self.quoted(text)) }
                columns.append(values.map { $0 ?? "" })
                return .column(columns.count)
            }
        }
        rows = runs.indices.map { run in columns.map { $0[run] } }
    }

    /// Makes the table, from which each run of a script takes the next row.
    var table: String {
        guard let width = rows.first?.count, width > 0 else { return "" }
        let columns = (1...width).map { "v\($0) text" }.joined(separator: ", ")
        let values = rows.enumerated().map { index, row in
            "(\(([String(index + 1)] + row.map(Self.quoted)).joined(separator: ", ")))"
        }
        return """
            CREATE SEQUENCE bench_next; CREATE TABLE bench_values (n bigint PRIMARY KEY, \(columns));
            INSERT INTO bench_values VALUES \(values.joined(separator: ",\n"));
            VACUUM ANALYZE bench_values;
            """
    }

    /// One run; `isPipelined`: sent all at once.
    func script(isPipelined: Bool) -> String {
        var lines: [String] = []
        if let width = rows.first?.count, width > 0 {
            let columns = (1...width).map { "v\($0)" }.joined(separator: ", ")
            lines.append(
                """
                WITH next AS MATERIALIZED (SELECT nextval('bench_next') AS n)
                SELECT \(columns) FROM bench_values JOIN next USING (n) \\gset
                """
            )
        }
        if isPipelined { lines.append("\\startpipeline") }
        for (sql, parameters) in zip(sql, parameters) { lines.append(Self.filled(sql, parameters) + ";") }
        if isPipelined { lines.append("\\endpipeline") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `$7` becomes a variable or a literal.
    private static func filled(_ sql: String, _ parameters: [Parameter]) -> String {
        var result = ""
        var rest = sql[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let digits = rest[rest.index(after: dollar)...].prefix { $0.isNumber }
            rest = rest[digits.endIndex...]
            guard let number = Int(digits), parameters.indices.contains(number - 1) else {
                result += "$" + digits
                continue
            }
            switch parameters[number - 1] {
            case .column(let column): result += ":v\(column)"
            case .literal(let text): result += text
            }
        }
        return result + rest
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
