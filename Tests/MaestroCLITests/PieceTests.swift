// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Testing

@Suite(.temporaryFolder) struct `A person's pieces` {
    private let maestro = Binary()

    @Test func `are listed with the builtin ones, and shown as their files have them`() async throws {
        let list = try await maestro.run("piece", "list", "--json").objects()

        #expect(list.map { $0["name"] as? String } == ["answer-customer", "fix-issue", "review-change"])
        #expect(list.allSatisfy { $0["own"] as? Bool == false && $0["problem"] is NSNull })
        #expect(try await maestro.run("piece", "show", "fix-issue").out.contains("\nname: fix-issue\n"))
    }

    @Test func `are own copies once edited, until they are reset`() async throws {
        let builtin = try await maestro.run("piece", "show", "fix-issue").out
        let mine = builtin + "# my remark\n"
        let edited = try await maestro.run("piece", "edit", "fix-issue", "--file", "-", input: mine)

        #expect(edited.code == 0, "\(edited.err)")
        #expect(try Binary.documents()["pieces/fix-issue.yaml"]?.contains("# my remark") == true)
        #expect(try await maestro.run("piece").out.contains("fix-issue  own copy"))
        #expect(try await maestro.run("piece", "reset", "fix-issue").code == 0)
        #expect(try await maestro.run("piece", "show", "fix-issue").out == builtin)
        #expect(try await maestro.run("revert", "last").code == 0)
        #expect(try await maestro.run("piece", "show", "fix-issue").out.contains("# my remark"))
    }

    @Test(arguments: ["", "name: [", "maestro: 1\nname: fix-issue\n", "- 1\n"])
    func `are refused where they are not valid, and nothing is changed`(text: String) async throws {
        let finished = try await maestro.run("piece", "edit", "fix-issue", "--file", "-", input: text)

        #expect(finished.code == 1)
        #expect(finished.err.contains("nothing was changed"))
        #expect(try Binary.documents() == [:])
        #expect(try await maestro.run("log", "--json").out == "")
    }

    @Test func `that nobody knows are remarked on when a job names them`() async throws {
        let finished = try await maestro.run("reflect", "-", "--piece", "fix-isue", "--json", input: Binary.chat())

        #expect(finished.code == 0)
        #expect(finished.err.contains("no piece is named `fix-isue`"))
        #expect(try finished.object()["piece"] as? String == "fix-isue")
    }

    @Test func `for customers make their words no wishes`() async throws {
        let finished = try await maestro.run(
            "reflect",
            "-",
            "--piece",
            "answer-customer",
            "--json",
            input: Binary.chat()
        )

        #expect(try finished.object()["outcome"] as? String == "abstained")
        #expect(try Binary.documents() == [:])
    }
}
