// SPDX-License-Identifier: Apache-2.0

/// The order in which a commit must reach the disk, as rules on a trace: what kills cannot show, because what is in the
/// system's memory outlives a process.
///
/// A call counts as done when it returned, and as begun when it was entered.
struct DurabilityOrder {
    /// A rule that was broken, and where.
    struct Breach: Hashable, CustomStringConvertible {
        enum Rule: String, CaseIterable {
            case fileBeforeName = "a file has its name before its content is durable"
            case logBeforeDocuments = "the folder tells of a commit before the log of the database is durable"
            case logBeforeResult = "the result is told before the log of the database is durable"
            case namesBeforeMark = "a plan counts as applied before the folder is durable"
            case namesBeforeResult = "the result is told before the folder is durable"
            case logBeforePages = "pages are folded into the database before the log is durable"
            case pagesBeforeLogGoes = "the log is removed before the database is durable"
        }

        let rule: Rule
        let path: String
        let line: Int

        var description: String { "\(rule.rawValue): \(path) (line \(line + 1))" }
    }

    /// The data folder.
    let data: String
    /// Whether snapshots are synced together, only before the result is told.
    var defersSnapshots = false

    private var log: String { data + "/maestro.sqlite-wal" }
    private var database: String { data + "/maestro.sqlite" }

    /// Every breach, in the order of the trace.
    func breaches(in trace: SystemCallTrace) -> [Breach] {
        var state = State()
        var breaches: [Breach] = []
        for event in Event.all(of: trace) {
            switch event {
            case .begins(let call, let effect):
                breaches += broken(by: effect, state).map { .init(rule: $0.rule, path: $0.path, line: call.entered) }
            case .ends(let effect): state.apply(effect, isOfUser: isOfUser, log: log)
            }
        }
        return breaches
    }

    private func broken(by effect: Effect, _ state: State) -> [(rule: Breach.Rule, path: String)] {
        var broken: [(rule: Breach.Rule, path: String)] = []
        switch effect {
        case .rename(let path, _): broken += unsynced(at: path, state).map { (.fileBeforeName, $0) }
        case .exchange(let path, let other):
            broken += (unsynced(at: path, state) + unsynced(at: other, state)).map { (.fileBeforeName, $0) }
        case .write(let path) where path == log:
            broken += state.unsynced { isOfUser($0) && !isDeferred($0) }.map { (.namesBeforeMark, $0) }
        case .write(let path) where path == database:
            if state.dirty.contains(log) { broken.append((.logBeforePages, path)) }
        case .write(let path) where path == Event.result:
            if state.isLogOwed { broken.append((.logBeforeResult, log)) }
            broken += state.unsynced(where: isOfUser).map { (.namesBeforeResult, $0) }
        case .remove(log): if state.dirty.contains(database) { broken.append((.pagesBeforeLogGoes, database)) }
        default: break
        }
        let tells = effect.paths.contains(where: tellsOfCommit) && !effect.isSync
        if tells, state.dirty.contains(log) { broken.append((.logBeforeDocuments, effect.paths[0])) }
        return broken
    }

    /// The file itself, and where it is a folder everything below it.
    private func unsynced(at path: String, _ state: State) -> [String] {
        state.unsynced { ($0 == path || $0.hasPrefix(path + "/")) && !isDeferred($0) }
    }

    /// A snapshot, or the folder with their names.
    private func isDeferred(_ path: String) -> Bool {
        defersSnapshots && (path.contains("/reflections/") || path.hasSuffix("/reflections"))
            && !path.hasSuffix("/index.jsonl")
    }

    /// A user's own folder, without Maestro's workings in it or beside it.
    private func isOfUser(_ path: String) -> Bool {
        path.hasPrefix(data + "/users/") && !path.hasPrefix(data + "/users/.") && !path.contains("/.maestro/")
            && !path.hasSuffix("/.maestro")
    }

    /// A document, a snapshot or a line of the index: nothing that still has a temporary name, and not the folders that are
    /// made for them before.
    private func tellsOfCommit(_ path: String) -> Bool {
        guard isOfUser(path) else { return false }
        let steps = path.dropFirst(data.count).split(separator: "/")
        guard let name = steps.last, !steps.contains(where: { $0.hasPrefix(".") }) else { return false }
        let isFile = name.hasSuffix(".md") || name.hasSuffix(".yaml") || name.hasSuffix(".jsonl")
        return isFile || steps.dropLast().contains("reflections")
    }
}

extension DurabilityOrder {
    /// What is not durable at one moment.
    private struct State {
        /// Files that hold something that was not synced.
        var dirty: Set<String> = []
        /// Folders with names that were not synced.
        var open: Set<String> = []
        /// Whether the log holds something unsynced from before the user's folder was last touched; what comes after that
        /// is only the mark that the plan was applied.
        var isLogOwed = false

        func unsynced(where isMeant: (String) -> Bool) -> [String] { dirty.union(open).filter(isMeant).sorted() }

        mutating func apply(_ effect: Effect, isOfUser: (String) -> Bool, log: String) {
            switch effect {
            case .write(let path): dirty.insert(path)
            case .sync(let path):
                dirty.remove(path)
                open.remove(path)
            case .syncAll: (dirty, open) = (dirty.filter { $0.hasPrefix(log) }, [])
            case .makeFile(let path), .makeFolder(let path): open.insert(path.folder)
            case .remove(let path):
                dirty.remove(path)
                open.remove(path)
                open.insert(path.folder)
            case .rename(let old, let new):
                move(old, to: new)
                open.formUnion([old.folder, new.folder])
            case .exchange(let one, let other):
                move(one, to: one + "\0")
                move(other, to: one)
                move(one + "\0", to: other)
                open.formUnion([one.folder, other.folder])
            }
            if effect == .write(log) { isLogOwed = isLogOwed || !hasTouchedUser }
            if effect == .sync(log) { isLogOwed = false }
            guard effect.paths.contains(where: isOfUser) else { return }
            hasTouchedUser = true
            isLogOwed = dirty.contains(log)
        }

        private var hasTouchedUser = false

        private mutating func move(_ old: String, to new: String) {
            dirty = Set(dirty.map { $0.moved(from: old, to: new) })
            open = Set(open.map { $0.moved(from: old, to: new) })
        }
    }

    /// A call's begin or its end.
    private enum Event {
        case begins(SystemCall, Effect)
        case ends(Effect)

        /// Standard output, under a name that no path has.
        static let result = "stdout"

        /// In the order of the trace's lines; effects are taken from calls that succeeded.
        static func all(of trace: SystemCallTrace) -> [Event] {
            let events = trace.calls.flatMap { call -> [(line: Int, isEnd: Int, event: Event)] in
                guard call.outcome == .returned, let effect = effect(of: call) else { return [] }
                return [(call.entered, 0, .begins(call, effect)), (call.returned, 1, .ends(effect))]
            }
            return events.sorted { ($0.line, $0.isEnd) < ($1.line, $1.isEnd) }.map(\.event)
        }

        private static func effect(of call: SystemCall) -> Effect? {
            call.name == "write" && call.arguments.hasPrefix("1<") ? .write(result) : call.effect
        }
    }
}

extension Effect {
    fileprivate var isSync: Bool {
        switch self {
        case .sync, .syncAll: true
        default: false
        }
    }
}

extension String {
    fileprivate var folder: String { String(self[..<(lastIndex(of: "/") ?? startIndex)]) }

    fileprivate func moved(from old: String, to new: String) -> String {
        if self == old { return new }
        return hasPrefix(old + "/") ? new + dropFirst(old.count) : self
    }
}
