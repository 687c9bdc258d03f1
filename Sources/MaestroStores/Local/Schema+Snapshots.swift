// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// `plans.boot`: the boot in which the plan's snapshot was written and left unsynced; null where it is durable.
    static let third = """
        ALTER TABLE plans ADD COLUMN boot TEXT;
        CREATE INDEX plans_unsynced ON plans (user) WHERE boot IS NOT NULL;
        """
}
