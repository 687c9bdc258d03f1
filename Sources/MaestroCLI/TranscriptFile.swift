// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTranscripts

/// Files of transcripts, as jobs: read, and redacted before anything else sees them.
enum TranscriptFile {
    /// Larger files are refused: they would not fit into memory several times over.
    private static let maxBytes = 1 << 30

    static func jobs(
        in file: String,
        as format: TranscriptFormat?,
        filling job: (Transcript) -> Job
    ) throws -> [FinishedJob] {
        let name = file == "-" ? "standard input" : file
        do {
            return try TranscriptReader.read(try bytes(of: file), format: format, name: name).map { transcript in
                var found = job(transcript)
                // Shown and stored on their own, they must not carry what the activity no longer has. Cut only
                // afterwards: half a secret, or one whose lines were joined, has no shape that a rule knows.
                found.task = found.task.map { Redactor.standard.redacting($0).text.onOneLine.cut(toBytes: 600) }
                found.outcome.inferred = found.outcome.inferred.map { Redactor.standard.redacting($0).text }
                return FinishedJob(job: found, activity: Redactor.standard.redacting(transcript.activity))
            }
        } catch let error as TranscriptError {
            throw Failure.work(error.description, hint: "nothing was stored")
        }
    }

    private static func bytes(of file: String) throws -> Data {
        if file == "-" { return try StandardInput.contents(maxBytes: maxBytes) }
        let path = HomePath.expanding(file)
        let attributes: [FileAttributeKey: Any]
        do {
            // Follows links: what counts is what would be read.
            attributes = try FileManager.default.attributesOfItem(
                atPath: URL(filePath: path).resolvingSymlinksInPath().path
            )
            guard FileManager.default.fileExists(atPath: path) else { throw CocoaError(.fileNoSuchFile) }
        } catch {
            throw Failure.use("`\(file)` does not exist or cannot be read")
        }
        let type = attributes[.type] as? FileAttributeType
        guard type != .typeDirectory else { throw Failure.use("`\(file)` is a folder, not a transcript") }
        // A pipe without a writer would be waited for without end.
        guard type == .typeRegular else {
            throw Failure.use("`\(file)` is no regular file", hint: "read a pipe with `maestro reflect -`")
        }
        if let size = attributes[.size] as? Int, size > maxBytes {
            throw Failure.work("`\(file)` is larger than 1 GB", hint: "split it; nothing was stored")
        }
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure.work("`\(file)` cannot be read: \((error as NSError).localizedDescription)")
        }
    }
}
