// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import Testing

@testable import MaestroLLM

@Suite struct `A secret in a server's words` {
    static let key = "sk-ab/Cd+Ef/0123456789"

    /// How servers, and what stands before them, write a key that they were sent.
    static let spellings: [String] = [
        key, key.uppercased(), #"sk-ab\/Cd+Ef\/0123456789"#, #"sk-ab\\\/Cd+Ef\\\/0123456789"#,
        #"sk-ab\u002fCd\u002BEf\u002f0123456789"#, #"\u0073k-ab/Cd+Ef/0123456789"#, "%53%6b-ab%2FCd%2bEf%2F0123456789",
        "sk-%41b/Cd+&#69;f/0123456789",
        "sk-ab%252FCd%252BEf%252F0123456789", "sk-ab&#47;Cd&#x2B;Ef&#x2F;0123456789",
        "s\u{200B}k-ab/Cd\u{200D}+Ef/01234\u{FEFF}56789\u{2060}", "sk-ab/Cd+Ef\u{AD}/0123\u{FE0F}456789",
        #"sk-ab/Cd\u200b+Ef/0123\\u00ad456789"#, Data(key.utf8).base64EncodedString(),
        Data("Bearer \(key)".utf8).base64EncodedString(), Data("x:\(key)!".utf8).base64EncodedString(),
        Data("ana:\(key)".utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_"),
        Data(key.utf8).base64EncodedString().replacing("/", with: #"\/"#),
    ]

    /// A part of the key or of its base64 that is not to be seen.
    private static let parts = ["cd+", "+ef", "fcd", "bef", "456789", "mdeymzq1", "axmjm0n", "wmtiznd"]

    /// Letters that begin a spelling, in a secret itself.
    @Test(arguments: [
        ("pa%ss-word-1234", "pa%ss-word-1234"), ("pa%ss-word-1234", "pa%25ss-word-1234"),
        ("pa%25ss-word-1234", "pa%25ss-word-1234"), ("pa&ss-word-1234", "pa&amp;ss-word-1234"),
        ("pa&ss-word-1234", "pa&#38;ss-word-1234"), ("pa&amp;s-word-1234", "pa&amp;s-word-1234"),
        ("pa\"ss-word-1234", "pa&quot;ss-word-1234"), ("pa<ss-word-1234", "pa&lt;ss-word-1234"),
    ])
    func `takes a secret out that holds such letters itself`(secret: String, echo: String) {
        let words = Scrubber(headers: ["x": Secret(secret)]).clean("your key \(echo) is wrong")
        #expect(words == "your key <redacted> is wrong")
    }

    @Test(arguments: spellings)
    func `is taken out however it is spelled`(spelling: String) {
        let shown = Scrubber(key: Secret(Self.key)).clean("your key \(spelling), is bad")
        #expect(shown.hasPrefix("your key ") && shown.hasSuffix(", is bad") && shown.contains("<redacted>"))
        #expect(!Self.parts.contains { shown.lowercased().contains($0) }, "\(shown)")
    }

    /// Bodies with the key in them, and the status that they come with.
    private static func echoes(_ spelling: String) -> [Behaviour] {
        let text = JSONValue.string("you sent \(spelling) here").text
        return [
            .json(401, "{\"error\":{\"message\":\(text)}}"), .json(401, "{\"reason\":{\"sent\":\(text)}}"),
            .json(200, "{\"echo\":\(text)}"),
            .json(400, "{\"error\":{\"message\":\"no\",\"metadata\":{\"raw\":\(text)}}}"),
            Behaviour(status: 502, payload: .text("you sent \(spelling) here", type: "text/plain")),
            Behaviour(payload: .text("you sent \(spelling) here", type: "text/plain")),
            Behaviour(status: 403, payload: .text("<html><b>you sent \(spelling)</b></html>", type: "text/html")),
        ]
    }

    @Test(arguments: spellings)
    func `is in no error`(spelling: String) async throws {
        for echo in Self.echoes(spelling) {
            let error = try #require(try await Asking.error(Script([echo]), key: Self.key))
            let shown = "\(error) \(Remedy(for: error))"
            #expect(shown.contains("you sent") && shown.contains("<redacted>"), "\(shown)")
            #expect(!Self.parts.contains { shown.lowercased().contains($0) }, "\(shown)")
        }
    }

    @Test func `leaves no half of itself where a long text is cut`() {
        let secret = String(repeating: "Ab0", count: 700)
        let scrubber = Scrubber(key: Secret(secret))
        for padding in [0, 150, 299, 16_000, 16_383, 20_000, 33_000] {
            let text = String(repeating: secret, count: 12) + String(repeating: "x", count: padding) + secret
            let shown = scrubber.clean(text)
            #expect(!shown.contains("Ab0") && shown.utf8.count <= 300)
        }
        #expect(scrubber.clean(String(repeating: "\u{200B}", count: 100_000) + secret).isEmpty)
    }

    @Test func `is not found in words that only resemble it`() {
        let words = "50% of \\ and &# stay; sk-ab%2FCd, c2staWN%, \\u00e9 and \\u002"
        #expect(Scrubber(key: Secret(Self.key)).clean(words) == words)
    }

    @Test func `of an address is found decoded, too`() {
        let scrubber = Scrubber(query: Secret("api-version=1&code=ab%2Fcd%3D%3D"))
        #expect(scrubber.clean("code ab/cd== and ab%2Fcd%3D%3D") == "code <redacted> and <redacted>")
    }
}
