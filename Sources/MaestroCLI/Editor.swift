// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Lets a person change a text: in their editor, or from a file they name.
enum Editor {
    /// Far more than any entry or piece may hold.
    private static let maxBytes = 16 << 20

    /// Gives the new text to `keep`; where that refuses it, the person's own copy stays and is named.
    ///
    /// - Throws: ``Failure`` where no editor is set, it fails, or the file cannot be read; what `keep` throws.
    static func edit<T>(
        _ text: String,
        name: String,
        from file: String?,
        keep: (String) async throws -> T
    ) async throws -> T {
        if let file { return try await keep(try read(file)) }
        let environment = ProcessInfo.processInfo.environment
        guard let editor = environment["VISUAL"] ?? environment["EDITOR"], !editor.isEmpty else {
            throw Failure.use("no editor is set", hint: "set EDITOR, or give the new text with --file")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "maestro-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let copy = folder.appending(path: name)
        try Data(text.utf8).write(to: copy)
        let status = try await run(editor, on: copy.path)
        guard status == 0 else {
            throw Failure.work(
                "`\(editor)` ended with \(status)",
                hint: "nothing was changed; your text is in `\(copy.path)`"
            )
        }
        let edited = try read(copy.path)
        // Closed without a change: there is nothing of theirs to lose.
        guard edited != text else {
            try FileManager.default.removeItem(at: folder)
            return try await keep(text)
        }
        do {
            let kept = try await keep(edited)
            try FileManager.default.removeItem(at: folder)
            return kept
        } catch {
            let failure = Failure(error)
            throw Failure.work(failure.message, hint: "nothing was changed; your text is in `\(copy.path)`")
        }
    }

    private static func read(_ file: String) throws -> String {
        let data =
            file == "-"
            ? try StandardInput.contents(maxBytes: maxBytes) : FileManager.default.contents(atPath: file)
        guard let data, let text = String(validating: data, as: UTF8.self) else {
            throw Failure.use("`\(file)` cannot be read as UTF-8 text")
        }
        return text
    }

    /// Through a shell, since `EDITOR` may hold arguments (`code --wait`).
    private static func run(_ editor: String, on path: String) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\(editor) \"$1\"", "sh", path]
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch {
                continuation.resume(throwing: Failure.work("`\(editor)` cannot be started"))
            }
        }
    }
}
