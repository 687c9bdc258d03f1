// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `A pushed document` {
    /// All there is: which of the three are the same, and which is missing.
    @Test(
        arguments: [
            // pulled, here, store
            (nil, nil, nil, Push.unchanged),
            (nil, nil, "b", .unchanged),
            (nil, "a", nil, .add),
            (nil, "a", "a", .alreadyThere),
            (nil, "a", "b", .conflict),
            ("a", "a", "a", .unchanged),
            ("a", "a", "b", .unchanged),
            ("a", "a", nil, .unchanged),
            ("a", "b", "a", .update),
            ("a", "b", "b", .alreadyThere),
            ("a", "b", "c", .conflict),
            ("a", "b", nil, .conflict),
            ("a", nil, "a", .remove),
            ("a", nil, nil, .alreadyThere),
            ("a", nil, "b", .conflict),
        ] as [(String?, String?, String?, Push)]
    )
    func `is sent only where the store has what was pulled`(
        pulled: String?,
        here: String?,
        store: String?,
        expected: Push
    ) {
        #expect(Push(pulled: Self.hash(pulled), here: Self.hash(here), store: Self.hash(store)) == expected)
    }

    @Test(
        arguments: [
            // pulled, here, store
            (nil, nil, nil, Pull.current),
            (nil, nil, "b", .write),
            (nil, "a", nil, .unsent),
            (nil, "a", "a", .current),
            (nil, "a", "b", .inTheWay),
            ("a", "a", "a", .current),
            ("a", "a", "b", .write),
            ("a", "a", nil, .remove),
            ("a", "b", "a", .unsent),
            ("a", "b", "b", .current),
            ("a", "b", "c", .inTheWay),
            ("a", "b", nil, .inTheWay),
            ("a", nil, "a", .unsent),
            ("a", nil, nil, .current),
            ("a", nil, "b", .write),
        ] as [(String?, String?, String?, Pull)]
    )
    func `is written by a pull only where no text is lost`(
        pulled: String?,
        here: String?,
        store: String?,
        expected: Pull
    ) {
        #expect(Pull(pulled: Self.hash(pulled), here: Self.hash(here), store: Self.hash(store)) == expected)
    }

    @Test func `is told from another by its bytes, not by how it looks`() {
        let (composed, decomposed) = ("Gr\u{00F6}\u{00DF}e", "Gro\u{0308}\u{00DF}e")
        #expect(composed == decomposed)
        let push = Push(pulled: Self.hash(composed), here: Self.hash(decomposed), store: Self.hash(composed))
        #expect(push == .update)
    }

    private static func hash(_ text: String?) -> ContentHash? { text.map { ContentHash(of: $0) } }
}
