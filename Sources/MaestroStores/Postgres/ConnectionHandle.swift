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

/// Owns one `PGconn`.
struct ConnectionHandle: ~Copyable {
    let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) { self.pointer = pointer }
    deinit { pq_finish(pointer) }

    /// Takes over what ``connect(to:within:)`` gave.
    init?(adopting address: UInt) {
        guard let pointer = OpaquePointer(bitPattern: address) else { return nil }
        self.init(owning: pointer)
    }

    /// libpq's last words about this connection.
    func error(_ url: PostgresURL) -> PostgresError { .connectionLost(url.withoutSecrets(words)) }

    private var words: String { pq_errorMessage(pointer).map { String(cString: $0) } ?? "" }

    // MARK: - Connecting

    /// Connects, on a thread of its own: libpq looks up names there, which blocks whatever one asks for.
    ///
    /// - Returns: The address of a `PGconn` for exactly one ``init(adopting:)``; as a number, because a pointer cannot cross
    ///   threads by itself.
    static func connect(to url: PostgresURL, within bound: Duration) async throws -> UInt {
        let flag = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue(label: "maestro.postgres.connect").async {
                    continuation.resume(with: Result { try connected(to: url, within: bound, unless: flag) })
                }
            }
        } onCancel: {
            flag.raise()
        }
    }

    /// Raised when nobody waits any more.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isRaised: Bool { value.load(ordering: .relaxed) }
        func raise() { value.store(true, ordering: .relaxed) }
    }

    private static func connected(to url: PostgresURL, within bound: Duration, unless flag: Flag) throws -> UInt {
        if let problem = url.problem { throw PostgresError.refused(state: "", problem) }
        guard let handle = started(url) else { throw PostgresError.connectionLost("out of memory") }
        // For a connection that failed libpq has no SQLSTATE but in its words, and there only where it is asked for all.
        pq_setErrorVerbosity(handle.pointer, PQERRORS_VERBOSE)
        let deadline = ContinuousClock.now + bound
        var next = PGRES_POLLING_WRITING
        while next != PGRES_POLLING_OK {
            guard pq_status(handle.pointer) != CONNECTION_BAD, next != PGRES_POLLING_FAILED else {
                throw LoginRefusal(handle.words).error(url)
            }
            try wait(for: handle, toWrite: next == PGRES_POLLING_WRITING, until: deadline, unless: flag)
            next = pq_connectPoll(handle.pointer)
        }
        pq_setErrorVerbosity(handle.pointer, PQERRORS_DEFAULT)
        guard pq_setnonblocking(handle.pointer, 1) == 0 else { throw handle.error(url) }
        // Notices would go to standard error.
        pq_setNoticeProcessor(handle.pointer, { _, _ in }, nil)
        return handle.leaked()
    }

    /// Nil where there is no memory.
    private static func started(_ url: PostgresURL) -> ConnectionHandle? {
        let options = [("dbname", url.text), ("fallback_application_name", "maestro"), ("client_encoding", "UTF8")]
        let texts: [UnsafeMutablePointer<CChar>?] = options.flatMap { [strdup($0.0), strdup($0.1)] }
        defer { for text in texts { free(text) } }
        let keys: [UnsafePointer<CChar>?] =
            stride(from: 0, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) } + [nil]
        let values: [UnsafePointer<CChar>?] =
            stride(from: 1, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) } + [nil]
        guard let pointer = pq_connectStartParams(keys, values, 1) else { return nil }
        return ConnectionHandle(owning: pointer)
    }

    private static func wait(
        for handle: borrowing ConnectionHandle,
        toWrite: Bool,
        until deadline: ContinuousClock.Instant,
        unless flag: Flag
    ) throws {
        while true {
            guard !flag.isRaised else { throw CancellationError() }
            guard ContinuousClock.now < deadline else {
                throw PostgresError.connectionLost("the server did not answer in time")
            }
            var socket = pollfd(
                fd: pq_socket(handle.pointer),
                events: Int16(toWrite ? POLLOUT : POLLIN),
                revents: 0
            )
            if poll(&socket, 1, 50) > 0 { return }
        }
    }

    private consuming func leaked() -> UInt {
        let address = UInt(bitPattern: pointer)
        discard self
        return address
    }
}
#endif
