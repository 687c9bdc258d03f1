// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroStores
import struct SystemPackage.FilePath

/// A disk that keeps for certain only what was synced to it.
///
/// When the power fails, a file that was not synced has its old content, its new one, a part of it, or zeros; and of the
/// changes of names that were not synced any may be there and any other not, in whatever order they were made. One
/// rename or exchange happens as a whole or not at all. This is weaker than what any file system of today promises
/// (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014).
struct SimulatedDisk {
    /// What may be found afterwards: files with their content, and folders, by path.
    struct State: Hashable {
        var files: [String: String] = [:]
        var folders: Set<String> = []
    }

    private struct File {
        var durable: String
        var now: String

        /// What may be found of it.
        var remains: [String] {
            if durable == now { return [now] }
            let half = String(now.prefix((durable.count + now.count) / 2))
            return [durable, now, half, String(repeating: "\0", count: now.utf8.count)]
        }
    }

    /// One name in one folder, and what has it from then on.
    private struct Assignment {
        let folder: Int
        let name: String
        let node: Int?
    }

    private typealias Names = [Int: [String: Int]]

    private let root: FilePath
    private var files: [Int: File] = [:]
    private var durable: Names = [0: [:]]
    private var now: Names = [0: [:]]
    /// Each happens as a whole or not.
    private var pending: [[Assignment]] = []
    private var count = 0
    /// Effects that this disk forgets to carry out: how a test shows that a missing one is found.
    private let ignores: @Sendable (Effect) -> Bool

    /// What lies in `folder`, all of it durable; effects speak of paths below `root`.
    init(
        holding folder: FilePath,
        root: FilePath,
        ignoring ignores: @escaping @Sendable (Effect) -> Bool = { _ in false }
    )
        throws
    {
        self.root = root
        self.ignores = ignores
        let state = try State(of: folder)
        for path in state.folders.sorted() { perform(.makeFolder(root.pushing(FilePath(path)))) }
        for (path, text) in state.files {
            perform(.makeFile(root.pushing(FilePath(path))))
            perform(.write(root.pushing(FilePath(path)), text))
        }
        files = files.mapValues { File(durable: $0.now, now: $0.now) }
        (durable, pending) = (now, [])
    }

    // MARK: - What happens to it

    mutating func perform(_ effect: Effect) {
        if ignores(effect) { return }
        switch effect {
        case .makeFolder(let path):
            guard node(at: path) == nil else { return }
            count += 1
            (now[count], durable[count]) = ([:], [:])
            assign(path, to: count)
        case .makeFile(let path):
            guard node(at: path) == nil else { return }
            count += 1
            files[count] = File(durable: "", now: "")
            assign(path, to: count)
        case .write(let path, let text):
            // An index is made by its first line.
            if node(at: path) == nil { perform(.makeFile(path)) }
            if let node = node(at: path) { files[node]?.now += text }
        case .syncFile(let path):
            if let node = node(at: path), let file = files[node] { files[node]?.durable = file.now }
        case .syncFolder(let path): syncFolder(at: path)
        case .syncFileSystem:
            files = files.mapValues { File(durable: $0.now, now: $0.now) }
            (durable, pending) = (now, [])
        case .remove(let path), .removeFolder(let path): assign(path, to: nil)
        case .rename(let old, let new): move(old, to: new)
        case .renameWithoutReplacing(let old, let new):
            if node(at: new) == nil { move(old, to: new) }
        case .exchange(let one, let other):
            guard let first = place(of: one), let second = place(of: other) else { return }
            assign([(first, node(at: other)), (second, node(at: one))])
        case .commit, .checkpoint: return
        }
    }

    private mutating func move(_ old: FilePath, to new: FilePath) {
        guard let node = node(at: old), let from = place(of: old), let target = place(of: new) else { return }
        assign([(from, nil), (target, node)])
    }

    private mutating func assign(_ path: FilePath, to node: Int?) {
        if let place = place(of: path) { assign([(place, node)]) }
    }

