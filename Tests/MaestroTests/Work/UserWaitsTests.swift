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
        #expect(!waits.isAnyone(but: bob, at: now - 86_400))
    }

    @Test func `show that it is the endpoint where they are more than one`() {
        var waits = UserWaits()
        waits.add(ada, until: now + 60, because: "spent", at: now)
        #expect(!waits.isAnyone(but: ada, at: now))
        #expect(waits.isAnyone(but: bob, at: now))
        #expect(!waits.isAnyone(but: bob, at: now + 61))
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
