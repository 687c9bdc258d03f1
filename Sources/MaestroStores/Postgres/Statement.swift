// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// One statement with its parameters, `$1` and on, as texts; their types are what the statement makes of them.
struct Statement: Sendable {
    let sql: String
    let values: [String?]

    init(_ sql: String, _ values: any SQLValue...) { self.init(sql, values) }

    init(_ sql: String, _ values: [any SQLValue]) {
        self.sql = sql
        self.values = values.map(\.sqlText)
    }

    /// Hands the parameters to libpq, which copies them before it returns: how many, and zero-terminated texts.
    func withValues(_ send: (Int32, UnsafePointer<UnsafePointer<CChar>?>) -> Int32) -> Int32 {
        var bytes: [UInt8] = []
        var starts: [Int?] = []
        for value in values {
            starts.append(value.map { _ in bytes.count })
            if let value {
                bytes.append(contentsOf: value.utf8)
                bytes.append(0)
            }
        }
        return bytes.withUnsafeBytes { buffer in
            let texts = buffer.assumingMemoryBound(to: CChar.self)
            let pointers: [UnsafePointer<CChar>?] = starts.map { start in
                start.flatMap { texts.baseAddress?.advanced(by: $0) }
            }
            return send(Int32(values.count), pointers)
        }
    }
}

/// Statements that travel together: one round trip for all of them, and each sees what those before it did.
struct Batch: Sendable {
    private(set) var statements: [Statement] = []

    /// Where its answer will stand; nil for none.
    @discardableResult
    mutating func add(_ statement: Statement?) -> Int? {
        guard let statement else { return nil }
        statements.append(statement)
        return statements.count - 1
    }
}
#endif
