// SPDX-License-Identifier: Apache-2.0

/// What `strace -f -y -s 0` wrote about a process, call by call, in the order in which the calls were entered.
struct SystemCallTrace: Sendable {
    /// The calls whose effects on the disk matter here; a `?` before those that not every machine has.
    static let names = [
        "write", "pwrite64", "?writev", "?pwritev", "ftruncate", "fsync", "fdatasync", "?syncfs", "?rename",
        "?renameat",
        "renameat2", "?unlink", "unlinkat", "?rmdir", "?mkdir", "mkdirat", "?open", "openat",
    ]

    let calls: [SystemCall]

    init(_ calls: [SystemCall]) { self.calls = calls }

    init(reading text: some StringProtocol) {
        var found: [SystemCall] = []
        var open: [Int: Line] = [:]
        for (number, text) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let line = Line(text, number: number) else { continue }
            if line.isUnfinished {
                open[line.thread] = line
            } else if line.isResumed {
                guard let start = open.removeValue(forKey: line.thread) else { continue }
                found.append(start.call(resumedBy: line))
            } else {
                found.append(line.call(resumedBy: nil))
            }
        }
        // A process that is killed leaves some of its calls without an end.
        found += open.values.map { $0.call(resumedBy: nil) }
        calls = found.sorted { $0.entered < $1.entered }
    }

    /// The calls that change something on the disk below `folder`, failed ones left out.
    func effects(below folder: String) -> [(call: SystemCall, effect: Effect)] {
        calls.compactMap { call in
            guard call.outcome == .returned, let effect = call.effect,
                effect.paths.contains(where: { $0 == folder || $0.hasPrefix(folder + "/") })
            else { return nil }
            return (call, effect)
        }
    }
}

extension SystemCallTrace {
    /// `4711 fsync(8</data>) = 0`, or one half of it where another thread's line came between.
    private struct Line {
        let thread: Int
        let name: String
        let arguments: String
        let result: String
        let number: Int
        let isUnfinished: Bool
        let isResumed: Bool

        init?(_ text: some StringProtocol, number: Int) {
            guard let space = text.firstIndex(of: " "), let thread = Int(text[..<space]) else { return nil }
            self.thread = thread
            self.number = number
            var rest = text[space...].drop { $0 == " " }
            isResumed = rest.hasPrefix("<... ")
            if isResumed { rest = rest.dropFirst(5) }
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            guard !name.isEmpty else { return nil }
            self.name = String(name)
            rest = rest.dropFirst(name.count)
            isUnfinished = rest.hasSuffix("<unfinished ...>")
            if isUnfinished { rest = rest.dropLast(16) }
            let end = rest.ranges(of: ") ").last { rest[$0.upperBound...].drop { $0 == " " }.hasPrefix("= ") }
            guard isUnfinished || end != nil else { return nil }
            arguments = String(rest[..<(end?.lowerBound ?? rest.endIndex)].drop { $0 == "(" })
            result = end.map { String(rest[$0.upperBound...].drop { $0 == " " || $0 == "=" }) } ?? "?"
        }

        func call(resumedBy end: Line?) -> SystemCall {
            let scanned = Arguments(arguments)
            let holdsData = ["write", "pwrite64", "writev", "pwritev"].contains(name)
            return SystemCall(
                thread: thread,
                name: name,
                descriptors: holdsData ? Array(scanned.descriptors.prefix(1)) : scanned.descriptors,
                names: holdsData ? [] : scanned.names,
                arguments: arguments,
                outcome: Self.outcome(end?.result ?? result),
                isInjected: (end?.result ?? result).hasSuffix("(INJECTED)"),
                entered: number,
                returned: end?.number ?? number
            )
        }

        private static func outcome(_ result: String) -> SystemCall.Outcome {
            if result.hasPrefix("?") { return .killed }
            guard result.hasPrefix("-1 ") else { return .returned }
            return .failed(String(result.dropFirst(3).prefix { $0 != " " }))
        }
    }

    /// Open files are printed as `8</data>`, names in quotes.
    private struct Arguments {
        var descriptors: [String] = []
        var names: [String] = []

        init(_ text: String) {
            var rest = text[...]
            while let start = rest.firstIndex(where: { $0 == "<" || $0 == "\"" }) {
                let isName = rest[start] == "\""
                let inner = rest[rest.index(after: start)...]
                guard let end = inner.firstIndex(of: isName ? "\"" : ">") else { return }
                if isName { names.append(String(inner[..<end])) } else { descriptors.append(String(inner[..<end])) }
                rest = inner[inner.index(after: end)...]
            }
        }
    }
}
