// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import Maestro

/// Writes what a worker tells as log lines: stages at `debug`, one line a finished job at `info`, trouble above.
///
/// No line holds a prompt, words of a transcript, what a model said, or a key.
struct WorkLog: Sendable {
    typealias Line = (level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata)

    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func write(_ event: WorkEvent) {
        // Made only where somebody reads it: most are stages, and most workers log at `info`.
        guard Self.level(of: event) >= logger.logLevel, let line = Self.line(for: event) else { return }
        logger.log(level: line.level, line.message, metadata: line.metadata)
    }

    /// Nil where the event is no news: a claim is followed by its first stage at once.
    static func line(for event: WorkEvent) -> Line? {
        let level = level(of: event)
        switch event {
        case .claimed:
            return nil
        case .stage(let stage, let claim):
            let (message, metadata) = said(of: stage)
            return (level, message, metadata.merging(names(of: claim)) { $1 })
        case .finished(let claim, let outcome, let took):
            var (message, metadata) = said(of: outcome)
            metadata.merge(names(of: claim)) { $1 }
            metadata[LogKeys.duration] = number(took.milliseconds)
            return (level, message, metadata)
        case .buried(let burial):
            var metadata = trouble(burial.error, nil)
            metadata[LogKeys.jobID] = .string(burial.job.id.rawValue)
            metadata[LogKeys.userID] = .string(burial.job.user.rawValue)
            return (level, "job dead", metadata)
        case .endpoint(let change):
            let (message, metadata) = said(of: change)
            return (level, message, metadata)
        case .storeFailed(let sentence, let hint):
            return (level, "store failed", trouble(sentence, hint))
        }
    }

    private static func level(of event: WorkEvent) -> Logger.Level {
        switch event {
        case .claimed, .stage: .debug
        case .finished(_, let outcome, _): level(of: outcome)
        case .endpoint(.opened): .notice
        case .endpoint: .warning
        case .buried, .storeFailed: .error
        }
    }

    private static func level(of outcome: JobRun.Outcome) -> Logger.Level {
        switch outcome.ending {
        case .ended(let receipt): receipt.reflection.outcome == .failed ? .error : .info
        // A worker that stops hands its jobs back: nothing is wrong with them.
        case .postponed: outcome.error is CancellationError ? .info : .warning
        case .lost: .info
        case .stuck: .error
        }
    }

    // MARK: - Messages and their data

    private static func said(of stage: ReflectionStage) -> (Logger.Message, Logger.Metadata) {
        switch stage {
        case .start(let promptBytes):
            return ("job started", [LogKeys.promptBytes: number(promptBytes)])
        case .model(let reply, let wasKept):
            var metadata: Logger.Metadata = [LogKeys.replyWasKept: .stringConvertible(wasKept)]
            metadata[LogKeys.modelName] = reply.model.map { .string($0) }
            metadata[LogKeys.modelRung] = reply.rung.map { .string($0) }
            metadata.merge(tokens(reply.tokensIn, reply.tokensOut)) { $1 }
            return ("model answered", metadata)
        case .reasoning(let text, let changes):
            let metadata = [LogKeys.reasoningBytes: number(text.utf8.count), LogKeys.changes: number(changes)]
            return ("reply read", metadata)
        case .applied(let receipt):
            return ("changes applied", counts(of: receipt))
        case .snapshot(let path):
            return ("snapshot written", [LogKeys.snapshotPath: .string(path)])
        }
    }

    private static func said(of outcome: JobRun.Outcome) -> (Logger.Message, Logger.Metadata) {
        let remedy = outcome.error.map { Remedy(for: $0) }
        var metadata: Logger.Metadata = [:]
        if let error = outcome.error, let kind = ErrorClass(error) {
            metadata = trouble(remedy?.sentence, kind.mendsItself && outcome.isPostponed ? nil : remedy?.hint)
            metadata[LogKeys.errorClass] = .string(kind.rawValue)
        }
        switch outcome.ending {
        case .ended(let receipt):
            metadata.merge(counts(of: receipt)) { $1 }
            if receipt.reflection.outcome == .failed, metadata[LogKeys.error] == nil {
                metadata[LogKeys.error] = receipt.reflection.error.map { .string($0) }
            }
            return (receipt.reflection.outcome == .failed ? "job dead" : "job done", metadata)
        case .postponed(let until, let isCounted):
            metadata[LogKeys.due] = .string(until.formatted(.iso8601))
            metadata[LogKeys.isCounted] = .stringConvertible(isCounted)
            return (outcome.error is CancellationError ? "job handed back" : "job postponed", metadata)
        case .lost:
            return ("job taken over or cancelled", metadata)
        case .stuck:
            return ("job left to be taken over", metadata)
        }
    }

    private static func said(of change: EndpointGate.Change) -> (Logger.Message, Logger.Metadata) {
        switch change {
        case .closed(let sentence, let hint): ("endpoint closed", trouble(sentence, hint))
        case .rests(let seconds): ("endpoint rests", [LogKeys.rest: number(Int(seconds.rounded(.up)))])
        case .opened: ("endpoint opened", [:])
        }
    }

    private static func names(of claim: Claim) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            LogKeys.jobID: .string(claim.job.id.rawValue), LogKeys.userID: .string(claim.job.user.rawValue),
            LogKeys.reflectionID: .string(claim.reflection.rawValue), LogKeys.attempt: number(claim.attempt),
        ]
        metadata[LogKeys.pieceName] = claim.job.piece.map { .string($0) }
        return metadata
    }

    private static func counts(of receipt: Receipt) -> Logger.Metadata {
        let decisions = Dictionary(grouping: receipt.decisions, by: \.verdict).mapValues(\.count)
        var metadata: Logger.Metadata = [
            LogKeys.outcome: .string(receipt.reflection.outcome.rawValue),
            LogKeys.changes: number(decisions[.accepted] ?? 0), LogKeys.waiting: number(decisions[.waiting] ?? 0),
            LogKeys.rejected: number(decisions[.rejected] ?? 0),
        ]
        let codes = Set(receipt.decisions.compactMap(\.code?.rawValue)).sorted()
        if !codes.isEmpty { metadata[LogKeys.codes] = .string(codes.joined(separator: ",")) }
        metadata[LogKeys.modelName] = receipt.reflection.model.map { .string($0) }
        return metadata.merging(tokens(receipt.reflection.tokensIn, receipt.reflection.tokensOut)) { $1 }
    }

    /// Unknown numbers are left out: a zero would be counted.
    private static func tokens(_ prompt: Int?, _ reply: Int?) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        metadata[LogKeys.tokensPrompt] = prompt.map(number)
        metadata[LogKeys.tokensReply] = reply.map(number)
        return metadata
    }

    private static func trouble(_ sentence: String?, _ hint: String?) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        metadata[LogKeys.error] = sentence.map { .string($0) }
        metadata[LogKeys.hint] = hint.map { .string($0) }
        return metadata
    }

    private static func number(_ value: Int) -> Logger.MetadataValue { .stringConvertible(value) }
}

extension JobRun.Outcome {
    /// Whether the worker will try the job again by itself.
    fileprivate var isPostponed: Bool { if case .postponed = ending { true } else { false } }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}
