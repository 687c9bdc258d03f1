// SPDX-License-Identifier: Apache-2.0

/// The pause that a half copied store is under: of all users, without an end, and known by its words.
enum HoldBack {
    static let reason =
        "a copy into this store is under way or was cut short: run `maestro store copy` again to finish it"
}
