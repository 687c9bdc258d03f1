// SPDX-License-Identifier: Apache-2.0
#if Postgres
import CPostgres
import Dispatch
import Synchronization

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

    let handle: ConnectionHandle
    let url: PostgresURL
    let preparation: Preparation
    /// Something of a statement may still be under way: of no use to anybody any more.
    private var isSpoilt = false
    /// What is prepared on it: names by statement.
    var names: [String: String] = [:]
    /// Statements were sent to be prepared, and nobody has read whether they are.
    var isPreparing = false

    private enum Interruption: Error { case overdue, cancelled }

    /// - Throws: ``PostgresError``, or `CancellationError`.
    static func open(
        _ url: PostgresURL,
        within bound: Duration,
        preparing preparation: Preparation = Preparation()
    ) async throws -> PostgresConnection {
        let address = try await ConnectionHandle.connect(to: url, within: bound)
        guard let connection = PostgresConnection(adopting: address, url, preparation) else {
            throw PostgresError.connectionLost("out of memory")
        }
        return connection
    }

    private init?(adopting address: UInt, _ url: PostgresURL, _ preparation: Preparation) {
        guard let handle = ConnectionHandle(adopting: address) else { return nil }
        self.handle = handle
        self.url = url
        self.preparation = preparation
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
        if statements.count == 1, statements[0].values.isEmpty || !preparation.isOn {
            return try await [perform(within: bound, heedsCancellation) { try send(statements[0]) }]
        }
        let steps = steps(of: statements)
        return try await perform(within: bound, heedsCancellation) {
            try sendTogether(steps)
        } receive: { deadline in
            try await answers(to: steps, until: deadline, heedsCancellation)
        }
    }

    /// Runs several statements without parameters, in one transaction of their own where they do not say otherwise.
    func runScript(_ sql: String, within bound: Duration) async throws {
        _ = try await perform(within: bound, true) {
            guard pq_sendQuery(handle.pointer, sql) == 1 else { throw handle.error(url) }
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
        let isSent = statement.withValues {
            pq_sendQueryParams(handle.pointer, statement.sql, $0, nil, $1, nil, nil, 0)
        }
        guard isSent == 1 else { throw handle.error(url) }
    }

    func flush(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws {
        while true {
            switch pq_flush(handle.pointer) {
            case 0: return
            case 1:
                // Also readable: a server that waits for us to read does not take more.
                try await wait([.readable, .writable], until: deadline, heedsCancellation)
                guard pq_consumeInput(handle.pointer) == 1 else { throw handle.error(url) }
            default: throw handle.error(url)
            }
        }
    }

    func answer(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws -> Answer {
        var answer = Answer()
        var failure: PostgresError?
        while true {
            do { try await awaitResult(until: deadline, heedsCancellation) } catch let error as PostgresError {
                throw failure ?? error
            }
            guard let pointer = pq_getResult(handle.pointer) else { break }
            let result = ResultHandle(owning: pointer)
            if result.hasFailed { failure = failure ?? error(of: result) } else { result.read(into: &answer) }
        }
        if let failure { throw failure }
        return answer
    }

    func error(of result: borrowing ResultHandle) -> PostgresError {
        guard preparation.isEnded(by: result.state) else { return result.error(url) }
        isSpoilt = true
        return .conflict("what was prepared on a connection is not there as it was: \(result.error(url).sentence)")
    }

    func awaitResult(until deadline: ContinuousClock.Instant, _ heedsCancellation: Bool) async throws {
        while pq_isBusy(handle.pointer) == 1 {
            try await wait(.readable, until: deadline, heedsCancellation)
            guard pq_consumeInput(handle.pointer) == 1 else { throw handle.error(url) }
        }
    }

    private func wait(
        _ directions: SocketWatch.Directions,
        until deadline: ContinuousClock.Instant,
        _ heedsCancellation: Bool
    ) async throws {
        let socket = pq_socket(handle.pointer)
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
            if pq_pipelineStatus(handle.pointer) == PQ_PIPELINE_OFF {
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

    /// How long a server may take to hear of it.
    private static let cancelBound = DispatchTimeInterval.seconds(5)

    /// On a thread of its own: libpq connects once more for it, and blocks, which it may do for as long as TCP does.
    ///
    /// A server that hangs is not waited for; the thread then ends when it can.
    private func cancelOnServer() async -> Bool {
        // As a number, because a pointer cannot cross threads by itself; it is freed there.
        guard let address = pq_getCancel(handle.pointer).map({ UInt(bitPattern: $0) }) else { return false }
        return await withCheckedContinuation { continuation in
            let answer = Once(continuation)
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.cancelBound) { answer.give(false) }
            DispatchQueue(label: "maestro.postgres.cancel").async {
                let cancel = OpaquePointer(bitPattern: address)
                var words = [CChar](repeating: 0, count: 256)
                let isSent = pq_cancel(cancel, &words, Int32(words.count)) == 1
                pq_freeCancel(cancel)
                answer.give(isSent)
            }
        }
    }

    /// Who answers first is heard.
    private final class Once: Sendable {
        private let continuation: Mutex<CheckedContinuation<Bool, Never>?>

        init(_ continuation: CheckedContinuation<Bool, Never>) { self.continuation = Mutex(continuation) }

        func give(_ answer: Bool) {
            let waiting = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            waiting?.resume(returning: answer)
        }
    }

    // MARK: - Its state

    /// Whether the next caller may have it: nothing runs, no transaction is open, and the server has not hung up.
    ///
    /// An idle server says nothing: one that does has said goodbye.
    var isIdle: Bool {
        !isSpoilt && !isPreparing && pq_status(handle.pointer) == CONNECTION_OK
            && pq_transactionStatus(handle.pointer) == PQTRANS_IDLE
            && pq_pipelineStatus(handle.pointer) == PQ_PIPELINE_OFF && !hasUnreadWords
    }

    private var hasUnreadWords: Bool {
        var socket = pollfd(fd: pq_socket(handle.pointer), events: Int16(POLLIN), revents: 0)
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
        (Int(pq_serverVersion(handle.pointer)), pq_sslInUse(handle.pointer) == 1)
    }

    /// Waits for notifications on a connection that listens: their payloads; empty where none came in time.
    func notifications(within bound: Duration) async throws -> [String] {
        let deadline = ContinuousClock.now + bound
        while true {
            guard pq_consumeInput(handle.pointer) == 1 else { throw handle.error(url) }
            var payloads: [String] = []
            while let notification = pq_notifies(handle.pointer) {
                payloads.append(notification.pointee.extra.map { String(cString: $0) } ?? "")
                pq_freemem(notification)
            }
            guard payloads.isEmpty else { return payloads }
            do {
                try await wait(.readable, until: deadline, true)
            } catch Interruption.overdue {
                return []
            } catch Interruption.cancelled {
                throw CancellationError()
            }
        }
    }
}
#endif
