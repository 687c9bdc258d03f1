// SPDX-License-Identifier: Apache-2.0

/// Where a job stands in the queue.
package enum JobState: String, Sendable, Codable, CaseIterable {
    case queued, running, done, dead, cancelled
}
