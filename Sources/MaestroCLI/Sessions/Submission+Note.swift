// SPDX-License-Identifier: Apache-2.0
import Maestro

extension Submission {
    /// Where another transcript has the id: under which one this is kept; else nil.
    func note(about job: Job) -> String? {
        guard case .queued(let id) = self, id != job.id else { return nil }
        return "note: job `\(job.id)` is known with another transcript; this one is job `\(id)`"
    }
}
