// SPDX-License-Identifier: Apache-2.0
#if Postgres
import CPostgres

/// Statements that are sent together, in libpq's pipeline mode.
extension PostgresConnection {
    /// One of the messages that are sent together; each has an answer of its own.
    enum Step: Sendable {
        case prepare(Statement, as: String)
        case runPrepared(Statement, as: String)
        case run(Statement)
    }

    /// Statements with parameters are prepared, where that is on: the others cost the server nothing to read.
    func steps(of statements: [Statement]) -> [Step] {
        guard preparation.isOn else { return statements.map { .run($0) } }
        var new: Set<String> = []
        return statements.flatMap { statement -> [Step] in
            guard !statement.values.isEmpty else { return [.run(statement)] }
            if let name = names[statement.sql] { return [.runPrepared(statement, as: name)] }
            let name = Preparation.name(of: statement.sql)
            guard new.insert(name).inserted else { return [.runPrepared(statement, as: name)] }
            return [.prepare(statement, as: name), .runPrepared(statement, as: name)]
        }
    }

    func sendTogether(_ steps: [Step]) throws {
        guard pq_enterPipelineMode(handle.pointer) == 1 else { throw handle.error(url) }
        for step in steps {
            let isSent =
                switch step {
                case .prepare(let statement, let name):
                    pq_sendPrepare(handle.pointer, name, statement.sql, 0, nil)
                case .runPrepared(let statement, let name):
                    statement.withValues { pq_sendQueryPrepared(handle.pointer, name, $0, $1, nil, nil, 0) }
                case .run(let statement):
                    statement.withValues { pq_sendQueryParams(handle.pointer, statement.sql, $0, nil, $1, nil, nil, 0) }
                }
            guard isSent == 1 else { throw handle.error(url) }
            if case .prepare = step { isPreparing = true }
        }
        guard pq_pipelineSync(handle.pointer) == 1 else { throw handle.error(url) }
    }

    /// The answers to the statements among the steps.
    ///
    /// - Throws: The error of the first that failed.
    func answers(
        to steps: [Step],
        until deadline: ContinuousClock.Instant,
        _ heedsCancellation: Bool
    ) async throws -> [Answer] {
        var answers: [Answer] = []
        var failure: PostgresError?
        // Each has its end, and behind the last stands the end of all, which is a result of its own.
        for step in steps {
            do {
                let answer = try await answer(until: deadline, heedsCancellation)
                switch step {
                case .prepare(let statement, let name): names[statement.sql] = name
                case .runPrepared, .run: answers.append(answer)
                }
            } catch let error as PostgresError {
                failure = failure ?? error
                guard pq_status(handle.pointer) == CONNECTION_OK else { throw error }
            }
        }
        try await endPipeline(until: deadline, heedsCancellation)
        isPreparing = false
        if let failure { throw failure }
        return answers
    }

    /// Reads what is left of statements that were sent together, to the end of all.
    func endPipeline(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws {
        var failure: PostgresError?
        var isBetween = false
        while true {
            try await awaitResult(until: deadline, heedsCancellation)
            guard let pointer = pq_getResult(handle.pointer) else {
                // One stands behind the answer to each statement, two where there is nothing more.
                guard !isBetween else { break }
                isBetween = true
                continue
            }
            isBetween = false
            let result = ResultHandle(owning: pointer)
            if result.isEndOfPipeline { break }
            if result.hasFailed { failure = failure ?? result.error(url) }
        }
        guard pq_exitPipelineMode(handle.pointer) == 1 else { throw handle.error(url) }
        if let failure { throw failure }
    }
}
#endif
