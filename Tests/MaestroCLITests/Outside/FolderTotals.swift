// SPDX-License-Identifier: Apache-2.0
import GRDB

/// How much a data folder holds when all is done: the same for every way there.
struct FolderTotals: Hashable, Sendable {
    let jobs: Int
    let reflections: Int
    let metrics: Int
    let replies: Int
    let plans: Int
    let lines: Int

    init(of folder: DataFolder) throws {
        jobs = try folder.count("SELECT count(*) FROM jobs WHERE state = 'done'")
        reflections = try folder.count("SELECT count(*) FROM reflections")
        metrics = try folder.count("SELECT count(*) FROM metrics")
        replies = try folder.count("SELECT count(*) FROM replies")
        plans = try folder.count("SELECT count(*) FROM plans WHERE applied = 1")
        lines = try folder.indexLines().count
    }
}
