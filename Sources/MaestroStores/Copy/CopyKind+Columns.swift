// SPDX-License-Identifier: Apache-2.0

/// What maps to what. Times are milliseconds and Codable values are JSON in both stores, so that texts stay as they are.
extension CopyKind {
    func makeColumns() -> [CopyColumn] {
        switch self {
        case .users:
            [
                .text("user").key.at(local: "id", postgres: "id"), .integer("created_at").uncompared,
                // A time here, a running number there: only the order counts, and it stays.
                .integer("served").at(local: "served_at", postgres: "served"),
                .integer("revision").uncompared.at(local: nil, postgres: "revision"),
            ]
        case .pauses:
            [
                .flag("of_user").key.at(local: "user IS NOT NULL", postgres: "(user_id IS NOT NULL)"),
                .text("user").key.at(local: "COALESCE(user, '')", postgres: "COALESCE(user_id, '')"),
                .integer("until"), .text("reason"), .integer("since"),
            ]
        case .documents:
            [
                .user.key, .text("path").key, .text("document"), .text("text"),
                .integer("version").uncompared.at(local: nil, postgres: "version"),
            ]
        case .activities: [.user.key, .text("job").key, .text("body")]
        case .jobs: jobColumns
        case .reflections: reflectionColumns
        case .changes: changeColumns
        case .plans, .operations, .indexLines: planColumns
        case .replies, .attempts, .metrics: costColumns
        case .recalls, .exposures: recallColumns
        }
    }

    /// Without the lease: none is copied, and no job that has one.
    private var jobColumns: [CopyColumn] {
        [
            .user.key, .text("id").key, .text("reflection"), .text("scope"), .text("body"), .text("state"),
            .integer("attempt"), .integer("failures"), .integer("takeovers"), .integer("events"), .flag("is_kept"),
            .integer("claimed_at"), .integer("due_at"), .integer("submitted_at"), .integer("ended_at"), .text("error"),
            .number,
        ]
    }

    private var reflectionColumns: [CopyColumn] {
        [
            .text("id").key, .text("kind"), .text("job"), .user, .text("scope"), .text("piece"), .text("job_outcome"),
            .text("job_outcome_inferred"), .text("outcome"), .text("reasoning"), .text("reflector"), .text("model"),
            .integer("tokens_in"), .integer("tokens_out"), .integer("duration_ms"), .integer("memory_changes"),
            .flag("piece_edited"), .integer("digest_bytes"), .integer("digest_of_bytes"), .text("notes"),
            .text("error"), .text("reverts"), .integer("created_at"), .number,
        ]
    }

    private var changeColumns: [CopyColumn] {
        [
            .text("reflection").key, .integer("ordinal").key, .user, .text("op"), .text("name"), .text("scope"),
            .text("verdict"), .text("code"), .text("message"), .text("proposed"), .text("evidence"),
            .text("agrees_with"), .text("resolver"), .integer("resolved_at"), .text("reason"), .text("settled_by"),
            .text("reverted_by"),
        ]
    }

    private var planColumns: [CopyColumn] {
        switch self {
        case .plans:
            [.integer("id").key, .text("reflection"), .integer("sequence"), .user, .integer("created_at")]
        case .operations:
            [
                .integer("plan").key, .integer("ordinal").key, .user, .text("reflection"), .integer("change"),
                .text("path"), .text("document"), .text("before"), .text("after"),
                .flag("is_superseded").at(local: "state = 'superseded'", postgres: "is_superseded"), .integer("at"),
            ]
        default: [.user.key, .integer("sequence").key, .integer("plan"), .text("sha"), .text("text")]
        }
    }

    private var costColumns: [CopyColumn] {
        let owner = CopyColumn.owner { "SELECT jobs.\($0) FROM jobs WHERE jobs.reflection = \(table).reflection" }
        return switch self {
        case .replies:
            [.text("reflection").key, .text("text"), .text("body"), .text("base"), .integer("kept_at"), owner]
        case .attempts:
            [
                .text("reflection").key, .number.key, .integer("started_at"), .integer("duration_ms"), .text("model"),
                .text("rung"), .integer("tokens_in"), .integer("tokens_out"), .text("error"), owner,
            ]
        default:
            [
                .text("reflection").key, .text("job"), .user, .text("piece"), .text("outcome"),
                .integer("memory_changes"), .flag("piece_edited"), .integer("tokens_in"), .integer("tokens_out"),
                .integer("duration_ms"), .integer("at"), .number,
            ]
        }
    }

    private var recallColumns: [CopyColumn] {
        switch self {
        case .recalls:
            [.text("id").key, .user, .text("scope"), .text("job"), .integer("at"), .integer("budget_tokens")]
        default:
            [
                .text("recall").key, .integer("rank").key, .text("path").key, .text("hash"), .flag("in_full"),
                .owner { "SELECT recalls.\($0) FROM recalls WHERE recalls.id = exposures.recall" },
            ]
        }
    }
}
