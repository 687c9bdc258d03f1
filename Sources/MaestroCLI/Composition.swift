// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroLLM
import MaestroPieces
import MaestroStores
import struct SystemPackage.FilePath

/// The one place that picks implementations: settings become a store, a reflector and a runner.
struct Composition {
    let loader: SettingsLoader
    let data: FilePath
    let user: UserID
    let store: any Store

    var settings: Settings { loader.settings }

    /// Opens the store that the settings name, for one user, making what is missing.
    static func open(_ options: GlobalOptions, flags: [String: String] = [:]) async throws -> Composition {
        try await open(options.place, user: options.userID, flags: flags, isWorker: false)
    }

    /// The same for a command that only shows what is there: where somebody names a folder that is not, it says so.
    static func openToRead(_ options: GlobalOptions) async throws -> Composition {
        let isMissing = options.place.data != nil && !FileManager.default.fileExists(atPath: options.dataFolder.string)
        let composition = try await open(options)
        if isMissing, composition.store is LocalStore {
            Terminal.note(
                "note: there was no data folder `\(composition.data.string.onOneLine)`; an empty one was made"
            )
        }
        return composition
    }

    /// The same for a worker, who serves all users, and leaves snapshots to be synced together.
    static func openForWorker(_ place: DataOptions, flags: [String: String]) async throws -> Composition {
        try await open(place, user: .me, flags: flags, isWorker: true)
    }

    private static func open(
        _ place: DataOptions,
        user: UserID,
        flags: [String: String],
        isWorker: Bool
    ) async throws -> Composition {
        let loader = try load(place, flags: flags)
        do {
            return Composition(
                loader: loader,
                data: place.folder,
                user: user,
                store: try await openStore(place, loader, isWorker: isWorker)
            )
        } catch {
            throw Failure(error)
        }
    }

    private static func openStore(
        _ place: DataOptions,
        _ loader: SettingsLoader,
        isWorker: Bool
    ) async throws -> any Store {
        switch try StoreAddress(loader.settings.storeURL) {
        case .embedded:
            var configuration = localConfiguration(place, loader)
            configuration.defersSnapshots = isWorker
            return try await LocalStore.open(configuration)
        case .postgres(let url): return try await openPostgres(url, loader.settings)
        }
    }

    #if Postgres
    private static func openPostgres(_ url: String, _ settings: Settings) async throws -> any Store {
        try await PostgresStore.open(
            PostgresStore.Configuration(
                url: PostgresURL(url),
                builtin: builtinPieces,
                storeLlmRaw: settings.reflection.storeLlmRaw,
                maxRunSeconds: settings.llm.maxRunSeconds,
                notifies: settings.storeNotifies
            )
        )
    }
    #else
    private static func openPostgres(_ url: String, _ settings: Settings) async throws -> any Store {
        throw Failure.use(
            "`store.url` names a PostgreSQL, and this `maestro` was built without it; nothing was changed",
            hint: "build it with the package trait `Postgres`, which is on by default (`make install`)"
        )
    }
    #endif

    /// How the embedded store of these options is opened.
    static func localConfiguration(
        _ place: DataOptions,
        _ loader: SettingsLoader
    ) -> LocalStore.Configuration {
        var configuration = LocalStore.Configuration(
            data: place.folder,
            builtin: builtinPieces,
            storeLlmRaw: loader.settings.reflection.storeLlmRaw,
            allowNetworkFileSystem: loader.settings.allowNetworkFileSystem,
            maxRunSeconds: loader.settings.llm.maxRunSeconds
        )
        configuration.userFolderRoot = loader.settings.userFolderRoot.map {
            FilePath(HomePath.expanding($0))
        }
        return configuration
    }

    static func load(_ place: DataOptions, flags: [String: String] = [:]) throws -> SettingsLoader {
        try SettingsLoader(
            file: place.folder.appending("maestro.yaml"),
            environment: ProcessInfo.processInfo.environment,
            flags: flags
        )
    }

    static var builtinPieces: [PieceName: String] {
        Dictionary(
            uniqueKeysWithValues: BuiltinPieces.texts.compactMap { name, text in PieceName(name).map { ($0, text) } }
        )
    }

