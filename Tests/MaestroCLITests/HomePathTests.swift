// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MaestroCLI

@Suite struct `A path with a tilde` {
    @Test(arguments: [
        ("~", "/people/ada"), ("~/x/y.jsonl", "/people/ada/x/y.jsonl"), ("/tmp/~", "/tmp/~"), ("x~", "x~"), ("", ""),
    ])
    func `starts at the home that the environment names`(path: String, expanded: String) {
        #expect(HomePath.expanding(path, home: "/people/ada") == expanded)
    }
}
