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

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<Arguments>,
    _ body: @convention(c) (UnsafeRawPointer?, Int) -> CInt
) -> CInt

/// The main function: SwiftPM expects one of this name in an executable, and libFuzzer brings its own under another.
@_cdecl("maestro_fuzz_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { start, count in
        parser.read(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    }
}
