// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Maestro

@Suite struct `A content hash` {
    /// Vectors of FIPS 180-4 and of the edges of its padding (computed with coreutils' sha256sum).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (String(repeating: "a", count: 56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `is the SHA-256 of the text`(text: String, hex: String) {
        #expect(ContentHash(of: text).hex == hex)
    }

    /// However the pieces fall on the blocks of 64 bytes.
    @Test(arguments: [1, 7, 55, 56, 63, 64, 65, 200])
    func `is the same of pieces as of the whole`(size: Int) {
        let bytes = (0..<333).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: size) { hash.update(bytes[start...].prefix(size)) }
        #expect(hash.digest == SHA256.digest(of: bytes))
        #expect(hash.digest == hash.digest)
    }
}

@Suite struct `A path component` {
    @Test(arguments: [
        ("ann", "ann"), ("Ann", "%41nn"), ("a.b", "a.b"), (".hidden", "%2ehidden"), ("..", "%2e."), ("", "%"),
        ("a/b", "a%2fb"), ("ann@example.org", "ann%40example.org"), ("%", "%25"), ("ü", "%c3%bc"),
        ("a b\n", "a%20b%0a"),
        ("github.com/acme/app", "github.com%2facme%2fapp"),
    ])
    func `keeps harmless bytes and encodes the rest`(text: String, expected: String) {
        #expect(PathComponent.encoding(text) == expected)
    }

    @Test func `is cut with a hash when long, and stays different for different texts`() {
        let a = PathComponent.encoding(String(repeating: "x", count: 200) + "a")
        let b = PathComponent.encoding(String(repeating: "x", count: 200) + "b")

        #expect(a.utf8.count == 97)
        #expect(a.hasPrefix(String(repeating: "x", count: 80) + "~"))
        #expect(a != b)
    }
}
