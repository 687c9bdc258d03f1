// SPDX-License-Identifier: Apache-2.0
import Maestro

extension JSONValue {
    /// The JSON that `text` begins with, a byte order mark before it passed over; nil where it is none.
    ///
    /// Behind an object or a list anything may stand; a bare word or number must be all there is.
    init?(json text: some StringProtocol) {
        let bytes = Array(text.utf8)
        var reader = JSONReader(bytes, at: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        do throws(JSONReader.Failure) {
            self = try reader.value()
        } catch {
            return nil
        }
        reader.skipSpace()
        switch self {
        case .object, .array: break
        default: guard reader.index == bytes.count else { return nil }
        }
    }

    /// Whether nothing is said: `null`, `""`, `0`, `false`, and what is made of nothing else.
    var saysNothing: Bool {
        switch self {
        case .null, .bool(false): true
        case .bool(true): false
        case .number: double == 0
        case .string(let text): text.allSatisfy(\.isWhitespace)
        case .array(let items): items.allSatisfy(\.saysNothing)
        case .object(let members): members.allSatisfy(\.value.saysNothing)
        }
    }
}
