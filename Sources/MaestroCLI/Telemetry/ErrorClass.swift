// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What kind of trouble an error is: few enough to count by.
enum ErrorClass: String, Sendable, CaseIterable {
    case unreachable
    case timedOut = "timed_out"
    case rateLimited = "rate_limited"
    case serverFailed = "server_failed"
    case rejected
    case refused
    case context
    case unusableReply = "unusable_reply"
    case store
    case other

    /// Nil where nothing went wrong: the work was stopped, or another process has it.
    init?(_ error: any Error) {
        switch error {
        case is CancellationError, StoreError.leaseLost: return nil
        case let error as KeptReplyError: self.init(error.problem)
        case is ReplyError: self = .unusableReply
        case is StoreError: self = .store
        case let error as ReflectorError: self.init(error)
        default: self = .other
        }
    }

    private init(_ error: ReflectorError) {
        self =
            switch error {
            case .unreachable: .unreachable
            case .timedOut: .timedOut
            case .rateLimited: .rateLimited
            case .userRefused, .blocked: .refused
            case .serverFailed: .serverFailed
            case .rejected, .filtered: .rejected
            case .refused: .refused
            case .contextOverflow, .contextTruncated: .context
            case .unusable: .unusableReply
            }
    }

    /// Whether all that a person could do is to try again later.
    var mendsItself: Bool { self == .serverFailed || self == .rateLimited }

    /// For people.
    var words: String { rawValue.replacing("_", with: " ") }
}
