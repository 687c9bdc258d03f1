// SPDX-License-Identifier: Apache-2.0
import Foundation
package import SystemPackage
package import Testing

/// Gives every test, also every case of a table, a folder of its own that is removed afterwards.
package struct TemporaryFolder: TestTrait, SuiteTrait, TestScoping {
    /// The folder of the running test.
    @TaskLocal package static var path = FilePath("/nonexistent")

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        let url = FileManager.default.temporaryDirectory.appending(path: "maestro-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try await Self.$path.withValue(FilePath(url.path), operation: function)
    }
}

extension Trait where Self == TemporaryFolder {
    package static var temporaryFolder: Self { Self() }
}
