// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// Users with a job that may be what ends its holders (``Takeover/suspectFrom``), asked for with every claim.
    static let fifth = """
        CREATE INDEX jobs_suspected ON jobs (user) WHERE state = 'queued' AND takeovers >= 2;
        """
}
