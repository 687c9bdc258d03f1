import ArgumentParser
@main struct MaestroCommand: AsyncParsableCommand {
    mutating func run() async throws { print("hi") }
}
