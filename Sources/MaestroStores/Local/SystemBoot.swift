// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The time since the system was started, by a name of its own.
///
/// What was written and not synced is lost when the power fails, and only then: it is in doubt where it was written in
/// another boot than this one.
enum SystemBoot {
    /// A new UUID at every start of the kernel, the same in all containers (`random(4)`); nil where the system has none.
    static let current: String? = {
        guard let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8) else {
            return nil
        }
        return UUID(uuidString: text.trimmingCharacters(in: .whitespacesAndNewlines))?.uuidString
    }()
}
