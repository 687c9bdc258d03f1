// SPDX-License-Identifier: Apache-2.0
#if Postgres
import CPostgres

/// Owns one `PGresult`.
struct ResultHandle: ~Copyable {
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }
    deinit { pq_clear(pointer) }

    var hasFailed: Bool {
        switch pq_resultStatus(pointer) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE, PGRES_NONFATAL_ERROR,
            PGRES_PIPELINE_SYNC:
            false
        default: true
        }
    }

    /// Behind the answers to all statements that were sent together.
    var isEndOfPipeline: Bool { pq_resultStatus(pointer) == PGRES_PIPELINE_SYNC }

    /// Its SQLSTATE; empty for words of libpq.
    var state: String { field("C") ?? "" }

    /// The server's words, and what they are worth; words of libpq have no SQLSTATE and mean a broken connection.
    func error(_ url: PostgresURL) -> PostgresError {
        let state = state
        var words = field("M") ?? pq_resultErrorMessage(pointer).map { String(cString: $0) } ?? "no reason given"
        for more in [field("D"), field("H")].compactMap(\.self) { words += "; \(more)" }
        words = url.withoutSecrets(words)
        return state.isEmpty ? .connectionLost(words) : PostgresError(state: state, words)
    }

    /// Appends what it holds.
    func read(into answer: inout Answer) {
        let columns = pq_nfields(pointer)
        var names: [String: Int] = [:]
        for column in 0..<columns {
            if let name = pq_fname(pointer, column) { names[String(cString: name)] = Int(column) }
        }
        for row in 0..<pq_ntuples(pointer) {
            let values = (0..<columns).map { column in
                pq_getisnull(pointer, row, column) == 1 ? nil : text(row, column)
            }
            answer.rows.append(Answer.Row(columns: names, values: values))
        }
        answer.changed += pq_cmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    private func text(_ row: Int32, _ column: Int32) -> String {
        guard let start = pq_getvalue(pointer, row, column) else { return "" }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(pq_getlength(pointer, row, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A field of the error by libpq's letter for it: the header's names for them are characters, which Swift does not
    /// import.
    private func field(_ letter: Unicode.Scalar) -> String? {
        pq_resultErrorField(pointer, Int32(letter.value)).map { String(cString: $0) }
    }
}
#endif
