// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MaestroCLI

@Suite struct `Standard input` {
    @Test func `is read up to its end`() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("one\ntwo".utf8))
        try pipe.fileHandleForWriting.close()

        let data = try StandardInput.contents(of: pipe.fileHandleForReading.fileDescriptor, maxBytes: 100)
        #expect(String(decoding: data, as: UTF8.self) == "one\ntwo")
    }

    @Test func `that is too large is refused`() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("one\ntwo".utf8))

        #expect(throws: Failure.self) {
            try StandardInput.contents(of: pipe.fileHandleForReading.fileDescriptor, maxBytes: 6)
        }
    }

    @Test func `that never comes is waited for only until somebody presses Ctrl-C`() async {
        let pipe = Pipe()
        let reading = Task { try StandardInput.contents(of: pipe.fileHandleForReading.fileDescriptor, maxBytes: 6) }
        reading.cancel()

        await #expect(throws: CancellationError.self) { try await reading.value }
    }
}
