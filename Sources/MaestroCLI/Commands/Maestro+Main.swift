// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// The process: parses, runs, and turns every end into an exit code: 0 done, 1 the work failed, 2 wrong use.
@main
enum Main {
    static func main() async {
        openStandardFiles()
        let interrupts = await Interrupts.shared.listen()
        let work = Task { await run() }
        Interrupts.shared.onFirst { work.cancel() }
        let code = await work.value
        interrupts.forEach { $0.cancel() }
        exit(work.isCancelled && code != 0 ? 128 + (Interrupts.shared.signal ?? SIGINT) : code)
    }

    /// Where a caller closed one of the three, the next file to be opened would take its number, and be written to.
    private static func openStandardFiles() {
        for file in STDIN_FILENO...STDERR_FILENO where fcntl(file, F_GETFD) == -1 { _ = open("/dev/null", O_RDWR) }
    }

    private static func run() async -> Int32 {
        var command: any ParsableCommand
        do {
            let words = Array(CommandLine.arguments.dropFirst())
            command = try MaestroCommand.parseAsRoot(ArgumentOrder.parsable(words, of: MaestroCommand.self))
        } catch {
            return parsingEnded(with: error)
        }
        do {
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            return 0
        } catch {
            // Help is only found out by running.
            guard MaestroCommand.exitCode(for: error) == .failure else { return parsingEnded(with: error) }
            let failure = (error as? UnknownCommand)?.failure(among: MaestroCommand.names) ?? Failure(error)
            Terminal.error(failure.message, hint: failure.hint)
            return failure.exitCode
        }
    }

    /// Help and version are results; a wrong use is said on stderr.
    private static func parsingEnded(with error: any Error) -> Int32 {
        let text = MaestroCommand.fullMessage(for: error)
        guard MaestroCommand.exitCode(for: error) != .success else {
            Terminal.result(text)
            return 0
        }
        Terminal.note(text)
        return 2
    }
}
