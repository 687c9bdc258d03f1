// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `A transcript under a known id` {
    /// Each letter is an event: a person's in upper case, an agent's in lower case.
    private static func activity(_ letters: String) -> Activity {
        Activity(
            format: "test",
            events: letters.enumerated().map { place, letter in
                Event(
                    number: place + 1,
                    actor: letter.isUppercase ? .user : .agent,
                    kind: .message,
                    text: "says \(letter)",
                    line: place + 1
                )
            }
        )
    }

    static let cases: [(new: String, known: String?, events: Int, growth: Growth)] = [
        ("Aab", "Aab", 3, .none), ("Aa", "Aab", 3, .none), ("AabB", "Aab", 3, .goesOn(from: 4)),
        ("AabBC", "Aab", 3, .goesOn(from: 4)),
        // The task is the same; what follows was read otherwise.
        ("AxyzB", "Aab", 3, .goesOn(from: 4)), ("Ax", "Aab", 3, .none),
        // What the host puts before a person's first words may change with its version.
        ("nAab", "mAa", 3, .goesOn(from: 4)),
        ("Bab", "Aab", 3, .otherTranscript), ("Bababab", "Aab", 3, .otherTranscript), ("B", "Aab", 3, .otherTranscript),
        ("abc", "ab", 2, .goesOn(from: 3)), ("xbc", "ab", 2, .otherTranscript),
        // Forgotten: only how many there were is known.
        ("Bab", nil, 3, .none), ("Babc", nil, 3, .goesOn(from: 4)),
    ]

    @Test(arguments: cases.indices)
    func `is the same, longer, or another one`(index: Int) {
        let row = Self.cases[index]
        #expect(Growth(of: Self.activity(row.new), since: row.known.map(Self.activity), with: row.events) == row.growth)
    }

    @Test func `that is shortened at the end of its first words is the same one`() {
        var (short, long) = (Self.activity("Aab"), Self.activity("AabB"))
        short.events[0].text = String(repeating: "word ", count: 400)
        long.events[0].text = String(short.events[0].text.prefix(1000))
        #expect(Growth(of: long, since: short, with: 3) == .goesOn(from: 4))
    }

    @Test func `has an id of its own that stays when it goes on`() {
        func own(_ letters: String) -> Job.ID {
            FinishedJob(job: Job(id: Job.ID("x")), activity: Self.activity(letters), earlierIDs: [Job.ID("y")])
                .underOwnID.job.id
        }
        #expect(own("Aab") == own("AabBcd") && own("Aab") != own("Bab"))
        #expect(own("Aab").rawValue.hasPrefix("x~"))
    }
}
