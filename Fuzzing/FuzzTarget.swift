// SPDX-License-Identifier: Apache-2.0
import Foundation

private let parser: FuzzedParser = {
    let name = ProcessInfo.processInfo.environment["MAESTRO_FUZZ_PARSER"] ?? ""
    guard let parser = FuzzedParser(rawValue: name) else {
        let names = FuzzedParser.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("MAESTRO_FUZZ_PARSER must be one of \(names)")
    }
    return parser
}()

/// What libFuzzer calls with every input; it brings its own `main`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    parser.read(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
