// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import MaestroTesting
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Stands between a store and its server, and breaks a connection when the server has done what it was asked for and before
/// the answer is heard.
///
/// A folder with a socket of PostgreSQL's name; bytes go through as they are.
final class CutWire: Sendable {
    private struct Plan {
        /// Connections are cut before the answer to what asks with these words, or before the answer that holds these.
        var cutAsked: String?
        var cutAnswer: String?
    }

    let folder: String
    private let server: String
    private let listener: Int32
    private let plan = Mutex(Plan())

    /// Leads to the server whose socket lies in the folder `server`.
    init(to server: String) throws {
        self.server = server
        folder = "/tmp/maestro-wire-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        listener = try Self.attachedSocket(at: Self.path(in: folder)) { bind($0, $1, $2) }
        guard listen(listener, 16) == 0 else { throw BenchFailure("nothing listens: \(errno)") }
        Thread.detachNewThread { [listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                self.serve(client)
            }
        }
    }

    /// Takes no connection any more.
    func end() throws {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        try FileManager.default.removeItem(atPath: folder)
    }

    /// The answer to the next statement with these words is lost, and the connection with it.
    func cut(answerTo words: String) { plan.withLock { $0.cutAsked = words } }

    /// The next answer that ends with this command tag is lost, and the connection with it.
    ///
    /// However it was asked for: a statement that is prepared goes without its words.
    func cut(answer tag: String) { plan.withLock { $0.cutAnswer = tag + "\0" } }

    /// Whether the cut is still to come.
    var isWhole: Bool { plan.withLock { $0.cutAsked != nil || $0.cutAnswer != nil } }

    // MARK: - Bytes

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isRaised: Bool { value.load(ordering: .sequentiallyConsistent) }
        func raise() { value.store(true, ordering: .sequentiallyConsistent) }
    }

    private func serve(_ client: Int32) {
        guard let upstream = try? Self.attachedSocket(at: Self.path(in: server), { connect($0, $1, $2) }) else {
            close(client)
            return
        }
        let isCut = Flag(), isDone = Flag()
        let finish: @Sendable () -> Void = {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(upstream, Int32(SHUT_RDWR))
            // The other of the two threads may still read: the second to end closes.
            guard isDone.isRaised else { return isDone.raise() }
            close(client)
            close(upstream)
        }
        Thread.detachNewThread {
            Self.pump(from: client, to: upstream) { bytes in
                if self.takesCut(\.cutAsked, in: bytes) { isCut.raise() }
                return true
            }
            finish()
        }
        Thread.detachNewThread {
            // Whatever comes after the statement went out is its answer: then it has happened.
            Self.pump(from: upstream, to: client) { !isCut.isRaised && !self.takesCut(\.cutAnswer, in: $0) }
            finish()
        }
    }

    private func takesCut(_ words: WritableKeyPath<Plan, String?>, in bytes: ArraySlice<UInt8>) -> Bool {
        plan.withLock { plan in
            guard let wanted = plan[keyPath: words], Self.holds(bytes, wanted) else { return false }
            plan[keyPath: words] = nil
            return true
        }
    }

    private static func holds(_ bytes: ArraySlice<UInt8>, _ words: String) -> Bool {
        bytes.firstRange(of: Array(words.utf8)) != nil
    }

    /// Until either side is gone, or `passes` says no.
    private static func pump(from: Int32, to: Int32, while passes: (ArraySlice<UInt8>) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(from, &buffer, buffer.count)
            guard count > 0, passes(buffer[..<count]) else { return }
            var sent = 0
            while sent < count {
                let written = buffer[sent..<count].withUnsafeBytes { send(to, $0.baseAddress, $0.count, quiet) }
                guard written > 0 else { return }
                sent += written
            }
        }
    }

    #if os(Linux)
    private static let quiet = Int32(MSG_NOSIGNAL)
    #else
    private static let quiet: Int32 = 0
    #endif

    private static func path(in folder: String) -> String { "\(folder)/.s.PGSQL.5432" }

    private static func attachedSocket(
        at path: String,
        _ attach: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { attach(descriptor, $0, size) }
        }
        guard descriptor >= 0, result == 0 else { throw BenchFailure("no socket at `\(path)`: \(errno)") }
        return descriptor
    }
}
#endif
