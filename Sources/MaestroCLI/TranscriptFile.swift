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
        if file == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
        let path = HomePath.expanding(file)
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(
                atPath: URL(filePath: path).resolvingSymlinksInPath().path
            )
        } catch {
            throw Failure.use("`\(file)` does not exist or cannot be read")
        }
        guard attributes[.type] as? FileAttributeType != .typeDirectory else {
            throw Failure.use("`\(file)` is a folder, not a transcript")
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
