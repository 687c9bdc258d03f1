// SPDX-License-Identifier: Apache-2.0
#if Postgres
import CPostgres
import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One connection, for one caller at a time: statements one after the other, each within a time limit, without blocking a
/// thread.
actor PostgresConnection {
    /// How long a statement that was given up may take to end.
    private static let settlingBound = Duration.seconds(5)

    private let handle: ConnectionHandle
    private let url: PostgresURL
    /// Something of a statement may still be under way: of no use to anybody any more.
    private var isSpoilt = false

    private enum Interruption: Error { case overdue, cancelled }

    /// - Throws: ``PostgresError``, or `CancellationError`.
    static func open(_ url: PostgresURL, within bound: Duration) async throws -> PostgresConnection {
        let address = try await ConnectionHandle.connect(to: url, within: bound)
        guard let connection = PostgresConnection(adopting: address, url) else {
            throw PostgresError.connectionLost("out of memory")
        }
        return connection
    }

    private init?(adopting address: UInt, _ url: PostgresURL) {
        guard let handle = ConnectionHandle(adopting: address) else { return nil }
        self.handle = handle
        self.url = url
    }

    // MARK: - Statements

    /// Runs statements in one round trip; where the first of them fails, none of those after it is run.
    ///
    /// Those outside a transaction are one of their own. Cancelling the task, or the end of `bound`, cancels on the server
    /// what runs there.
    func run(
        _ statements: [Statement],
        within bound: Duration,
        heedsCancellation: Bool = true
    ) async throws -> [Answer] {
        guard statements.count != 1 else {
            return try await [perform(within: bound, heedsCancellation) { try send(statements[0]) }]
        }
        return try await perform(within: bound, heedsCancellation) {
            try sendTogether(statements)
        } receive: { deadline in
            try await answers(to: statements.count, until: deadline, heedsCancellation)
        }
    }

    /// Runs several statements without parameters, in one transaction of their own where they do not say otherwise.
    func runScript(_ sql: String, within bound: Duration) async throws {
        _ = try await perform(within: bound, true) {
            guard PQsendQuery(handle.pointer, sql) == 1 else { throw handle.error(url) }
        }
    }

    private func perform(
        within bound: Duration,
        _ heedsCancellation: Bool,
        _ send: () throws -> Void
    ) async throws -> Answer {
        try await perform(within: bound, heedsCancellation, send) { try await answer(until: $0, heedsCancellation) }
    }

    private func perform<T>(
        within bound: Duration,
        _ heedsCancellation: Bool,
        _ send: () throws -> Void,
        receive: (ContinuousClock.Instant) async throws -> T
    ) async throws -> T {
        if heedsCancellation { try Task.checkCancellation() }
        let deadline = ContinuousClock.now + bound
        do {
            try send()
            try await flush(until: deadline, heedsCancellation)
            return try await receive(deadline)
        } catch let interruption as Interruption {
            await settle()
            switch interruption {
            case .cancelled: throw CancellationError()
            case .overdue: throw PostgresError.overdue("PostgreSQL did not answer within \(bound)")
            }
        }
    }

    private func send(_ statement: Statement) throws {
        let values = statement.values
        // One buffer of zero-terminated texts; libpq copies them before it returns.
        var bytes: [UInt8] = []
        var starts: [Int?] = []
        for value in values {
            starts.append(value.map { _ in bytes.count })
            if let value {
                bytes.append(contentsOf: value.utf8)
                bytes.append(0)
            }
        }
        let isSent = bytes.withUnsafeBytes { buffer in
            let texts = buffer.assumingMemoryBound(to: CChar.self)
            let pointers: [UnsafePointer<CChar>?] = starts.map { start in
                start.flatMap { texts.baseAddress?.advanced(by: $0) }
            }
            return PQsendQueryParams(handle.pointer, statement.sql, Int32(values.count), nil, pointers, nil, nil, 0)
        }
        guard isSent == 1 else { throw handle.error(url) }
    }

    private func sendTogether(_ statements: [Statement]) throws {
        guard PQenterPipelineMode(handle.pointer) == 1 else { throw handle.error(url) }
        for statement in statements { try send(statement) }
        guard PQpipelineSync(handle.pointer) == 1 else { throw handle.error(url) }
    }

    private func flush(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws {
        while true {
            switch PQflush(handle.pointer) {
            case 0: return
            case 1:
                // Also readable: a server that waits for us to read does not take more.
                try await wait([.readable, .writable], until: deadline, heedsCancellation)
                guard PQconsumeInput(handle.pointer) == 1 else { throw handle.error(url) }
            default: throw handle.error(url)
            }
        }
    }

    private func answer(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws -> Answer {
        var answer = Answer()
        var failure: PostgresError?
        while true {
            while PQisBusy(handle.pointer) == 1 {
                try await wait(.readable, until: deadline, heedsCancellation)
                guard PQconsumeInput(handle.pointer) == 1 else { throw failure ?? handle.error(url) }
            }
            guard let pointer = PQgetResult(handle.pointer) else { break }
            let result = ResultHandle(owning: pointer)
            if result.hasFailed { failure = failure ?? result.error(url) } else { result.read(into: &answer) }
        }
        if let failure { throw failure }
        return answer
    }

    /// The answers to statements that were sent together.
    ///
    /// - Throws: The error of the first that failed.
    private func answers(
        to count: Int,
        until deadline: ContinuousClock.Instant,
        _ heedsCancellation: Bool
    ) async throws -> [Answer] {
        var answers: [Answer] = []
        var failure: (any Error)?
        // Each has its end, and behind the last stands the end of all, which is a result of its own.
        for _ in 0..<count {
            do {
                answers.append(try await answer(until: deadline, heedsCancellation))
            } catch let error as PostgresError {
                failure = failure ?? error
                guard PQstatus(handle.pointer) == CONNECTION_OK else { throw error }
            }
        }
        try await endPipeline(until: deadline, heedsCancellation)
        if let failure { throw failure }
        return answers
    }

    /// Reads what is left of statements that were sent together, to the end of all.
    private func endPipeline(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws {
        var failure: PostgresError?
        var isBetween = false
        while true {
            try await awaitResult(until: deadline, heedsCancellation)
            guard let pointer = PQgetResult(handle.pointer) else {
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
        guard PQexitPipelineMode(handle.pointer) == 1 else { throw handle.error(url) }
        if let failure { throw failure }
    }

    private func awaitResult(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws {
        while PQisBusy(handle.pointer) == 1 {
            try await wait(.readable, until: deadline, heedsCancellation)
            guard PQconsumeInput(handle.pointer) == 1 else { throw handle.error(url) }
        }
    }

    private func wait(
        _ directions: SocketWatch.Directions,
        until deadline: ContinuousClock.Instant,
        _ heedsCancellation: Bool
    ) async throws {
        let socket = PQsocket(handle.pointer)
        guard socket >= 0 else { throw handle.error(url) }
        let event = await SocketWatch.shared.wait(
            for: socket,
            directions,
            until: deadline,
            heedsCancellation: heedsCancellation
        )
        switch event {
        case .ready: return
        case .overdue: throw Interruption.overdue
        case .cancelled: throw Interruption.cancelled
        }
    }

    // MARK: - Giving up

    /// Cancels what runs on the server and reads what is left of it.
    ///
    /// Only where the server says that it was cancelled is the connection still good: else the cancellation may hit
    /// whatever runs next.
    private func settle() async {
        isSpoilt = true
        guard await cancelOnServer() else { return }
        do {
            let bound = ContinuousClock.now + Self.settlingBound
            if PQpipelineStatus(handle.pointer) == PQ_PIPELINE_OFF {
                _ = try await answer(until: bound, false)
            } else {
                try await endPipeline(until: bound, false)
            }
        } catch PostgresError.overdue {
            isSpoilt = false
        } catch {
            // Not usable any more, which is what it is marked as.
            return
        }
    }

    /// On a thread of its own: libpq connects once more for it, and blocks.
    private func cancelOnServer() async -> Bool {
        // As a number, because a pointer cannot cross threads by itself; it is freed there.
        guard let address = PQgetCancel(handle.pointer).map({ UInt(bitPattern: $0) }) else { return false }
        return await withCheckedContinuation { continuation in
            DispatchQueue(label: "maestro.postgres.cancel").async {
                let cancel = OpaquePointer(bitPattern: address)
                var words = [CChar](repeating: 0, count: 256)
                let isSent = PQcancel(cancel, &words, Int32(words.count)) == 1
                PQfreeCancel(cancel)
                continuation.resume(returning: isSent)
            }
        }
    }

    // MARK: - Its state

    /// Whether the next caller may have it: nothing runs, no transaction is open, and the server has not hung up.
    ///
    /// An idle server says nothing: one that does has said goodbye.
    var isIdle: Bool {
        !isSpoilt && PQstatus(handle.pointer) == CONNECTION_OK && PQtransactionStatus(handle.pointer) == PQTRANS_IDLE
            && PQpipelineStatus(handle.pointer) == PQ_PIPELINE_OFF && !hasUnreadWords
    }

    private var hasUnreadWords: Bool {
        var socket = pollfd(fd: PQsocket(handle.pointer), events: Int16(POLLIN), revents: 0)
        return poll(&socket, 1, 0) != 0
    }

    /// Asks the server, which an idle connection that some firewall forgot does not reach.
    func answers(within bound: Duration) async -> Bool {
        do {
            _ = try await run([Statement("")], within: bound)
            return true
        } catch {
            return false
        }
    }

    /// The server's version as a number, 150018, and whether the connection is encrypted.
    var server: (version: Int, isEncrypted: Bool) {
        (Int(PQserverVersion(handle.pointer)), PQsslInUse(handle.pointer) == 1)
    }

    /// Waits for a notification on a connection that listens; false where none came in time.
    func notification(within bound: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + bound
        while true {
            guard PQconsumeInput(handle.pointer) == 1 else { throw handle.error(url) }
            var hasCome = false
            while let notification = PQnotifies(handle.pointer) {
                PQfreemem(notification)
                hasCome = true
            }
            if hasCome { return true }
            do {
                try await wait(.readable, until: deadline, true)
            } catch Interruption.overdue {
                return false
            } catch Interruption.cancelled {
                throw CancellationError()
            }
        }
    }
}
#endif
