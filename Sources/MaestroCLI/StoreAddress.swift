// SPDX-License-Identifier: Apache-2.0

/// Where `store.url` says that the store is.
enum StoreAddress: Equatable {
    /// In the data folder.
    case embedded
    /// As libpq reads it: may hold a password.
    case postgres(String)

    /// - Throws: ``Failure`` where no such store exists; its sentence does not repeat the address.
    init(_ url: String?) throws {
        let scheme = (url ?? "sqlite:").prefix { $0 != ":" }.lowercased()
        switch scheme {
        case "sqlite": self = .embedded
        case "postgres", "postgresql": self = .postgres(url ?? "")
        default:
            throw Failure.use(
                "`store.url` must begin with `postgres://`, or be unset for the embedded store",
                hint: "check `store.url` in maestro.yaml and the variable MAESTRO_STORE_URL"
            )
        }
    }
}
