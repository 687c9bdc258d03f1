// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro
import MaestroStores

/// `maestro fsck`: is everything that was committed where it belongs; `--repair`: mend what can be mended.
struct FsckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Check the whole data folder against its history, and mend it.",
        discussion: """
            Of all users, or of the one that --user names. Says one line for each thing found, with what mends it. Exit \
            code 1 where something is wrong. May run beside a worker: it takes each user's lock in turn.
            """
    )

    /// How long another process may keep a user's lock before that user's folder is passed over.
    private static let lockBound = Duration.seconds(10)

    @Flag(name: .long, help: "Mend what can be mended without losing anything, and say what was done.")
    var repair = false
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let loader = try Composition.load(options.place)
        guard try StoreAddress(loader.settings.storeURL) == .embedded else {
            throw Failure.use(
                "`fsck` is for the embedded store; in PostgreSQL a commit is one transaction, and no file can differ from it",
                hint: "`maestro doctor` checks the database, the documents and the chain of the index"
            )
        }
        var configuration = Composition.localConfiguration(options.place, loader)
        configuration.lockBound = Self.lockBound
        let findings: [CheckFinding]
        do {
            findings = try await LocalStore.check(
                configuration,
                user: options.user.map { UserID($0) },
                repair: repair
            )
        } catch {
            throw Failure(error)
        }
        let result = CheckReport(findings: findings, repairs: repair)
        if report.json { Terminal.json(result.json) } else { Terminal.result(result.lines) }
        let wrong = result.wrong
        if wrong > 0 { throw Failure.work("\(wrong) thing\(wrong == 1 ? " is" : "s are") wrong", hint: result.hint) }
    }
}