    /// The folder of the user's documents, as an absolute path; nil where they are rows of a database.
    var userFolder: String? {
        guard store is LocalStore else { return nil }
        let users =
            settings.userFolderRoot.map { FilePath(HomePath.expanding($0)) } ?? data.appending("users")
        return FilePath(FileManager.default.currentDirectoryPath).pushing(users).appending(user.folderName).string
    }

    var usesModel: Bool {
        switch settings.reflection.reflector {
        case .auto: settings.llm.endpoint != nil
        case .llm: true
        case .offline: false
        }
    }

    /// Runs `body` with the reflector in force, and ends its connections afterwards.
    ///
    /// `mayLackKey`: whether a key file that cannot be used is no reason not to begin, because it is read anew with every call.
    func withReflector<T>(
        mayLackKey: Bool = false,
        _ body: (any Reflector) async throws -> T
    ) async throws -> T {
        guard usesModel else { return try await body(OfflineReflector()) }
        let model = try makeModel()
        if !mayLackKey {
            do { _ = try apiKey?.read() } catch { throw Failure.use(Failure(error).message, hint: Failure(error).hint) }
        }
        do {
            let result = try await body(model)
            try await model.close()
            return result
        } catch {
            // The work's own error is what a person needs to read; a failing close would only hide it.
            _ = await Result { try await model.close() }
            throw error
        }
    }

    /// - Throws: ``Failure`` of wrong use: nothing is asked here, so it is what was set that cannot be used.
    func makeModel() throws -> LLMReflector {
        do {
            return try LLMReflector(
                settings.llm,
                key: apiKey,
                memory: LadderMemory(file: data.appending(".maestro").appending("ladder.json")),
                now: { Date() }
            )
        } catch {
            let failure = Failure(error)
            throw Failure.use(failure.message, hint: failure.hint)
        }
    }

    /// The setting, else the file, which is read with every call.
    private var apiKey: APIKey? {
        settings.llm.apiKey.map(APIKey.fixed)
            ?? settings.llm.apiKeyFile.map { .file(FilePath(HomePath.expanding($0))) }
    }

    func runner(_ reflector: any Reflector) -> ReflectionRunner {
        ReflectionRunner(store: store, reflector: reflector, settings: settings, now: { Date() })
    }

    /// Reflections that a worker may have in flight: as many as the model takes, and no more than the person wants.
    var slots: Int {
        let limit = settings.worker.concurrency
        guard usesModel else { return limit ?? 8 }
        let isNear = settings.llm.endpoint.flatMap { Endpoint($0, kind: settings.llm.kind) }?.isNear ?? false
        return min(settings.llm.maxConcurrent ?? (isNear ? 1 : 8), limit ?? .max)
    }

    func workerConfiguration(slots: Int, isDraining: Bool) -> Worker.Configuration {
        var configuration = Worker.Configuration(slots: slots)
        configuration.policy = RetryPolicy(firstWait: .seconds(settings.worker.retrySeconds))
        configuration.stopBound = .seconds(settings.worker.stopSeconds)
        configuration.isDraining = isDraining
        return configuration
    }

    /// Works on a job in the foreground: every error ends it.
    func jobRun(_ reflector: any Reflector) -> JobRun {
        JobRun(
            store: store,
            runner: runner(reflector),
            reflectorName: reflector.name,
            policy: nil,
            now: { Date() }
        )
    }

    /// A new id for a reflection that has no job: a revert, a person's own words.
    func makeReflectionID() -> Reflection.ID {
        Reflection.ID(String(ContentHash(of: UUID().uuidString).hex.prefix(16)))
    }

    /// Commits something a person does to their own memory.
    ///
    /// - Throws: ``Failure`` where it is refused. That leaves no row: nothing happened that could be shown or taken back.
    func commit(_ act: PersonAct, in scope: Scope) async throws -> Receipt {
        let request = CommitRequest(
            reflection: makeReflectionID(),
            kind: .person,
            user: user,
            scope: scope,
            report: Report(reflector: "person", startedAt: Date())
        )
        let policy = JudgePolicy(settings: settings.reflection)
        do {
            return try await store.commit(request) { now in
                let judgement = act.judgement(on: now, policy: policy)
                for decision in judgement.decisions where decision.verdict != .accepted {
                    throw Failure.work("refused: \(decision.message)", hint: "nothing was changed")
                }
                return judgement
            }
        } catch {
            throw Failure(error)
        }
    }
}

extension Result where Failure == any Error {
    /// The outcome of an asynchronous body.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
