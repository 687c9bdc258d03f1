// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTranscripts

/// Files of transcripts, as jobs: read, and redacted before anything else sees them.
enum TranscriptFile {
    /// Larger files are refused: reading them takes minutes, and nobody worked for so long.
    private static let maxBytes = 1_000_000_000

    static func jobs(
        in file: String,
        as format: TranscriptFormat?,
        filling job: (Transcript) -> (Job, earlierIDs: [Job.ID])
    ) throws -> [FinishedJob] {
        let name = file == "-" ? "standard input" : file.onOneLine
        do {
            let next = file == "-" ? StandardInput.pieces(maxBytes: maxBytes) : try pieces(of: file)
            return try TranscriptReader.read(format: format, name: name, next: next).map { transcript in
                var (found, earlierIDs) = job(transcript)
                // Shown and stored on their own, they must not carry what the activity no longer has. Cut only
                // afterwards: half a secret, or one whose lines were joined, has no shape that a rule knows.
                found.task = found.task.map { Redactor.standard.redacting($0).text.onOneLine.cut(toBytes: 600) }
                found.outcome.inferred = found.outcome.inferred.map { Redactor.standard.redacting($0).text }
                let activity = Redactor.standard.redacting(transcript.activity)
                found.opening = activity.openingHash
                return FinishedJob(
                    job: found,
                    activity: activity,
                    earlierIDs: earlierIDs
                )
            }
        } catch let error as TranscriptError {
            throw Failure.work(error.description, hint: "nothing was stored")
        }
    }

    /// Whether the file can be read and nothing was said in it: there is nothing to learn from, and nothing wrong with it.
    static func isWordless(_ file: String, as format: TranscriptFormat?) throws -> Bool {
        do {
            _ = try TranscriptReader.read(format: format, name: file.onOneLine, next: try pieces(of: file))
            return false
        } catch let error as TranscriptError {
            switch error {
            case .empty, .wordless: return true
            case .notText, .zeroBytes, .damagedJSON, .tooLarge, .unknownFormat, .malformed: return false
            }
        }
    }

    /// As much of the file as it had when it was opened: one that is still written to has an end all the same.
    static func pieces(of file: String) throws -> NextBytes {
        // A pipe without a writer would be waited for without end.
        let descriptor = open(HomePath.expanding(file), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.use("`\(file.onOneLine)` does not exist or cannot be read") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw Failure.use("`\(file.onOneLine)` cannot be read") }
        guard info.st_mode & S_IFMT != S_IFDIR else {
            throw Failure.use("`\(file.onOneLine)` is a folder, not a transcript")
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw Failure.use(
                "`\(file.onOneLine)` is no regular file",
                hint: "for a pipe write `-` in its place, and pipe it in"
            )
        }
        guard info.st_size <= maxBytes else {
            throw Failure.work(
                "`\(file.onOneLine)` is larger than \(ByteText.of(maxBytes))",
                hint: "split it; nothing was stored"
            )
        }
        var left = Int(info.st_size)
        return { atMost in
            try Task.checkCancellation()
            guard left > 0 else { return [] }
            do {
                let piece = Array(try handle.read(upToCount: min(left, atMost)) ?? Data())
                left -= piece.count
                return piece
            } catch {
                throw Failure.work("`\(file.onOneLine)` cannot be read: \((error as NSError).localizedDescription)")
            }
        }
    }
}
