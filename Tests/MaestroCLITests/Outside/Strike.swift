// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import MaestroTesting

/// One run of a scenario's command that was disturbed, and what came of it.
struct Strike: Sendable {
    let injection: Injection
    /// Where it struck; nil where it did not, and the command ran unharmed.
    let point: CrashPoint?
    /// What the command said where it failed.
    let said: String
    /// Everything that is not as promised.
    let problems: [String]
    let checkedStates: Int
}

extension Stage {
    /// Runs the command on a copy of the folder with a fault in it, has it done again, and looks at what is left; `second` is
    /// another kill, of the run that repairs what the first one left.
    func strike(_ injection: Injection, second: Injection? = nil, named name: String) async throws -> Strike {
        let folder = try base.copied(as: name)
        defer { _ = Result { try folder.remove() } }
        let strace = Strace(file: folder.path + ".trace", injection: injection.moved(from: traced, to: folder.path))
        return try await TestServer.run(Scenario.script) { server in
            let run = try await Self.maestro(folder, server, under: strace).run(try scenario.command()) { _ in }
            let trace = try strace.trace()
            var point = trace.struck(by: strace.injection ?? injection, below: folder.path)
            // One thread may be in a call as another ends the process.
            if injection.fault == .kill, run.code != nil { point = nil }
            try FileManager.default.removeItem(atPath: strace.file)
            var problems = ended(run, by: injection.fault, isStruck: trace.calls.contains { $0.isInjected })
            problems += try torn(in: folder)
            if run.code != nil, run.code != 0 { problems += try halfApplied(in: folder) }
            if let second { try await killed(again: second, folder, server) }
            let paid = (try isReplyStored(in: folder), server.requests.count)
            do {
                try await Self.finish(scenario, folder, server, again: true) { try folder.documents() != after }
                problems += try await wrongInTheEnd(folder, server, paid: paid)
            } catch let broken as Broken {
                problems.append(broken.description)
            }
            return Strike(
                injection: injection,
                point: point,
                said: run.code == 0 ? "" : run.err,
                problems: problems,
                checkedStates: second == nil ? 2 : 3
            )
        }
    }

    private func killed(again injection: Injection, _ folder: DataFolder, _ server: TestServer) async throws {
        let strace = Strace(file: folder.path + ".trace", injection: injection)
        let command = scenario.isOfPerson ? ["memory", "list", "--project", "global"] : try scenario.command()
        _ = try await Self.maestro(folder, server, under: strace).run(command) { _ in }
        try FileManager.default.removeItem(atPath: strace.file)
    }

    private func isReplyStored(in folder: DataFolder) throws -> Bool {
        try folder.count("SELECT count(*) FROM replies") > repliesBefore
    }

    // MARK: - What may be wrong

    private func ended(_ run: Binary.Finished, by fault: Injection.Fault, isStruck: Bool) -> [String] {
        // A kill may have struck at a call of that name that changes nothing.
        if fault == .kill, run.code == nil { return [] }
        // Or at one that another thread was in as the process ended.
        guard isStruck else {
            return run.code == 0 ? [] : ["unharmed, but it ended with \(run.status): \(run.err)"]
        }
        switch run.code {
        case 0: return []
        // A call that names no path of ours is known by its number alone, and the loader makes such calls, too.
        case 127 where run.err.contains("while loading shared libraries"): return []
        case 1:
            let isOurs = run.err.contains("error: ") && run.err.contains("hint: ")
            let isForeign = ["Fatal error", "DatabaseError", "SQLite error"].contains { run.err.contains($0) }
            return isOurs && !isForeign ? [] : ["its message is none of ours: \(run.err)"]
        default: return ["it ended with \(run.status): \(run.err)"]
        }
    }

    /// Every document is the old or the new one, whatever its neighbours are.
    private func torn(in folder: DataFolder) throws -> [String] {
        try folder.documents().compactMap { path, text in
            text == before[path] || text == after[path] ? nil : "`\(path)` is neither the old nor the new one: \(text)"
        }
    }

    /// A command that fails leaves all or nothing, or a plan that the next one finishes.
    private func halfApplied(in folder: DataFolder) throws -> [String] {
        let documents = try folder.documents()
        guard documents != before, documents != after else { return [] }
        return try folder.count("SELECT count(*) FROM plans WHERE applied = 0") > 0 ? [] : ["it is half applied"]
    }

    private func wrongInTheEnd(
        _ folder: DataFolder,
        _ server: TestServer,
        paid: (isStored: Bool, calls: Int)
    ) async throws -> [String] {
        var problems: [String] = []
        if try folder.documents() != after { problems.append("the documents are not the new ones") }
        let left = folder.leftovers()
        if !left.isEmpty { problems.append("left over: \(left)") }
        if let place = IndexLine.firstBreak(in: try folder.indexLines()) {
            problems.append("the index breaks at line \(place)")
        }
        let found = try FolderTotals(of: folder)
        if found != totals { problems.append("\(found) instead of \(totals)") }
        let calls = server.requests.count
        if paid.isStored, calls > paid.calls { problems.append("a stored reply was paid for again") }
        // Each thread meets the fault anew: a worker whose replies cannot be stored asks as often as a job may fail.
        if calls > RetryPolicy().maxFailures + 1 { problems.append("\(calls) calls") }
        let checked = try await Self.maestro(folder, server).run("fsck")
        if checked.code != 0 { problems.append("fsck: \(checked.out)") }
        return problems
    }
}

extension Injection {
    fileprivate func moved(from old: String, to new: String) -> Injection {
        let path = path.map { $0.hasPrefix(old) ? new + $0.dropFirst(old.count) : $0 }
        return Injection(fault: fault, call: call, path: path, ordinal: ordinal)
    }
}
