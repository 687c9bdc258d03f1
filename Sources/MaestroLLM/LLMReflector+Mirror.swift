// SPDX-License-Identifier: Apache-2.0

/// What a debugger or a dump sees: what it was made of, whose secrets print as `<redacted>`.
///
/// Not the client and the locks below: to look at those while they work is a crash.
extension LLMReflector: CustomReflectable {
    package var customMirror: Mirror {
        Mirror(self, children: ["name": name, "endpoint": endpoint, "settings": settings, "key": key as Any])
    }
}
