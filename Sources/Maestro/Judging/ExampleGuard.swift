// SPDX-License-Identifier: Apache-2.0

/// `example_copied`: the prompt's invented examples are called `sample-…`; small models hand them back.
struct ExampleGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let memory = change.memory else { return .accept }
        let names = [memory.name, memory.mergeTarget ?? ""].map { $0.lowercased() }
        let prefixes = [""] + EntryType.allCases.flatMap { ["\($0.rawValue)-", "\($0.rawValue)_"] }
        let isCopied = names.contains { name in prefixes.contains { name.hasPrefix("\($0)sample-") } }
        return isCopied ? .reject(.exampleCopied) : .accept
    }
}
