// SPDX-License-Identifier: Apache-2.0

/// One way to cut the inputs down, from the fullest on.
struct Fit: Sendable {
    enum PieceShape: Sendable { case full, editable, none }

    var entriesInFull = true
    var maxEntries = Int.max
    var piece = PieceShape.full
    var digestBytes: Int
    var sentence = ""

    /// Entries to descriptions, fewer entries, the piece to its editable fields, no piece, the digest last.
    static func ladder(digestBytes: Int) -> [Fit] {
        var fits = [Fit(digestBytes: digestBytes)]
        func add(_ sentence: String, _ change: (inout Fit) -> Void) {
            var fit = fits[fits.count - 1]
            change(&fit)
            fit.sentence = sentence
            fits.append(fit)
        }
        add("entries by description only") { $0.entriesInFull = false }
        add("at most 10 entries, by description") { $0.maxEntries = 10 }
        add("no entries") { $0.maxEntries = 0 }
        add("no entries, only the editable fields of the piece") { $0.piece = .editable }
        add("no entries, no piece") { $0.piece = .none }
        for share in [2, 4, 8] {
            add("no entries, no piece, 1/\(share) of the digest") { $0.digestBytes = max(512, digestBytes / share) }
        }
        return fits
    }
}
