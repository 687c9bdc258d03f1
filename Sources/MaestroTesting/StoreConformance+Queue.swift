// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

extension StoreConformance {
    static let work = growth + fairness + transitions + upkeep

    static let growth: [StoreConformance] = [
        StoreConformance("jobs that are submitted together are answered in order") { bench in
            let store = try await bench.open()
            _ = try await store.submit(bench.job("b"), bench.activity)
            let answers = try await store.submit(
                ["a", "b", "c"].map { FinishedJob(job: bench.job($0), activity: bench.activity) }
            )
            #expect(answers == [.queued(Job.ID("a")), .existing(Job.ID("b"), .queued), .queued(Job.ID("c"))])
        },
        StoreConformance("a transcript that grew before anybody looked at it replaces the shorter one") { bench in
            let store = try await bench.open()
            _ = try await store.submit(bench.job("a"), bench.activity(events: 2))
            var longer = bench.job("a")
            longer.outcome = JobOutcome(.failed)
            longer.task = "mend it well"
            #expect(try await store.submit(longer, bench.activity(events: 5)) == .grown(Job.ID("a"), .queued))
            #expect(try await store.submit(longer, bench.activity(events: 3)) == .existing(Job.ID("a"), .queued))
            let claim = try #require(try await store.claim(upTo: 1).first)
            #expect(claim.activity.events.count == 5)
            #expect(claim.job == longer)
        },
        StoreConformance("a dead job grows and stays dead until it is asked for") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            _ = try await store.end(claim, as: .failed, error: "no", report: bench.report)
            let answer = try await store.submit(bench.job("a"), bench.activity(events: 4))
            #expect(answer == .grown(Job.ID("a"), .dead))
            #expect(try await store.claim(upTo: 1).isEmpty)
            try await store.retry(Job.ID("a"), of: bench.user)
            #expect(try await store.claim(upTo: 1).map(\.activity.events.count) == [4])
        },
        StoreConformance("what comes after a reflection began is a continuation, and so on") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            let first = try await store.submit(bench.job("a"), bench.activity(events: 3))
            #expect(first == .continued(Job.ID("a#2"), from: 2))
            let grown = try await store.submit(bench.job("a"), bench.activity(events: 4))
            #expect(grown == .grown(Job.ID("a#2"), .queued))
            _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
            let next = try #require(try await store.claim(upTo: 1).first)
            #expect(next.job.id == Job.ID("a#2"))
            #expect(next.job.firstNewEvent == 2)
            #expect(next.activity.events.count == 4)
            _ = try await store.commit(bench.request(next)) { _ in Judgement(reasoning: "", decisions: []) }
            let second = try await store.submit(bench.job("a"), bench.activity(events: 12))
            #expect(second == .continued(Job.ID("a#5"), from: 5))
            let same = try await store.submit(bench.job("a"), bench.activity(events: 12))
            #expect(same == .existing(Job.ID("a#5"), .queued))
        },
        StoreConformance("a job that was tried and waits again is continued, not replaced") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            try await store.postpone(claim, Postponement(wait: .zero, isCounted: true))
            let answer = try await store.submit(bench.job("a"), bench.activity(events: 2))
            #expect(answer == .continued(Job.ID("a#2"), from: 2))
        },
        StoreConformance("another transcript under a known id is a job of its own, and grows by itself") { bench in
            let store = try await bench.open()
            try await bench.reflect("a", [], in: store)
            var other = bench.activity(events: 3)
            other.events[0].text = "Something else entirely, please."
            let own = FinishedJob(job: bench.job("a"), activity: other).underOwnID.job.id
            let preview = try await store.previewSubmission(of: FinishedJob(job: bench.job("a"), activity: other))
            #expect(preview == .queued(own))
            #expect(try await store.submit(bench.job("a"), other) == .queued(own))
            #expect(try await store.submit(bench.job("a"), other) == .existing(own, .queued))
            other.events += [Event(number: 4, actor: .agent, kind: .message, text: "Done.", line: 4)]
            #expect(try await store.submit(bench.job("a"), other) == .grown(own, .queued))
            #expect(try await store.submit(bench.job("a"), bench.activity) == .existing(Job.ID("a"), .done))
            let claim = try #require(try await store.claim(upTo: 1).first)
            #expect(claim.job.id == own && claim.activity == other)
            #expect(claim.job.sharesTranscript(with: Job.ID("a")))
        },
        StoreConformance("another course of a conversation is a continuation from where it is another") { bench in
            let store = try await bench.open()
            _ = try await store.submit(bench.job("a"), bench.activity(events: 5))
            var other = bench.activity(events: 4)
            other.events[2].text = "From here on it was another course."
            #expect(try await store.submit(bench.job("a"), other) == .continued(Job.ID("a#3"), from: 3))
            #expect(try await store.submit(bench.job("a"), other) == .existing(Job.ID("a#3"), .queued))
            #expect(try await store.submit(bench.job("a"), bench.activity(events: 6)) == .grown(Job.ID("a"), .queued))
            var third = other
            third.events[2].text = "And there were three."
            #expect(try await store.submit(bench.job("a"), third) == .continued(Job.ID("a#3-2"), from: 3))
            #expect(try await store.submit(bench.job("a"), third) == .existing(Job.ID("a#3-2"), .queued))
        },
        StoreConformance("the last event that was cut off grows, too") { bench in
            let store = try await bench.open()
            func activity(_ last: String) -> Activity {
                var activity = bench.activity(events: 3)
                activity.events[2].text = last
                return activity
            }
            _ = try await store.submit(bench.job("a"), activity("From now on"))
            #expect(
                try await store.submit(bench.job("a"), activity("From now on, lint.")) == .grown(Job.ID("a"), .queued)
            )
            let older = try await store.submit(bench.job("a"), activity("From now"))
            #expect(older == .existing(Job.ID("a"), .queued))
            let claim = try #require(try await store.claim(upTo: 1).first)
            _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
            for (number, more) in [" And test.", " And test. And tag.", " And test. And tag. And rest."].enumerated() {
                let id = Job.ID(number == 0 ? "a#3" : "a#3-\(number + 1)")
                let longer = activity("From now on, lint." + more)
                #expect(try await store.submit(bench.job("a"), longer) == .continued(id, from: 3))
                #expect(try await store.submit(bench.job("a"), longer) == .existing(id, .queued))
                let next = try #require(try await store.claim(upTo: 1).first)
                #expect(next.job.id == id && next.activity == longer && next.job.sharesTranscript(with: claim.job.id))
                _ = try await store.commit(bench.request(next)) { _ in Judgement(reasoning: "", decisions: []) }
            }
            let oldest = try await store.submit(bench.job("a"), activity("From now"))
            guard case .existing = oldest else { throw BenchFailure("an older copy became \(oldest)") }
        },
        StoreConformance("a transcript without a name goes on under the id that it had when it was shorter") { bench in
            let store = try await bench.open()
            let found = { (events: Int) in
                FinishedJob(
                    job: bench.job("hash-\(events)"),
                    activity: bench.activity(events: events),
                    earlierIDs: (1..<events).map { Job.ID("hash-\($0)") }
                )
            }
            // In one call as one by one.
            #expect(
                try await store.submit([found(2), found(4), found(2)])
                    == [
                        .queued(Job.ID("hash-2")), .grown(Job.ID("hash-2"), .queued),
                        .existing(Job.ID("hash-2"), .queued),
                    ]
            )
            #expect(try await store.submit([found(4)]) == [.existing(Job.ID("hash-2"), .queued)])
            let claim = try #require(try await store.claim(upTo: 1).first)
            _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
            #expect(try await store.submit([found(7)]) == [.continued(Job.ID("hash-2#5"), from: 5)])
            #expect(try await store.submit([found(7)]) == [.existing(Job.ID("hash-2#5"), .queued)])
        },
        StoreConformance("transcripts without names that only begin alike are jobs of their own") { bench in
            let store = try await bench.open()
            let chat = { (name: String?) in
                var activity = bench.activity(events: name == nil ? 2 : 4)
                if let name { activity.events[2].text = "A wish of \(name)." }
                return FinishedJob(
                    job: bench.job("chat-\(name ?? "greeting")"),
                    activity: activity,
                    earlierIDs: name == nil ? [Job.ID("chat-hi")] : [Job.ID("chat-hi"), Job.ID("chat-greeting")]
                )
            }
            #expect(
                try await store.submit([chat(nil), chat("ann"), chat("bob"), chat("cyd")])
                    == [
                        .queued(Job.ID("chat-greeting")), .grown(Job.ID("chat-greeting"), .queued),
                        .queued(Job.ID("chat-bob")), .queued(Job.ID("chat-cyd")),
                    ]
            )
        },
        StoreConformance("one that was forgotten is told from another by its first words") { bench in
            let store = try await bench.open()
            func found(_ words: String, events: Int) -> FinishedJob {
                var activity = bench.activity(events: events)
                activity.events[0].text = words
                var job = bench.job("nightly")
                job.opening = activity.openingHash
                return FinishedJob(job: job, activity: activity)
            }
            #expect(try await store.submit(found("Monday", events: 3)) == .queued(Job.ID("nightly")))
            let claim = try #require(try await store.claim(upTo: 1).first)
            _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
            bench.clock.advance(seconds: 1)
            #expect(try await store.forgetActivities(endedBefore: bench.clock.now, atMost: 9) == 1)
            #expect(try await store.submit(found("Monday", events: 3)) == .existing(Job.ID("nightly"), .done))
            for events in [2, 5] {
                let other = found("Day \(events)", events: events)
                #expect(try await store.submit(other) == .queued(other.underOwnID.job.id))
            }
            #expect(try await store.submit(found("Monday", events: 4)) == .continued(Job.ID("nightly#4"), from: 4))
        },
        StoreConformance("events that were left out of a long transcript count as those that are there") { bench in
            let store = try await bench.open()
            func activity(_ events: Int, without gap: Range<Int>) -> Activity {
                var activity = bench.activity(events: events)
                activity.events.removeAll { gap.contains($0.number) }
                return activity
            }
            _ = try await store.submit(bench.job("a"), activity(10, without: 3..<9))
            let claim = try #require(try await store.claim(upTo: 1).first)
            #expect(
                try await store.submit(bench.job("a"), activity(12, without: 3..<11))
                    == .continued(Job.ID("a#11"), from: 11)
            )
            _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
            #expect(try await store.claim(upTo: 1).map { $0.activity.events.map(\.number) } == [[1, 2, 11, 12]])
        },
        StoreConformance("an id that only looks like a continuation is a job of its own") { bench in
            let store = try await bench.open()
            _ = try await store.submit(bench.job("a#9"), bench.activity(events: 20))
            #expect(try await store.submit(bench.job("a"), bench.activity) == .queued(Job.ID("a")))
            #expect(try await store.submit(bench.job("a"), bench.activity(events: 2)) == .grown(Job.ID("a"), .queued))
        },
    ]

    static let fairness: [StoreConformance] = [
        StoreConformance("users take turns, however many jobs one of them has") { bench in
            let store = try await bench.open()
            let noisy = (1...500).map { FinishedJob(job: bench.job("n\($0)", of: "noisy"), activity: bench.activity) }
            _ = try await store.submit(noisy)
            for user in ["x", "y", "z"] {
                for number in 1...2 {
                    _ = try await store.submit(bench.job("\(user)\(number)", of: user), bench.activity)
                }
            }
            var order: [String] = []
            for _ in 1...8 {
                let claim = try #require(try await store.claim(upTo: 1).first)
                order.append(claim.job.user.rawValue)
                _ = try await store.end(claim, as: .failed, error: "no", report: bench.report)
            }
            #expect(order.prefix(4).sorted() == ["noisy", "x", "y", "z"])
            #expect(order.prefix(4) == order.suffix(4))
        },
        StoreConformance("one call claims at most one job of a user, and none of a user with a running one") { bench in
            let store = try await bench.open()
            for user in ["x", "y"] {
                for number in 1...3 {
                    _ = try await store.submit(bench.job("\(user)\(number)", of: user), bench.activity)
                }
            }
            #expect(try await store.claim(upTo: 1).count == 1)
            let rest = try await store.claim(upTo: 10)
            #expect(rest.count == 1)
            #expect(try await store.claim(upTo: 10).isEmpty)
            #expect(try await store.claim(upTo: 0).isEmpty)
        },
        StoreConformance("within a user the order is by due time, then by submission") { bench in
            let store = try await bench.open()
            for id in ["b", "a", "c"] {
                _ = try await store.submit(bench.job(id), bench.activity)
                bench.clock.advance(seconds: 1)
            }
            let first = try #require(try await store.claim(upTo: 1).first)
            try await store.postpone(first, Postponement(wait: .seconds(10), isCounted: true, error: "later"))
            var order: [String] = []
            for _ in 1...2 {
                let claim = try #require(try await store.claim(upTo: 1).first)
                order.append(claim.job.id.rawValue)
                _ = try await store.end(claim, as: .failed, error: "no", report: bench.report)
            }
            #expect(order == ["a", "c"])
            #expect(try await store.claim(upTo: 1).isEmpty)
            bench.clock.advance(seconds: 10)
            #expect(try await store.claim(upTo: 1).map(\.job.id) == [first.job.id])
        },
        StoreConformance("a pause holds back its user, or everybody, until it is over") { bench in
            let store = try await bench.open()
            for user in ["x", "y"] { _ = try await store.submit(bench.job("\(user)1", of: user), bench.activity) }
            let since = bench.clock.now
            let pause = Pause(user: UserID("x"), until: since + 60, reason: "holiday", since: since)
            try await store.pause(Pause(user: UserID("x"), since: since))
            try await store.pause(pause)
            #expect(try await store.pauses() == [pause])
            let backlog = try await store.backlog(of: nil)
            #expect(backlog.paused == 1)
            #expect(backlog.due == 1)
            let claims = try await store.claim(upTo: 5)
            #expect(claims.map(\.job.user) == [UserID("y")])
            bench.clock.advance(seconds: 60)
            #expect(try await store.pauses().isEmpty)
            #expect(try await store.resume(UserID("x")) == false)
            try await store.pause(Pause(user: nil, since: since))
            #expect(try await store.claim(upTo: 5).isEmpty)
            #expect(try await store.backlog(of: UserID("x")).paused == 1)
            guard case .claimed(let named) = try await store.claim(Job.ID("x1"), of: UserID("x")) else {
                throw BenchFailure("a job that was asked for by name was held back by a pause")
            }
            try await store.postpone(named, Postponement(wait: .zero, isCounted: false))
            #expect(try await store.resume(nil))
            #expect(try await store.claim(upTo: 5).map(\.job.user).contains(UserID("x")))
        },
    ]
}
