// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
@testable import MaestroCLI
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// `maestro store copy`, by the real binary and a real server.
@Suite(
    .temporaryFolder,
    .timeLimit(.minutes(5)),
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence))
)
struct `Copying a store by command` {
    private func text(_ maestro: Binary, _ arguments: String...) async throws -> String {
        let finished = try await maestro.run(arguments) { _ in }
        #expect(finished.code == 0, "\(arguments): \(finished.err)")
        return finished.out
    }

    @Test func `takes everything to a database and back, where commands and workers go on`() async throws {
        let url = try await PostgresServer.shared.value.makeURL()
        let (local, remote) = (Binary(), Binary(environment: ["MAESTRO_STORE_URL": url]))
        let receipt = try await local.reflectOnExample("--project", Binary.exampleProject)
        let id = try #require(receipt["reflection"] as? String)
        let file = TemporaryFolder.path.appending("chat.json").string
        try Binary.chat().write(toFile: file, atomically: true, encoding: .utf8)
        _ = try await text(local, "submit", file, "--job", "chat", "--user", "zoë")

        let table = try await text(local, "store", "copy", "--from", Binary.data.string, "--to", url)
        #expect(table.contains("Both stores hold the same."))
        #expect(!table.contains("DIFFERENT"))
        let (shown, first) = (try await remote.run("show", id, "--json"), try await local.run("show", id, "--json"))
        for key in ["outcome", "reasoning", "createdAt", "memoryChanges"] {
            #expect(try "\(shown.object()[key] ?? "")" == "\(first.object()[key] ?? "")")
        }
        #expect(try await text(remote, "log") == text(local, "log"))
        let again = try await remote.reflectOnExample("--project", Binary.exampleProject)
        #expect(again["alreadyDone"] as? Bool == true)

        let other = TemporaryFolder.path.appending("other").string
        let back = try await local.run(
            "store",
            "copy",
            "--from",
            url,
            "--to",
            "sqlite:\(other)/maestro.sqlite",
            "--json"
        )
        #expect(back.code == 0, "\(back.err)")
        #expect(try back.object()["equal"] as? Bool == true)
        let third = Binary(environment: ["MAESTRO_DATA": other])
        #expect(try await text(third, "fsck").contains("nothing is wrong"))
        #expect(try await text(third, "work", "--drain").contains("1 job ended: 1 applied"))
        _ = try await text(third, "revert", id)
        #expect(try await text(third, "doctor", "--offline").contains("one unbroken chain"))
        #expect(try await text(third, "jobs", "--user", "zoë").contains("chat"))
    }

    @Test func `is refused in a sentence, without a password, and makes nothing`() async throws {
        let url = try await PostgresServer.shared.value.makeURL() + "&password=hunter2hunter2"
        let empty = try await Binary().run("store", "copy", "--from", url, "--to", Binary.data.string)
        #expect(empty.code == 1)
        #expect(empty.err.contains("holds nothing") && !empty.err.contains("hunter2"))
        let nowhere = TemporaryFolder.path.appending("nowhere").string
        let missing = try await Binary().run("store", "copy", "--from", nowhere, "--to", url)
        #expect(missing.code == 2)
        #expect(missing.err.contains("no store lies in"))
        #expect(!FileManager.default.fileExists(atPath: nowhere))
        let wrong = try await Binary().run("store", "copy", "--from", "mysql://u:hunter2hunter2@h/d", "--to", url)
        #expect(wrong.code == 2)
        #expect(wrong.err.contains("--from") && !wrong.err.contains("hunter2"))
        let words = try await Binary().run("store", "copy", "--from", "host=h password=hunter2hunter2", "--to", url)
        #expect(words.code == 2 && !words.err.contains("hunter2"))
        let half = try await Binary().run("store", "copy", "--from", url)
        #expect(half.code == 2)
    }

    @Test func `is refused where both would keep their documents in one folder`() async throws {
        let shared = TemporaryFolder.path.appending("documents").string
        let maestro = Binary(environment: ["MAESTRO_USER_FOLDER_ROOT": shared])
        try await maestro.reflectOnExample()
        let other = TemporaryFolder.path.appending("other").string
        let finished = try await maestro.run("store", "copy", "--from", "sqlite:", "--to", other)
        #expect(finished.code == 2)
        #expect(finished.err.contains(shared) && finished.err.contains("userFolderRoot"))
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test(
        arguments: [
            ("sqlite:/a/maestro.sqlite", "/a"), ("sqlite:///a/b", "/a/b"), ("/a/b/../c", "/a/c"), ("sqlite:/a", "/a"),
            ("postgres:///a?host=/tmp", nil), ("POSTGRESQL://h/a", nil),
        ] as [(String, String?)]
    )
    func `understands an address`(url: String, folder: String?) throws {
        let expected = folder.map { CopyAddress.folder(FilePath($0)) } ?? .postgres(url)
        #expect(try CopyAddress(url, after: "--to") == expected)
    }
}
#endif
