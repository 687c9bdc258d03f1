// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The tracer that watches the real binary, and stops or disturbs it in a system call.
struct Strace {
    /// Where its trace goes.
    let file: String
    var injection: Injection?

    /// Whether it is installed and may trace here: containers often forbid it.
    static let isUsable = path != nil

    static let absence: Comment = "`strace` is missing or may not trace here: nothing was tried"

    private static let path: String? = ["/usr/bin/strace", "/bin/strace", "/usr/local/bin/strace"].first { path in
        guard FileManager.default.isExecutableFile(atPath: path) else { return false }
        let probe = Process()
        probe.executableURL = URL(filePath: path)
        probe.arguments = ["-qq", "-f", "-o", "/dev/null", "/bin/true"]
        probe.standardError = FileHandle.nullDevice
        do { try probe.run() } catch { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }

    /// The words before the command that is traced.
    var command: [String] {
        let names = SystemCallTrace.names.joined(separator: ",")
        let words = [Self.path ?? "strace", "-f", "-y", "-s", "0", "-o", file, "-e", "trace=\(names)"]
        return words + (injection?.arguments ?? [])
    }

    func trace() throws -> SystemCallTrace {
        SystemCallTrace(reading: try String(contentsOfFile: file, encoding: .utf8))
    }
}
