// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Testing

/// The real binary killed, and disturbed, at each call by which it changes the disk.
@Suite(.temporaryFolder, .enabled(if: Strace.isUsable, Strace.absence)) struct `The binary` {
    private static let form = OutsideForm.current
    /// How often a point is aimed at: which thread makes which call differs from run to run.
    private static let aims = 18

    @Test(.timeLimit(.minutes(60)), arguments: form.scenarios)
    func `killed at any point ends, run again, as if nothing had happened`(in scenario: Scenario) async throws {
        let stage = try await Stage(scenario)
        var random = Self.form.random(for: scenario.rawValue)
        // Killed as it makes a file it leaves what is left when it is killed at the call before.
        let points = stage.points.filter { !$0.call.hasPrefix("open") }
        let wanted = Self.form.isFull ? points : Array(points.shuffled(using: &random).prefix(3))
        var tally = StrikeTally()
        for point in wanted where !tally.hit.contains(point) {
            for attempt in 0..<(Self.form.isFull ? Self.aims : 1) where !tally.hit.contains(point) {
                let injection = try #require(stage.aim(at: point, .kill, attempt: attempt, using: &random))
                let strike = try await stage.strike(
                    injection,
                    second: Bool.random(using: &random) ? .anywhere(using: &random) : nil,
                    named: "kill-\(tally.strikes)"
                )
                tally.count(strike)
                #expect(strike.problems == [], "\(scenario), \(injection), struck at \(strike.point.debugDescription)")
            }
        }
        for number in 1...(Self.form.isFull ? 3 : 1) {
            let beyond = Injection(fault: .kill, call: "fsync", path: nil, ordinal: 10_000 + number)
            let strike = try await stage.strike(beyond, named: "unharmed-\(number)")
            tally.count(strike)
            #expect(strike.problems == [] && strike.point == nil, "\(scenario), unharmed")
        }
        OutsideForm.say("killed \(scenario): \(tally.line(of: points)), seed \(Self.form.seed)")
        if Self.form.isFull {
            // Which thread makes which call is nobody's choice: a few points may never come up.
            #expect(tally.missed(of: points).count * 20 <= points.count, "\(tally.missed(of: points))")
        }
    }

    @Test(.timeLimit(.minutes(60)), arguments: form.scenarios, ["ENOSPC", "EIO", "EINTR"])
    func `that a call is refused to says so and changes all or nothing`(
        in scenario: Scenario,
        with error: String
    ) async throws {
        let stage = try await Stage(scenario)
        var random = Self.form.random(for: scenario.rawValue + error)
        // Of the hundreds of pages that one transaction writes alike, every sixth.
        let points = stage.points.filter { (!$0.isPage || $0.occurrence % 6 == 1) && stage.canRefuse($0) }
        let wanted = Self.form.isFull ? points : Array(points.shuffled(using: &random).prefix(1))
        var tally = StrikeTally()
        for point in wanted where !tally.hit.contains(point) {
            for attempt in 0..<(Self.form.isFull ? 3 : 1) where !tally.hit.contains(point) {
                let injection = try #require(stage.aim(at: point, .error(error), attempt: attempt, using: &random))
                let strike = try await stage.strike(injection, named: "\(error)-\(tally.strikes)")
                tally.count(strike)
                #expect(
                    strike.problems == [],
                    "\(scenario), \(injection), struck at \(strike.point.debugDescription); it said: \(strike.said)"
                )
            }
        }
        OutsideForm.say("\(error) in \(scenario): \(tally.line(of: points)), seed \(Self.form.seed)")
    }
}

extension Stage {
    /// Calls that no path tells from others are only counted, and the loader and the runtime make calls of these two kinds
    /// themselves: without the write that is the bell of its event loop, a process waits for ever.
    fileprivate func canRefuse(_ point: CrashPoint) -> Bool {
        guard let aim = trace.aims(at: point, below: traced, idsStay: !scenario.isOfPerson) else { return false }
        return aim.path != nil || !["write", "openat"].contains(aim.call)
    }

    /// The attempts take turns: by the place among all calls of the kind, which is right where one thread makes them, by the
    /// place among those of its own thread, and somewhere between.
    fileprivate func aim(
        at point: CrashPoint,
        _ fault: Injection.Fault,
        attempt: Int,
        using random: inout some RandomNumberGenerator
    ) -> Injection? {
        guard let (call, path, all, own) = trace.aims(at: point, below: traced, idsStay: !scenario.isOfPerson) else {
            return nil
        }
        let ordinal = [all, own, Int.random(in: min(own, all)...all, using: &random)][attempt % 3]
        return Injection(fault: fault, call: call, path: path, ordinal: ordinal)
    }
}

extension Injection {
    /// A kill somewhere in a run that repairs.
    fileprivate static func anywhere(using random: inout some RandomNumberGenerator) -> Injection {
        let calls = ["pwrite64", "write", "fsync", "fdatasync", "renameat2", "unlinkat"]
        let call = calls[Int.random(in: 0..<calls.count, using: &random)]
        return Injection(fault: .kill, call: call, path: nil, ordinal: Int.random(in: 1...12, using: &random))
    }
}
