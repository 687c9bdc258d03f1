// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Whether two stores stand so that one can be copied into the other.
struct CopyGate {
    let source: any StoreExport
    let target: any StoreImport

    /// - Throws: ``StoreError`` where they are one store, or anybody is at work on them.
    func check() async throws {
        guard try await source.identity() != target.identity() else {
            throw StoreError.unusable(
                "source and destination are the same store, `\(source.place)`",
                hint: "check the addresses after `--from` and `--to`"
            )
        }
        if try await source.isHeldBack() {
            throw StoreError.unusable(
                "the store `\(source.place)` is itself a copy that was not finished",
                hint: "finish it first: run the copy into it again"
            )
        }
        try await checkWorkers()
    }

    /// An idle worker claims whatever comes, unless everybody is paused.
    private func checkWorkers() async throws {
        let workers = try await source.store.workers()
        guard !workers.isEmpty, try await !source.store.pauses().contains(where: { $0.user == nil }) else { return }
        let names = workers.map { "`\($0.name)`" }.joined(separator: ", ")
        throw StoreError.unusable(
            "a worker is there that may claim jobs at `\(source.place)`: \(names)",
            hint:
                "stop it (on PostgreSQL it may count as there for a minute after its end), or `maestro pause --all` there; "
                + "a pause is copied, too"
        )
    }

    /// - Throws: ``StoreError`` where a job of either runs.
    func checkClaims() async throws {
        for (store, side) in [(source, "source"), (target as any StoreExport, "destination")] {
            guard let claim = try await store.liveClaims().first else { continue }
            throw StoreError.unusable(
                "\(claim.worker) is at work on job `\(claim.job)` of user `\(claim.user)` at the \(side) `\(store.place)`",
                hint: "wait until it is done and stop it, or `maestro pause --all` there first; nothing was copied"
            )
        }
    }
}
