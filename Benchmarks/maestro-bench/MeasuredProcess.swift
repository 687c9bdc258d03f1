// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One run of a command, and what it cost by the kernel's count.
struct MeasuredProcess: Sendable {
    let exitCode: Int32
    let wall: Duration
    /// User and system time of the process itself.
    let cpu: Duration
    let peakBytes: Int

    /// User and system time that this process has used so far.
    static var ownTime: Duration {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(RUSAGE_SELF.rawValue, &usage)
        #else
        getrusage(RUSAGE_SELF, &usage)
        #endif
        return duration(usage.ru_utime) + duration(usage.ru_stime)
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs `command` to its end; what it prints goes to `log`, nowhere else.
    ///
    /// - Throws: ``Failed`` where it cannot be started, or ends with another code than 0.
    static func run(
        _ command: [String],
        environment: [String: String] = [:],
        log: String = "/dev/null"
    ) async throws -> MeasuredProcess {
        let result = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "maestro.bench").async {
                continuation.resume(with: Result { try spawnAndWait(command, environment, log) })
            }
        }
        guard result.exitCode == 0 else {
            throw Failed(description: "`\(command.joined(separator: " "))` ended with \(result.exitCode); see \(log)")
        }
        return result
    }

    private static func spawnAndWait(
        _ command: [String],
        _ environment: [String: String],
        _ log: String
    ) throws -> MeasuredProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MAESTRO_") }
            .merging(environment) { $1 }
        var arguments = command.map { strdup($0) } + [nil]
        var words = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (arguments + words).forEach { free($0) } }

        let start = ContinuousClock.now
        var pid = pid_t()
        let problem = posix_spawn(&pid, command[0], &actions, nil, &arguments, &words)
        guard problem == 0 else {
            throw Failed(description: "`\(command[0])` cannot be started: \(String(cString: strerror(problem)))")
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0 {
            guard errno == EINTR else {
                throw Failed(description: "waiting for `\(command[0])` failed: errno \(errno)")
            }
        }
        let signal = status & 0x7F
        return MeasuredProcess(
            exitCode: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
            wall: ContinuousClock.now - start,
            cpu: duration(usage.ru_utime) + duration(usage.ru_stime),
            peakBytes: usage.ru_maxrss * 1024
        )
    }

    private static func duration(_ time: timeval) -> Duration {
        .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }
}
