// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What it costs to make 4 KB durable in a folder: they are added to a file, and synced, again and again.
final class SyncProbe: Sendable {
    private let path: String
    private let descriptor: CInt

    init(in folder: URL) throws {
        path = folder.appending(path: "sync.probe").path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw MeasuredProcess.Failed(description: "`\(path)` cannot be written") }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// The mean of `count`, one after another.
    func mean(of count: Int = 200) throws -> Duration {
        try (0..<count).reduce(.zero) { sum, _ in sum + (try once()) } / count
    }

    /// The mean of one every 50 ms while `body` runs: what one costs beside all that `body` syncs.
    func mean<Result>(beside body: () async throws -> Result) async throws -> (result: Result, mean: Duration) {
        let isOver = Atomic(false)
        // On a thread of its own: it blocks, and the shared ones serve the scripted model.
        async let mean = withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "maestro.bench.sync").async {
                continuation.resume(
                    with: Swift.Result {
                        var costs: [Duration] = []
                        repeat {
                            costs.append(try self.once())
                            usleep(50_000)
                        } while !isOver.load(ordering: .relaxed)
                        return costs.reduce(.zero, +) / costs.count
                    }
                )
            }
        }
        defer { isOver.store(true, ordering: .relaxed) }
        let result = try await body()
        isOver.store(true, ordering: .relaxed)
        return (result, try await mean)
    }

    private func once() throws -> Duration {
        let bytes = [UInt8](repeating: 0x61, count: 4096)
        let start = ContinuousClock.now
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw MeasuredProcess.Failed(description: "`\(path)` cannot be written: errno \(errno)")
        }
        return ContinuousClock.now - start
    }
}
