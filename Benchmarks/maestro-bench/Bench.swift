// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One measurement: a binary, a folder of its own, and a scripted model on loopback.
struct Bench: Sendable {
    let binary: String
    /// Everything is written below it; nothing else is touched.
    let folder: URL

    /// A fresh data folder.
    ///
    /// None is removed before the end: ext4 makes files slowly for a while after many were deleted.
    func makeData(_ name: String) throws -> URL {
        let data = folder.appending(path: "\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        return data
    }

    func save(_ text: String, as name: String) throws -> String {
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file.path
    }

    func submit(_ file: String, of user: String, to data: URL) async throws {
        _ = try await maestro(["submit", file, "--user", user, "--project", "global"], data)
    }

    /// Works until nothing is left; `slots` calls at once.
    func drain(_ data: URL, asking server: TestServer, slots: Int) async throws -> MeasuredProcess {
        try await maestro(
            ["work", "--drain"],
            data,
            [
                "MAESTRO_LLM_ENDPOINT": server.url, "MAESTRO_LLM_MAX_CONCURRENT": "\(slots)",
                "MAESTRO_REFLECTION_MAX_ENTRIES": "100000",
            ]
        )
    }

    func maestro(
        _ arguments: [String],
        _ data: URL,
        _ environment: [String: String] = [:]
    ) async throws -> MeasuredProcess {
        try await MeasuredProcess.run(
            [binary] + arguments + ["--data", data.path],
            environment: environment,
            log: folder.appending(path: "log.txt").path
        )
    }

    /// What it costs to make 4 KB durable in this folder: the mean of `count` files, written and synced one by one.
    func syncCost(_ count: Int = 200) throws -> Duration {
        let bytes = [UInt8](repeating: 0x61, count: 4096)
        let path = folder.appending(path: "sync.probe").path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw MeasuredProcess.Failed(description: "`\(path)` cannot be written") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let start = ContinuousClock.now
        for _ in 0..<count {
            guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
                throw MeasuredProcess.Failed(description: "`\(path)` cannot be written: errno \(errno)")
            }
        }
        return (ContinuousClock.now - start) / count
    }
}
