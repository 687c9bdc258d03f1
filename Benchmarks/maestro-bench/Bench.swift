// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer

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
}