    private mutating func assign(_ changes: [((folder: Int, name: String), Int?)]) {
        let group = changes.map { Assignment(folder: $0.folder, name: $0.name, node: $1) }
        Self.apply(group, to: &now)
        pending.append(group)
    }

    private mutating func syncFolder(at path: FilePath) {
        guard let folder = path == root ? 0 : node(at: path) else { return }
        for group in pending where group.contains(where: { $0.folder == folder }) { Self.apply(group, to: &durable) }
        pending.removeAll { $0.contains { $0.folder == folder } }
    }

    private static func apply(_ group: [Assignment], to names: inout Names) {
        for change in group { names[change.folder]?[change.name] = change.node }
    }

    private func place(of path: FilePath) -> (folder: Int, name: String)? {
        guard let name = path.lastComponent?.string else { return nil }
        let parent = path.removingLastComponent()
        guard let folder = parent == root ? 0 : node(at: parent), now[folder] != nil else { return nil }
        return (folder, name)
    }

    private func node(at path: FilePath) -> Int? {
        var rest = path
        guard rest.removePrefix(root) else { return nil }
        return rest.components.reduce(0 as Int?) { folder, name in folder.flatMap { now[$0]?[name.string] } }
    }

    // MARK: - What is left of it

    /// What a running system sees.
    var seen: State { state(of: now) { $0.now } }

    /// What may be left when the power fails now: everything that is possible, or so many of them.
    func remains(atMost limit: Int) -> Set<State> {
        let dirty = files.keys.filter { (files[$0]?.remains.count ?? 0) > 1 }.sorted()
        let counts = Array(repeating: 2, count: pending.count) + dirty.map { files[$0]?.remains.count ?? 1 }
        let total = counts.reduce(1) { min($0 * $1, 1 << 40) }
        let choices = total <= limit ? Array(0..<total) : (0..<limit).map { _ in Int.random(in: 0..<total) }
        return Set(
            choices.map { number in
                var rest = number
                let digits = counts.map { count in
                    defer { rest /= count }
                    return rest % count
                }
                return state(choosing: digits, among: dirty)
            }
        )
    }

    private func state(choosing digits: [Int], among dirty: [Int]) -> State {
        var names = durable
        for (group, digit) in zip(pending, digits) where digit == 1 { Self.apply(group, to: &names) }
        let contents = Dictionary(uniqueKeysWithValues: zip(dirty, digits.dropFirst(pending.count)))
        return state(of: names) { file, id in file.remains[contents[id] ?? 0] }
    }

    private func state(of names: Names, _ content: (File) -> String) -> State {
        state(of: names) { file, _ in content(file) }
    }

    private func state(of names: Names, _ content: (File, Int) -> String) -> State {
        var state = State()
        func visit(_ folder: Int, _ path: String) {
            for (name, node) in names[folder] ?? [:] {
                if let file = files[node] {
                    state.files[path + name] = content(file, node)
                } else {
                    state.folders.insert(path + name)
                    visit(node, path + name + "/")
                }
            }
        }
        visit(0, "")
        return state
    }
}

extension SimulatedDisk.State {
    /// What belongs to SQLite or to the locks of living processes, and is not simulated.
    private static func isElsewhere(_ path: String) -> Bool {
        path.hasPrefix("maestro.sqlite") || path.hasSuffix(".lock") || path.hasSuffix("/.maestro/lock")
    }

    /// What lies in a real folder.
    init(of folder: FilePath) throws {
        self.init()
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.string) where !Self.isElsewhere(path) {
            let data = FileManager.default.contents(atPath: folder.pushing(FilePath(path)).string)
            if let data { files[path] = String(decoding: data, as: UTF8.self) } else { folders.insert(path) }
        }
    }

    /// Makes a real folder of it.
    func write(to folder: FilePath) throws {
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        for path in folders.sorted() {
            let path = folder.pushing(FilePath(path)).string
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        for (path, text) in files {
            try Data(text.utf8).write(to: URL(filePath: folder.pushing(FilePath(path)).string))
        }
    }
}
