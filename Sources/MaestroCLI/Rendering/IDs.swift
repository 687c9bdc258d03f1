// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Finds what a person means by an id: the whole of it, a prefix, or `last`.
struct IDs {
    let store: any Store
    let user: UserID

    func reflection(_ text: String) async throws -> Reflection {
        let found = text.isEmpty ? [] : try await store.reflections(withPrefix: text, of: user)
        guard let first = found.first else {
            throw Failure.use("no reflection has the id `\(text)`", hint: "`maestro log` lists them")
        }
        guard found.count == 1 else {
            throw Failure.use("\(found.count) reflections start with `\(text)`", hint: "give more of the id")
        }
        return first
    }

    /// A reflection, or one of its changes: `3fa9`, `last`, `3fa9-1`, `last-2`.
    func target(_ text: String) async throws -> (reflection: Reflection, ordinal: Int?) {
        guard let dash = text.lastIndex(of: "-"), let ordinal = Int(text[text.index(after: dash)...]) else {
            return (try await reflection(text), nil)
        }
        return (try await reflection(String(text[..<dash])), ordinal)
    }

    /// A job, by its id, a prefix of it, or `last`: the one that was submitted last.
    func job(_ text: String) async throws -> QueuedJob {
        let isLast = text == "last"
        // All that begin so: a continuation's id begins with the whole id of what it continues.
        let found = try await store.jobs(JobQuery(user: user, prefix: isLast ? nil : text, limit: nil))
        // Those that were submitted together are told apart by their ids: the same word means the same job twice.
        let newest = found.max { ($0.submittedAt, $0.job.id.rawValue) < ($1.submittedAt, $1.job.id.rawValue) }
        if isLast, let newest { return newest }
        if let exact = found.first(where: { $0.job.id.rawValue == text }) { return exact }
        guard !isLast, let first = found.first, !text.isEmpty else {
            let owner = isLast || text.isEmpty ? nil : try await otherOwner(of: text)
            throw Failure.use(
                isLast ? "user `\(user)` has no job" : "no job of user `\(user)` has the id `\(text.onOneLine)`",
                hint: owner.map { "user `\($0)` has one: add --user \(ShellWord.quoted($0.rawValue))" }
                    ?? "`maestro jobs --all` lists those of all users"
            )
        }
        guard found.count == 1 else {
            throw Failure.use("\(found.count) jobs start with `\(text)`", hint: "give more of the id")
        }
        return first
    }

    /// Another user who has a job of that name; nil where nobody is seen to, or several are.
    private func otherOwner(of prefix: String) async throws -> UserID? {
        let owners = Set(try await store.jobs(JobQuery(user: nil, prefix: prefix, limit: 100)).map(\.job.user))
        return owners.count == 1 ? owners.first : nil
    }

    func waiting(_ text: String) async throws -> WaitingChange {
        let all = try await store.waiting(of: user)
        let found = text == "last" ? all.suffix(1) : all.filter { $0.id.isMeant(by: text) }[...]
        guard let first = found.first else {
            throw Failure.use("no waiting change has the id `\(text)`", hint: "`maestro review --list` lists them")
        }
        guard found.count == 1 else {
            throw Failure.use("\(found.count) waiting changes start with `\(text)`", hint: "give more of the id")
        }
        return first
    }
}

extension Reflection.ID {
    /// Enough of the id to name it.
    var short: String { String(rawValue.prefix(8)) }
}

extension ChangeID {
    /// Enough of the id to name it.
    var short: String { "\(reflection.short)-\(ordinal)" }

    /// Whether a person who writes `text` means this change: `3fa9`, or with its number `3fa9-1`.
    func isMeant(by text: String) -> Bool {
        guard let dash = text.lastIndex(of: "-"), dash != text.startIndex else {
            return !text.isEmpty && reflection.rawValue.hasPrefix(text)
        }
        return reflection.rawValue.hasPrefix(text[..<dash]) && Int(text[text.index(after: dash)...]) == ordinal
    }
}
