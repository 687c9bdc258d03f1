// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `open(2)`, under a name that does not hide behind the methods of our own types.
func openPath(_ path: String, _ flags: CInt, mode: mode_t = 0o600) -> CInt { open(path, flags, mode) }

/// `close(2)`, likewise.
func closeDescriptor(_ descriptor: CInt) { _ = close(descriptor) }

/// The system's sentence for an error number.
func errorSentence(_ number: CInt) -> String { String(cString: strerror(number)) }

/// `read(2)` and `write(2)`, likewise.
func readBytes(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
func writeBytes(_ descriptor: CInt, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
