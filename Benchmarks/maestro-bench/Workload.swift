// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer

/// Made-up work, the same at every run: transcripts of about 3,500 tokens, entries, and the replies of a model.
///
/// The size is that of a tau-bench trajectory, on which other systems were measured.
struct Workload {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    /// `count` jobs as lines of OpenAI chat messages; `name` keeps their ids apart from those of other files.
    mutating func transcripts(_ count: Int, name: String) -> String {
        (0..<count).map { number in
            var messages = [message("user", "Please \(words(40)).")]
            for _ in 0..<8 {
                messages.append(message("assistant", "I will \(words(60))."))
                messages.append(message("tool", words(140)))
            }
            messages.append(message("user", "From now on \(words(25))."))
            messages.append(message("assistant", "Done: \(words(30))."))
            return "{\"id\":\"\(name)-\(number)\",\"messages\":[\(messages.joined(separator: ","))]}"
        }.joined(separator: "\n") + "\n"
    }

    /// Files of `count` entries, by name.
    mutating func entries(_ count: Int) -> [(file: String, text: String)] {
        (0..<count).map { number in
            let name = "feedback-\(words(2).replacing(" ", with: "-"))-\(number)"
            let text = """
                ---
                name: \(name)
                description: "\(words(8))"
                type: feedback
                ---

                \(words(25)). **Why:** \(words(15)). **How to apply:** \(words(15)).

                """
            return ("\(name).md", text)
        }
    }

    /// What the model says to each call: two entries nobody has said before, each resting on the person's first words.
    static func script(latency: Duration) -> Script {
        Script { _, number in
            var random = Workload(seed: UInt64(number) &+ 1_000_003)
            let changes = (0..<2).map { index in
                """
                {"op":"add","name":"feedback-bench-\(number)-\(index)","type":"feedback",\
                "description":"\(random.words(8))","body":"\(random.words(30)). **Why:** \(random.words(10)). \
                **How to apply:** \(random.words(10)).","merge_target":"","events":[1],"quote":""}
                """
            }
            let reply = """
                {"reasoning":"made up","memory_changes":[\(changes.joined(separator: ","))],\
                "piece_edit":{"why":"","events":[],"edits":[]}}
                """
            return .reply(reply).delayed(by: latency)
        }
    }

    mutating func words(_ count: Int) -> String {
        (0..<count).map { _ in Self.vocabulary[Int(random.next() % UInt64(Self.vocabulary.count))] }
            .joined(separator: " ")
    }

    private func message(_ role: String, _ text: String) -> String {
        "{\"role\":\"\(role)\",\"content\":\"\(text)\"}"
    }

    /// Two thousand words that look like words.
    private static let vocabulary: [String] = {
        var random = SplitMix(state: 7)
        let (consonants, vowels) = (Array("bcdfgklmnprstvz"), Array("aeiou"))
        return (0..<2000).map { _ in
            String(
                (0..<Int(2 + random.next() % 3)).flatMap { _ in
                    [
                        consonants[Int(random.next() % UInt64(consonants.count))],
                        vowels[Int(random.next() % UInt64(vowels.count))],
                    ]
                }
            )
        }
    }()
}

/// Steele, Lea and Flood's generator: a few lines, and the same numbers everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
