// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import struct SystemPackage.FilePath

/// Carries out a plan on the user's files, and finishes one that was interrupted anywhere.
///
/// A person always wins: where something else than `before` stands in the way or comes out of an exchange, it goes back
/// or stays, and the operation is superseded. Bytes that a person saved are never deleted.
struct PlanApplier {
    let root: Directory
    /// Where it fails, how far it came goes here.
    var mark: PlanMark?

    /// Goes on from where it came before; the ordinals of all operations that gave way.
    ///
    /// All folders are durable when it returns.
    func apply(_ plan: Plan, after start: PlanMark.Progress = .init()) throws -> Set<Int> {
        var touched: [String: Directory] = [:]
        var progress = start
        var isSyncing = false
        do {
            for (ordinal, operation) in plan.operations.enumerated().dropFirst(start.done) {
                let (folders, file) = operation.write.path.steps
                let folder = try root.making(folders)
                touched[folders.joined(separator: "/")] = folder
                let target = Target(folder: folder, file: file, temporary: ".\(file).\(plan.reflection)~")
                if try !apply(operation.write, to: target) { progress.superseded.insert(ordinal) }
                progress.done = ordinal + 1
            }
            isSyncing = true
            for folder in touched.values { try folder.sync() }
        } catch {
            // Best effort: the error itself is what counts. A sync that failed is not to be believed when it succeeds the next
            // time.
            if progress.done > start.done, !isSyncing {
                _ = Result {
                    for folder in touched.values { try folder.sync() }
                    try mark?.note(progress)
                }
            }
            throw error
        }
        return progress.superseded
    }

    private struct Target {
        let folder: Directory
        let file: String
        let temporary: String

        func live() throws -> LiveFile { try folder.read(file) }
        func leftover() throws -> LiveFile { try folder.read(temporary) }
    }

    /// False where a person's edit stands and ours is superseded.
    private func apply(_ write: DocumentWrite, to target: Target) throws -> Bool {
        switch try target.live().step(for: write) {
        case .done: return try settleLeftover(of: write, at: target)
        case .superseded:
            try keepLeftover(of: write, at: target, mayBeTorn: true)
            return false
        case .apply:
            // Ours, where a crash came before the exchange; a person's, where they brought the text before back after it.
            try keepLeftover(of: write, at: target, mayBeTorn: true)
            guard let after = write.after else { return try remove(write, at: target) }
            try target.folder.write(after, to: target.temporary)
            if write.before == nil { return try create(write, at: target) }
            guard try target.folder.exchange(target.temporary, target.file) else {
                // A person deleted it in that instant.
                try target.folder.remove(target.temporary)
                return false
            }
            return try settleLeftover(of: write, at: target)
        }
    }

    private func create(_ write: DocumentWrite, at target: Target) throws -> Bool {
        if try target.folder.renameWithoutReplacing(target.temporary, to: target.file) { return true }
        let isOurs = try target.live().equals(write.after)
        try target.folder.remove(target.temporary)
        return isOurs
    }

    private func remove(_ write: DocumentWrite, at target: Target) throws -> Bool {
        guard try target.folder.renameWithoutReplacing(target.file, to: target.temporary) else {
            return try target.live().equals(nil)
        }
        return try settleLeftover(of: write, at: target)
    }

    /// Our text stands.
    ///
    /// What came out in exchange is the text before, and goes; or a person's edit of that instant, which goes back.
    private func settleLeftover(of write: DocumentWrite, at target: Target) throws -> Bool {
        let leftover = try target.leftover()
        if leftover == .absent || isOurs(leftover, in: write) {
            try target.folder.remove(target.temporary)
            return true
        }
        if write.after == nil {
            if try !target.folder.renameWithoutReplacing(target.temporary, to: target.file) {
                try keepLeftover(of: write, at: target)
            }
            return false
        }
        // Somebody may have saved over ours between the two exchanges, or deleted it: what they did later stands, and the
        // earlier words are kept.
        if try target.folder.exchange(target.temporary, target.file), try !isOurs(target.leftover(), in: write) {
            _ = try target.folder.exchange(target.temporary, target.file)
        }
        try keepLeftover(of: write, at: target)
        return false
    }

    private func isOurs(_ leftover: LiveFile, in write: DocumentWrite) -> Bool {
        leftover.equals(write.before) || leftover.equals(write.after)
    }

    /// Whether it is a text of ours that a crash cut off while it was written, or of which a power failure left holes: zeros.
    ///
    /// Never asked of what came out of an exchange: that was written whole, and a person who deletes the last lines of a text
    /// leaves such a one, too.
    private func isTorn(_ leftover: LiveFile, in write: DocumentWrite) -> Bool {
        guard let text = leftover.text, let after = write.after, text.utf8.count <= after.utf8.count else {
            return false
        }
        return zip(text.utf8, after.utf8).allSatisfy { $0 == $1 || $0 == 0 }
    }

    /// Removes a temporary file of ours; one that holds a person's words is moved to where nothing overwrites it.
    private func keepLeftover(of write: DocumentWrite, at target: Target, mayBeTorn: Bool = false) throws {
        let leftover = try target.leftover()
        guard leftover != .absent else { return }
        if isOurs(leftover, in: write) || mayBeTorn && isTorn(leftover, in: write) {
            return try target.folder.remove(target.temporary)
        }
        let kept = try root.making([".maestro", "kept"])
        // `.maestro` is made for the lock, which need not last; what goes in here must.
        try root.sync()
        var number = 1
        while try !target.folder.renameWithoutReplacing(target.temporary, to: "\(target.file).\(number)", in: kept) {
            guard try target.leftover() != .absent else { return }
            number += 1
        }
        try kept.sync()
    }
}
