// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// What a reflection asks of history, found without walking through it: that took longer with every commit of the user
    /// (`operations_written` and `…_by_path`), or of anybody (the others).
    static let fourth = """
        CREATE INDEX operations_written ON operations (user, at, path) WHERE change IS NOT NULL AND state != 'superseded';
        CREATE INDEX operations_written_by_path ON operations (user, path, at)
            WHERE change IS NOT NULL AND state != 'superseded';
        CREATE INDEX plans_by_user ON plans (user);
        CREATE INDEX changes_settled_by ON changes (settled_by) WHERE settled_by IS NOT NULL;
        """
}
