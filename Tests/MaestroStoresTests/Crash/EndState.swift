// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath

/// All that may be seen of a data folder from outside, but for times: two runs that end alike are equal.
struct EndState: Equatable {
    /// Memory and pieces of every user, by path.
    var documents: [String: String]
    /// What the snapshots hold besides their manifests.
    var snapshots: [String: String]
    var reflections: [String]
    var jobs: [String]
    var metrics: [String]
    var waiting: [String]
    /// The jobs and events of each user's index, with what is wrong with its chain.
    var index: [String]
    /// Files of ours that nobody needs any more.
    var leftovers: [String]

    init(of bench: CrashBench, in store: LocalStore) async throws {
        let files = try Self.files(of: bench)
        documents = files.filter { !$0.key.contains("/reflections/") && !$0.key.contains("/.maestro/") }
        snapshots = files.filter { $0.key.contains("/before/") || $0.key.contains("/after/") }
        leftovers = files.keys.filter { $0.contains("~") || $0.contains("/kept/") }.sorted()
        let users = try await store.users().sorted { $0.rawValue < $1.rawValue }
        (reflections, waiting, index) = ([], [], [])
        for user in users {
            for reflection in try await store.reflections(HistoryQuery(user: user)) {
                let receipt = try await store.receipt(for: reflection.id, of: user)
                reflections.append(
                    "\(reflection.kind) \(reflection.job?.rawValue ?? "") \(reflection.outcome): "
                        + (receipt?.decisions ?? []).map {
                            "\($0.operation) \($0.name) \($0.verdict) \($0.code?.rawValue ?? "")"
                        }
                        .joined(separator: ", ")
                        + (receipt?.superseded ?? []).map { "; superseded \($0.relative)" }.joined()
                )
            }
            waiting += try await store.waiting(of: user).map { "\($0.id)" }
            index.append(Self.index(of: user, in: files))
        }
        reflections.sort()
        jobs = try await store.jobs(JobQuery(user: nil, limit: 100)).map { "\($0.job.id) \($0.state)" }.sorted()
        metrics = try await store.metrics(of: nil).map { "\($0.job) \($0.outcome) \($0.memoryChanges)" }.sorted()
    }

    private static func files(of bench: CrashBench) throws -> [String: String] {
        let root = bench.local.data.appending("users").string
        var found: [String: String] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: root) ?? FileManager.DirectoryEnumerator()
        {
            guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else { continue }
            found[path] = String(decoding: data, as: UTF8.self)
        }
        return found
    }

    private static func index(of user: UserID, in files: [String: String]) -> String {
        let lines = (files["\(user.folderName)/reflections/index.jsonl"] ?? "").split(separator: "\n").map(String.init)
        let chain = IndexLine.firstBreak(in: lines).map { " broken at \($0)" } ?? ""
        return "\(user) \(lines.count) lines\(chain)"
    }
}
