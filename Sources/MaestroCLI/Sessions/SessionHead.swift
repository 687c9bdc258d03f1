// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// What the first lines of a session say of it: cheap, however long it is.
struct SessionHead: Hashable, Sendable {
    /// Enough for the first turns of nearly every session.
    static let bytes = 65_536

    /// The id that its job gets; nil where the first lines name none.
    private(set) var sessionID: String?
    /// The folder that the agent worked in.
    private(set) var folder: String?
    /// Somebody said something, or there is more than was read.
    private(set) var mayTeach = false
    /// It is empty, or holds a record as sessions have them, or there is more than was read.
    private(set) var mayBeSession: Bool
    /// Nothing stands behind what was read.
    let isWhole: Bool

    init(of file: SessionFile) throws {
        let handle = try FileHandle(forReadingFrom: URL(filePath: file.path))
        let result = Result { try handle.read(upToCount: Self.bytes) ?? Data() }
        try handle.close()
        let data = try result.get()
        self.init(data, isWhole: data.count < Self.bytes)
    }

    init(_ data: Data, isWhole: Bool) {
        self.isWhole = isWhole
        mayTeach = !isWhole
        mayBeSession = !isWhole || data.allSatisfy { $0 <= 0x20 && $0 != 0 }
        for line in data.split(separator: UInt8(ascii: "\n")) {
            var reader = JSONReader(Array(line))
            // Lines that are no JSON are the importer's to remark on.
            guard let record = try? reader.value() else { continue }
            sessionID = sessionID ?? record["sessionId"]?.string
            folder = folder ?? record["cwd"]?.string
            guard let type = record["type"]?.string else { continue }
            mayBeSession = true
            if type == "user" || type == "assistant" { mayTeach = true }
        }
    }
}
