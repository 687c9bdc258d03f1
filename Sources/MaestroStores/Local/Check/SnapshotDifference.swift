// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// How a snapshot's folder differs from what the database says, by paths in it.
struct SnapshotDifference: Sendable, Hashable {
    var changed: [String] = []
    var missing: [String] = []
    var extra: [String] = []

    var isNone: Bool { changed.isEmpty && missing.isEmpty && extra.isEmpty }
    /// Whether a person may have put something there: what is only missing was not.
    var holdsMore: Bool { !changed.isEmpty || !extra.isEmpty }

    init(changed: [String] = [], missing: [String] = [], extra: [String] = []) {
        self.changed = changed
        self.missing = missing
        self.extra = extra
    }

    init(between expected: Snapshot, and found: [String: LiveFile]) {
        var texts = ["manifest.json": expected.manifest]
        for (path, text) in expected.before { texts["before/\(path)"] = text }
        for (path, text) in expected.after { texts["after/\(path)"] = text }
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
            switch found[path] ?? .absent {
            case .absent: missing.append(path)
            case let file where file.equals(text): break
            case .text(let live) where path == "manifest.json" && Self.differInReplyOnly(live, text): break
            default: changed.append(path)
            }
        }
        extra = found.keys.filter { texts[$0] == nil }.sorted()
    }

    /// Whether two manifests say the same but for the raw reply, which follows the setting of its day.
    private static func differInReplyOnly(_ one: String, _ other: String) -> Bool {
        guard one.contains("\"llmRaw\"") || other.contains("\"llmRaw\""), let one = withoutReply(one),
            let other = withoutReply(other)
        else { return false }
        return one == other
    }

    private static func withoutReply(_ manifest: String) -> NSDictionary? {
        // What cannot be parsed is not equal, and that is all that is asked.
        guard let value = try? JSONSerialization.jsonObject(with: Data(manifest.utf8)) as? [String: Any] else {
            return nil
        }
        return value.filter { $0.key != "llmRaw" } as NSDictionary
    }

    /// For people: `after/memory/x.md changed, manifest.json missing`.
    var sentence: String {
        let all =
            changed.map { "`\($0)` was changed" } + missing.map { "`\($0)` is missing" }
            + extra.map { "`\($0)` is not its own" }
        return all.prefix(3).joined(separator: ", ") + (all.count > 3 ? " and \(all.count - 3) more" : "")
    }
}
