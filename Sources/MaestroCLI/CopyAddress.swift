// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import MaestroStores
import struct SystemPackage.FilePath

/// A store as `--from` and `--to` name it.
enum CopyAddress: Equatable {
    /// An embedded store, by its data folder.
    case folder(FilePath)
    /// As libpq reads it: may hold a password.
    case postgres(String)

    /// - Throws: ``Failure`` where no such store exists; its sentence does not repeat the address.
    init(_ url: String, after option: String) throws {
        let scheme = url.prefix { $0 != ":" && $0 != "/" }
        let hasScheme = url.dropFirst(scheme.count).first == ":"
        switch (hasScheme, scheme.lowercased()) {
        case (true, "postgres"), (true, "postgresql"): self = .postgres(url)
        case (true, "sqlite"): self = .folder(try Self.folder(String(url.dropFirst(scheme.count + 1))))
        // `host=db password=…` is libpq's other way of writing an address, and no folder.
        case (false, _) where !url.isEmpty && !scheme.contains("="): self = .folder(try Self.folder(url))
        default:
            throw Failure.use(
                "`\(option)` must be `postgres://…`, a data folder, or `sqlite:` with its path",
                hint: "`maestro store copy --from ~/.maestro --to postgres://…`"
            )
        }
    }

    private static func folder(_ text: String) throws -> FilePath {
        guard !text.isEmpty else { return try DataOptions.parse([]).folder }
        var path = FilePath(HomePath.expanding(text.hasPrefix("//") ? String(text.dropFirst(2)) : text))
        if path.lastComponent?.string == "maestro.sqlite" { path.removeLastComponent() }
        return FilePath(FileManager.default.currentDirectoryPath).pushing(path).lexicallyNormalized()
    }

    /// A wrong address must not make an empty store.
    func requireExisting() throws {
        guard case .folder(let folder) = self,
            !FileManager.default.fileExists(atPath: folder.appending("maestro.sqlite").string)
        else { return }
        throw Failure.use(
            "no store lies in `\(folder)`: there is no `maestro.sqlite`",
            hint: "check the address after `--from`; nothing was made there"
        )
    }

    /// Two embedded stores whose settings name one folder for the documents would write over each other.
    static func requireApart(_ source: CopyAddress, _ target: CopyAddress) throws {
        guard case .folder(let from) = source, case .folder(let to) = target, from != to else { return }
        let (one, other) = (try configuration(of: from), try configuration(of: to))
        guard let users = one.userFolderRoot, users == other.userFolderRoot else { return }
        throw Failure.use(
            "both stores keep their documents in `\(users)`, as `userFolderRoot` says",
            hint: "give one of them a folder of its own, in its maestro.yaml"
        )
    }

    func open() async throws -> any StoreImport {
        switch self {
        case .folder(let folder): LocalCopy(try await LocalStore.open(Self.configuration(of: folder)))
        case .postgres(let url): try await Self.openPostgres(url)
        }
    }

    private static func configuration(of folder: FilePath) throws -> LocalStore.Configuration {
        let place = try DataOptions.parse(["--data", folder.string])
        return Composition.localConfiguration(place, try Composition.load(place)).absolute
    }

    #if Postgres
    private static func openPostgres(_ url: String) async throws -> any StoreImport {
        let configuration = PostgresStore.Configuration(url: PostgresURL(url), builtin: Composition.builtinPieces)
        return PostgresCopy(try await PostgresStore.open(configuration))
    }
    #else
    private static func openPostgres(_ url: String) async throws -> any StoreImport {
        throw Failure.use(
            "the address names a PostgreSQL, and this `maestro` was built without it; nothing was changed",
            hint: "build it with the package trait `Postgres`, which is on by default (`make install`)"
        )
    }
    #endif
}
