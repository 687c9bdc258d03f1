// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The reader's own newest Claude Code session, so that the example ends with something of theirs.
enum NewestSession {
    static func path(environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        SessionFile.all(in: SessionFile.folder(environment: environment)).first?.path
    }

    static func suggestion(environment: [String: String] = ProcessInfo.processInfo.environment) -> [String] {
        guard let path = path(environment: environment) else { return [] }
        return ["Your own newest session: .build/debug/maestro reflect '\(path)'"]
    }
}
