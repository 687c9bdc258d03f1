// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

/// The planted secrets of `Redaction`, in the forms in which logs hold them.
@Suite struct `Redaction of encoded secrets` {
    private func missed(_ form: (String) -> String) -> [String] {
        Redaction.planted.filter { Redactor.standard.redacting(form($0.text)).counts.isEmpty }.map(\.rule)
    }

    private static let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_.~"))

    private func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
    }

    /// One that its header alone gives away has no shape of its own.
    private static let shapeless = ["bearer-token"]

    @Test func `finds them inside JSON inside JSON`() {
        #expect(missed { #"{"arguments":"{\"key\":\"\#($0)\"}"}"# } == Self.shapeless)
    }

    @Test func `finds them percent-encoded in a URL`() {
        #expect(missed { "https://host/path?a=1&x=\(percentEncoded($0))&b=2" } == Self.shapeless)
        let url =
            "https://host/?a=1&to=https%3A%2F%2Fhooks.slack.com%2Fservices%2FT01A2B3C4D%2FB01A2B3C4D%2Fa1B2c3D4e5F6g7H8"
        let redacted = Redactor.standard.redacting("\(url)&b=2 and more")
        #expect(redacted.text == "https://host/?a=1&to=[secret:slack-webhook]&b=2 and more")
    }

    @Test func `finds them in base64, of either alphabet, alone or with words around`() {
        func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        #expect(missed { base64($0) } == Self.shapeless)
        #expect(missed { "data: \(base64("user: x\nexport KEY=\($0)\n"))" } == Self.shapeless)
        #expect(missed { #"{"content":"line\n\#(base64($0))\n"}"# } == Self.shapeless)
        #expect(
            missed { base64("a \($0)").replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "") }
                == Self.shapeless
        )
    }

    /// Of one that a line break tears apart, a rule knows the first part where that is long enough; the rest is prose.
    @Test func `keeps no more than the tail of a long one that is split over lines`() {
        let missed = missed { secret in
            let first = secret.count * 2 / 3
            return secret.prefix(first) + "\n" + secret.dropFirst(first)
        }
        #expect(missed.count <= 81, "\(missed.count) of \(Redaction.planted.count) are not found any more")
    }

    @Test func `leaves alone what is no secret once it is decoded`() {
        for text in Redaction.harmless.filter({ !$0.isEmpty }) {
            let encoded = Data(text.utf8).base64EncodedString()
            #expect(Redactor.standard.redacting(encoded).text == encoded, "\(text)")
            let percent = percentEncoded(text)
            #expect(Redactor.standard.redacting(percent).text == percent, "\(text)")
        }
    }

    /// Hashes, ids, encoded images and dates as builds and package managers print them: none may be touched.
    @Test func `takes none of two hundred harmless values for a secret`() {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next() -> UInt8 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
        func hex(_ count: Int) -> String {
            String((0..<count).map { _ in Array("0123456789abcdef")[Int(next() & 15)] })
        }
        let values = (0..<40).flatMap { number -> [String] in
            let hash = hex(64)
            return [
                "commit \(hex(40))", "sha256:\(hash)  app-\(number).tar.gz",
                "id \(hash.prefix(8))-\(hash.prefix(4))-4\(hash.prefix(3))-a\(hash.prefix(3))-\(hash.prefix(12))",
                "integrity sha512-\(Data((0..<64).map { _ in next() }).base64EncodedString())",
                "data:image/png;base64,iVBORw0KGgo\(Data((0..<300).map { _ in next() }).base64EncodedString())",
            ]
        }
        let taken = values.filter { !Redactor.standard.redacting($0).counts.isEmpty }
        #expect(values.count == 200)
        #expect(taken == [])
    }
}
