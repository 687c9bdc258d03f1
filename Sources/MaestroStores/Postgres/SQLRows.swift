// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// Values that become rows in one statement, through `json_to_recordset` and its like.
struct SQLRows: SQLValue {
    let sqlText: String?

    /// Zero bytes, which PostgreSQL refuses inside JSON as well, become the sign for what cannot be shown.
    init(_ rows: some Encodable) throws {
        sqlText = Self.withoutZeroBytes(try JSONText.encoding(rows))
    }

    init?(sqlText: String) { self.sqlText = sqlText }

    private static func withoutZeroBytes(_ json: String) -> String {
        let escape = Array("\\u0000".utf8)
        guard json.contains("\\u0000") else { return json }
        var bytes: [UInt8] = []
        var rest = Array(json.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: escape) {
                bytes += Array("\\ufffd".utf8)
                rest = rest.dropFirst(escape.count)
            } else if byte == UInt8(ascii: "\\") {
                // Whatever it escapes, a backslash too, is not the beginning of another escape.
                bytes += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
