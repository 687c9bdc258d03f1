// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer

/// A model that learns something from every job: a few topics, each said anew by every job that concerns it.
enum ChaosModel {
    static let topics = 5

    static func entry(_ topic: Int) -> String { "feedback-topic-\(topic)" }

    /// One job as a line of a file.
    static func job(_ number: Int, of user: String) -> String {
        """
        {"id":"\(user)-\(number)","messages":[{"role":"user","content":"please do thing <\(number)> now"},\
        {"role":"assistant","content":"done \(number)"}]}

        """
    }

    static let script: Script = {
        var script = Script { request, _ in .reply(reply(to: request.body)) }
        script.latency = .milliseconds(20)
        return script
    }()

    /// The number of the job that a prompt is about.
    static func number(in prompt: String) -> Int? {
        prompt.firstMatch(of: /do thing <(\d+)> now/).flatMap { Int($0.1) }
    }

    private static func reply(to prompt: String) -> String {
        let number = number(in: prompt) ?? 0
        let name = entry(number % topics)
        let op = prompt.contains(name) ? "update" : "add"
        return """
            {"reasoning":"r","memory_changes":[{"op":"\(op)","name":"\(name)","type":"feedback",\
            "description":"Topic \(number % topics), job \(number)","body":"As job \(number) has it. **Why:** said so. \
            **How to apply:** always.","merge_target":"","events":[1],"quote":""}],\
            "piece_edit":{"why":"","events":[],"edits":[]}}
            """
    }
}
