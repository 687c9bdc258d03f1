// SPDX-License-Identifier: Apache-2.0
import Logging

/// For libraries that want a logger and have nothing to say to people.
enum WorkLogger {
    static let quiet = Logger(label: "maestro") { _ in SwiftLogNoOpLogHandler() }
}
