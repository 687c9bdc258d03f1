// SPDX-License-Identifier: Apache-2.0

/// The formats that are read.
///
/// Raw values are what `--format` takes and what receipts report.
package enum TranscriptFormat: String, Sendable, CaseIterable {
    case claudeCode = "claude-code"
    case openAIChat = "openai-chat"
    case tauBench = "tau-bench"
    case anthropic
    case text
}
