// SPDX-License-Identifier: Apache-2.0
import Maestro

extension IndexFile {
    /// Makes these lines the whole file, in one step.
    ///
    /// - Returns: the name under which the old one now lies beside it, where it held more than a part of the new one; the
    ///   caller moves it away.
    func rewrite(_ lines: [String]) throws -> String? {
        let temporary = ".\(Self.name)~"
        let text = lines.map { $0 + "\n" }.joined()
        let old = try folder.read(Self.name, maxBytes: Self.maxBytes)
        try folder.write(text, to: temporary)
        guard old != .absent, try folder.exchange(temporary, Self.name) else {
            try folder.rename(temporary, to: Self.name)
            try folder.sync()
            return nil
        }
        try folder.sync()
        if let old = old.text, text.utf8.starts(with: old.utf8) {
            try folder.remove(temporary)
            return nil
        }
        return temporary
    }
}
