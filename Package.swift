// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]
// Only in CI: a user's next compiler must not fail on a warning that this one does not know.
if Context.environment["MAESTRO_STRICT"] != nil { settings.append(.treatAllWarnings(as: .error)) }

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioCompression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "maestro",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "maestro", targets: ["MaestroCLI"]),
        .executable(name: "maestro-test-server", targets: ["MaestroTestServerCLI"]),
    ],
    traits: [
        .trait(
            name: "Postgres",
            description: "The store on PostgreSQL, through libpq. Without it: --disable-default-traits."
        ),
        .default(enabledTraits: ["Postgres"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.26.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // The engine and what it needs: no NIO, no GRDB, no crypto, so that working on it builds in seconds.
        .target(name: "CFileSystem"),
        // Only with the trait. libpq is loaded when it is first needed, so that neither building nor files need it.
        .target(name: "CPostgres"),
        .target(name: "Maestro", dependencies: [system, yams], swiftSettings: settings),
        .target(
            name: "MaestroPieces",
            path: "pieces",
            resources: [
                .embedInCode("answer-customer.yaml"), .embedInCode("fix-issue.yaml"),
                .embedInCode("review-change.yaml"),
            ],
            swiftSettings: settings
        ),

        // The outside world. These never import each other.
        .target(name: "MaestroTranscripts", dependencies: ["Maestro"], swiftSettings: settings),
        .target(
            name: "MaestroLLM",
            dependencies: ["Maestro", asyncHTTPClient, nioCore, nioHTTP1, nioCompression, nioFoundation, system],
            swiftSettings: settings
        ),
        .target(
            name: "MaestroStores",
            dependencies: [
                "Maestro", "CFileSystem", grdb, system,
                .target(name: "CPostgres", condition: .when(traits: ["Postgres"])),
            ],
            swiftSettings: settings
        ),

        .executableTarget(
            name: "MaestroCLI",
            dependencies: [
                "Maestro", "MaestroLLM", "MaestroPieces", "MaestroStores", "MaestroTranscripts", argumentParser,
                logging, metrics, serviceLifecycle, system, yams,
            ],
            swiftSettings: settings
        ),

        // What tests share. `MaestroTestServer` speaks real HTTP; its executable lets a script drive it.
        .target(name: "MaestroTesting", dependencies: ["Maestro", system], swiftSettings: settings),
        .target(name: "MaestroTestServer", dependencies: [nioCore, nioPosix, nioHTTP1], swiftSettings: settings),
        .executableTarget(
            name: "MaestroTestServerCLI",
            dependencies: ["MaestroTestServer", argumentParser],
            swiftSettings: settings
        ),

        // `make bench`: measures the release binary from outside, and the stores from inside.
        .executableTarget(
            name: "maestro-bench",
            dependencies: [
                "Maestro", "MaestroStores", "MaestroTesting", "MaestroTestServer", argumentParser, system,
            ],
            path: "Benchmarks/maestro-bench",
            swiftSettings: settings
        ),

        .testTarget(
            name: "MaestroTests",
            dependencies: ["Maestro", "MaestroPieces", "MaestroTesting"],
            exclude: ["Judging/Replies", "Reflection/Snapshots"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MaestroTranscriptsTests",
            dependencies: ["Maestro", "MaestroTesting", "MaestroTranscripts"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MaestroLLMTests",
            dependencies: [
                "Maestro", "MaestroLLM", "MaestroStores", "MaestroTestServer", "MaestroTesting", asyncHTTPClient,
                nioCore,
                nioHTTP1, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MaestroStoresTests",
            dependencies: ["Maestro", "MaestroPieces", "MaestroStores", "MaestroTesting", grdb, system],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MaestroCLITests",
            dependencies: [
                "Maestro", "MaestroCLI", "MaestroStores", "MaestroTestServer", "MaestroTesting", argumentParser, grdb,
                logging, metricsTestKit, subprocess, system,
            ],
            exclude: ["Snapshots"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)

// `make fuzz` and `make mutations` build the parsers alone, quickly and in scratch paths of their own: with the fuzzer,
// which brings its own `main`, or with the engine's tests. The settings' parser stands in an executable, whose files are
// compiled once more.
if let use = Context.environment["MAESTRO_FUZZ"] {
    let parsers = ["Maestro", "MaestroPieces", "MaestroTranscripts", "MaestroTesting"]
    let settingsLoader = ["Failure", "HomePath", "SettingKey", "SettingsLoader", "Telemetry/LogVariables"]
    let fuzzer = Target.executableTarget(
        name: "maestro-fuzz",
        dependencies: ["Maestro", "MaestroTranscripts", "MaestroTesting", system, yams],
        path: ".",
        sources: ["Fuzzing/FuzzTarget.swift", "Fuzzing/FuzzedParser.swift"]
            + settingsLoader.map { "Sources/MaestroCLI/\($0).swift" },
        swiftSettings: settings
    )
    package.products = []
    package.targets.removeAll {
        !(parsers + (use == "tests" ? ["MaestroTests", "MaestroTranscriptsTests"] : [])).contains($0.name)
    }
    if use != "tests" { package.targets.append(fuzzer) }
}
