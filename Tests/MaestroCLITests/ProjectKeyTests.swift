// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import SystemPackage
import Testing

@testable import MaestroCLI

@Suite(.temporaryFolder) struct `A project's key` {
    @Test(arguments: [
        ("git@github.com:acme/app.git", "github.com/acme/app"), ("git@github.com:acme/app", "github.com/acme/app"),
        ("https://github.com/acme/app.git", "github.com/acme/app"),
        ("https://github.com/acme/app/", "github.com/acme/app"),
        ("https://ada:key@github.com/acme/app.git", "github.com/acme/app"),
        ("https://x-access-token:key@github.com/acme/app", "github.com/acme/app"),
        ("ssh://git@git.acme.com:2222/team/sub/app.git", "git.acme.com/team/sub/app"),
        ("git://GitHub.com/Acme/App.git", "github.com/Acme/App"),
        ("http://localhost:3000/acme/app", "localhost/acme/app"),
    ])
    func `is the same however the remote is written`(remote: String, key: String) {
        #expect(ProjectKey.normalised(remote) == key)
    }

    private func checkout(_ configuration: String) throws -> FilePath {
        let folder = TemporaryFolder.path.appending("app")
        let git = folder.appending(".git")
        try FileManager.default.createDirectory(atPath: git.string, withIntermediateDirectories: true)
        try Data(configuration.utf8).write(to: URL(filePath: git.appending("config").string))
        return folder
    }

    @Test func `comes from the checkout that holds the folder`() throws {
        let folder = try checkout(
            """
            [core]
            \tbare = false
            [remote "upstream"]
            \turl = https://github.com/other/app.git
            [remote "origin"]
            \turl = git@github.com:acme/app.git
            \tfetch = +refs/heads/*:refs/remotes/origin/*
            """
        )

        #expect(ProjectKey.scope(of: folder.string) == .project("github.com/acme/app"))
        #expect(ProjectKey.scope(of: folder.appending("Sources/deep").string) == .project("github.com/acme/app"))
    }

    @Test func `comes from the main checkout in a worktree`() throws {
        let main = try checkout("[remote \"origin\"]\n\turl = git@github.com:acme/app.git\n")
        let tree = TemporaryFolder.path.appending("tree")
        try FileManager.default.createDirectory(atPath: tree.string, withIntermediateDirectories: true)
        let pointer = "gitdir: \(main.appending(".git/worktrees/tree"))\n"
        try Data(pointer.utf8).write(to: URL(filePath: tree.appending(".git").string))

        #expect(ProjectKey.scope(of: tree.string) == .project("github.com/acme/app"))
    }

    @Test func `is the folder where there is no remote`() throws {
        let folder = try checkout("[core]\n\tbare = false\n").string

        #expect(ProjectKey.scope(of: folder) == .project(folder))
        #expect(ProjectKey.scope(of: "/nowhere/at/all") == .project("/nowhere/at/all"))
        #expect(ProjectKey.scope(of: "C:\\work\\app") == .project("C:\\work\\app"))
    }
}
