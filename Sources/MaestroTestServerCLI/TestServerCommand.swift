import ArgumentParser
@main struct TestServerCommand: AsyncParsableCommand {
    mutating func run() async throws { print("hi") }
}
