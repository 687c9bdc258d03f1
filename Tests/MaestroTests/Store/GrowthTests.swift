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
        ("AabBC", "Aab", 3, .goesOn(from: 4)), ("abC", "ab", 2, .goesOn(from: 3)), ("abc", "ab", 2, .goesOn(from: 3)),
        // The task is the same, and then it is another course.
        ("AxyzB", "Aab", 3, .branches(from: 2)), ("Ax", "Aab", 3, .branches(from: 2)),
        ("Aax", "Aab", 3, .branches(from: 3)),
        ("Bab", "Aab", 3, .otherTranscript), ("Bababab", "Aab", 3, .otherTranscript), ("B", "Aab", 3, .otherTranscript),
        ("nAab", "mAa", 3, .otherTranscript), ("xbc", "ab", 2, .otherTranscript), ("axc", "ab", 2, .branches(from: 2)),
        // Forgotten: only how many there were is known.
        ("Bab", nil, 3, .none), ("Babc", nil, 3, .goesOn(from: 4)),
    ]

    @Test(arguments: cases.indices)
    func `is the same, longer, or another one`(index: Int) {
        let row = Self.cases[index]
        #expect(Growth(of: Self.activity(row.new), since: row.known.map(Self.activity), with: row.events) == row.growth)
    }

    static let cuts: [(new: String, known: String, growth: Growth)] = [
        ("From now on, lint", "From now", .goesOn(from: 3)), ("From now", "From now on, lint", .none),
        ("From then", "From now", .branches(from: 3)),
    ]

    /// Whoever wrote it was in the middle of it.
    @Test(arguments: cuts)
    func `whose last event was cut off goes on with that`(new: String, known: String, growth: Growth) {
        func activity(_ last: String, _ more: String = "") -> Activity {
            var activity = Self.activity("Aab" + more)
            activity.events[2].text = last
            return activity
        }
        #expect(Growth(of: activity(new), since: activity(known), with: 3) == growth)
        let longer = Growth(of: activity(new, "Bc"), since: activity(known), with: 3)
        #expect(longer == (growth == .none ? .branches(from: 3) : growth))
    }

    @Test func `of which more was taken out of the middle is the same one`() {
        var (short, long) = (Self.activity("Aab"), Self.activity("AabB"))
        short.events[0].text = String(repeating: "word ", count: 400)
        long.events[0].text = short.events[0].text.prefix(600) + Event.leftOut + short.events[0].text.suffix(600)
        long.events.remove(at: 1)
        #expect(Growth(of: long, since: short, with: 3) == .goesOn(from: 4))
        long.events[0].text += " and what a person says then"
        #expect(Growth(of: long, since: short, with: 3) == .otherTranscript)
        long.events[0].text = "else" + long.events[0].text
        #expect(Growth(of: long, since: short, with: 3) == .otherTranscript)
    }

    @Test func `has an id of its own, and knows those that it had while it was shorter`() {
        func own(_ letters: String) -> FinishedJob {
            FinishedJob(job: Job(id: Job.ID("x")), activity: Self.activity(letters)).underOwnID
        }
        #expect(own("AabB").earlierIDs == ["A", "Aa", "Aab"].map { own($0).job.id })
        #expect(own("Aab").job.id.rawValue.hasPrefix("x~"))
    }

    /// A log is one event that grows.
    @Test func `of plain text knows the ids that it had after every line`() {
        func activity(_ text: String) -> Activity {
            var activity = Self.activity("a")
            activity.format = "text"
            activity.events[0].text = text
            return activity
        }
        let whole = activity("one\n\n  two  \nthree")
        #expect(whole.earlierContentHashes.contains(activity("one").contentHash))
        #expect(whole.earlierContentHashes.contains(activity("one\n\n  two").contentHash))
        #expect(!whole.earlierContentHashes.contains(whole.contentHash))
    }
}
