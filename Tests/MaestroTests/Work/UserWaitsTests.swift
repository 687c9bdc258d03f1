// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `Users who wait` {
    private let now = Date(timeIntervalSince1970: 1_780_000_000)
    private let ada = UserID("ada")
    private let bob = UserID("bob")

    @Test func `do so until their time is over, they were served, or a person asks anew`() {
        var waits = UserWaits()
        waits.add(ada, until: now + 60, because: "spent", at: now)
        #expect(waits.wait(of: ada, at: now + 59)?.reason == "spent")
        #expect(waits.wait(of: ada, at: now + 60) == nil)
        #expect(waits.wait(of: bob, at: now) == nil)
        waits.remove(ada)
        #expect(waits.wait(of: ada, at: now) == nil)
    }

    /// Else they would wait for as long as the clock was ahead.
    @Test func `do not where the clock was set back by more than any of them waits`() {
        var waits = UserWaits()
        waits.add(ada, until: now + 60, because: "spent", at: now)
        #expect(waits.wait(of: ada, at: now - 86_400) == nil)
    }

    @Test func `show that it is the endpoint where three were refused and none served between`() {
        var waits = UserWaits()
        for user in [ada, bob, ada] { waits.add(user, until: now + 60, because: "spent", at: now) }
        #expect(!waits.isEndpoint)
        waits.served(UserID("cyd"))
        waits.add(UserID("dan"), until: now + 60, because: "spent", at: now)
        #expect(!waits.isEndpoint)
        for user in [ada, bob] { waits.add(user, until: now + 60, because: "spent", at: now) }
        #expect(waits.isEndpoint)
        waits.served(ada)
        #expect(!waits.isEndpoint && waits.wait(of: ada, at: now) == nil && waits.wait(of: bob, at: now) != nil)
    }

    @Test(arguments: [
        (ReflectorError.userRefused("spent", retryAfterSeconds: nil), true, true),
        (.rateLimited("slow down", retryAfterSeconds: nil), true, false),
        (.refused("not you", status: 403), true, false),
        (.refused("wrong key", status: 401), false, false),
        (.serverFailed("503", status: 503), false, false),
    ])
    func `are told from the endpoint's own state by what a gateway may mean`(
        error: ReflectorError,
        isNamed: Bool,
        isNot: Bool
    ) {
        #expect(error.mayBeOfUser(isNamed: true) == isNamed)
        #expect(error.mayBeOfUser(isNamed: false) == isNot)
    }
}
