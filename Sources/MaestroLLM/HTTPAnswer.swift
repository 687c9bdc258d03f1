// SPDX-License-Identifier: Apache-2.0
import Maestro

/// One HTTP answer, whole: what every decision about it is made from.
struct HTTPAnswer: Hashable, Sendable {
    let status: Int
    /// Names in lower case; of repeated ones the first.
    let headers: [String: String]
    let text: String

    init(status: Int = 200, headers: [String: String] = [:], text: String) {
        self.status = status
        self.headers = headers
        self.text = text
    }

    var isSuccess: Bool { (200...299).contains(status) }

    /// The body's JSON; nil where it is none.
    ///
    /// A server that streams although it was told not to is read for the error that it sent so.
    var json: JSONValue? { Self.json(of: text) ?? errorInStream }

    private static func json(of text: some StringProtocol) -> JSONValue? {
        let bytes = Array(text.utf8)
        var reader = JSONReader(bytes, at: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        do throws(JSONReader.Failure) {
            return try reader.value()
        } catch {
            return nil
        }
    }

    private var errorInStream: JSONValue? {
        guard ["data:", "event:", ":"].contains(where: text.hasPrefix) else { return nil }
        return text.split(whereSeparator: \.isNewline).lazy.filter { $0.hasPrefix("data:") }
            .compactMap { Self.json(of: $0.dropFirst("data:".count)) }
            .first { $0["error"].map { $0 != .null } ?? false }
    }
}
