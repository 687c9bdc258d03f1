// SPDX-License-Identifier: Apache-2.0

/// The variables that stand for the flags of ``LogOptions``.
enum LogVariables {
    static let level = "MAESTRO_LOG_LEVEL"
    static let format = "MAESTRO_LOG_FORMAT"
    static let all = [level, format]
}
