// SPDX-License-Identifier: Apache-2.0
import Maestro
import MaestroStores

/// Whose documents a pulled folder holds: it says so itself, and only a first pull asks who is meant.
struct PulledUser {
    let id: UserID

    /// - Throws: ``Failure`` where `--user` names another one.
    init(_ manifest: PulledManifest?, named options: GlobalOptions, folder: FolderArgument) throws {
        guard let manifest else {
            id = options.userID
            return
        }
        id = manifest.user
        guard let named = options.user, named != manifest.user.rawValue else { return }
        throw Failure.use(
            "`\(folder.text)` holds the documents of user `\(manifest.user)`, not of `\(named)`",
            hint: "leave out --user, or name another folder"
        )
    }

    static func unknown(_ manifest: PulledManifest, _ folder: FolderArgument) -> Failure {
        .work(
            "this store never saw user `\(manifest.user)`, of whom `\(folder.text)` holds documents; nothing was changed",
            hint: "check `store.url` (MAESTRO_STORE_URL) and --data: it is another store"
        )
    }
}

extension Composition {
    func speaking(of user: UserID) -> Composition {
        Composition(loader: loader, data: data, user: user, store: store)
    }
}
