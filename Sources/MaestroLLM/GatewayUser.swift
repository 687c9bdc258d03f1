// SPDX-License-Identifier: Apache-2.0
import Maestro

/// How a gateway is told whose call this is, beside the `user` of the body.
///
/// LiteLLM takes the first of `x-litellm-customer-id`, `x-litellm-end-user-id`, the body's `user`; Portkey reads `_user` in
/// the JSON of `x-portkey-metadata`. A header that the settings name is the operator's and stays.
struct GatewayUser {
    let user: UserID
    /// Names in any case.
    let configured: [String: Secret]

    /// Names in lower case.
    ///
    /// An id that no header may hold goes by the body alone: one with letters left out would be another user's.
    var headers: [String: String] {
        let names = Dictionary(configured.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        if names.keys.contains(where: { $0.hasPrefix("x-portkey-") }) {
            return ["x-portkey-metadata": metadata(adding: names["x-portkey-metadata"])]
        }
        let isGiven = names["x-litellm-customer-id"] != nil || names["x-litellm-end-user-id"] != nil
        guard !isGiven, user.rawValue.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return [:] }
        return ["x-litellm-customer-id": user.rawValue]
    }

    /// The operator's metadata with `_user` added, in ASCII.
    private func metadata(adding given: Secret?) -> String {
        var members: [(String, JSONValue)] = []
        if let given {
            guard case .object(let found) = JSONValue(json: given.revealed) else { return given.revealed }
            members = found.map { ($0.key, $0.value) }.filter { $0.0 != "_user" }
        }
        let text = JSONValue.make(members + [("_user", .string(user.rawValue))]).text
        return text.utf16.map { unit in
            unit < 0x7F ? String(UnicodeScalar(UInt8(unit))) : "\\u" + Self.fourDigits(unit)
        }.joined()
    }

    private static func fourDigits(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
