// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A port of this machine that refuses every connection for as long as this lives: bound, so that nobody else gets it,
/// and never listened on.
///
/// The port of a server that was stopped is no such thing: the next server may be given it.
final class DeafPort {
    let number: UInt16
    private let socket: Int32

    init() throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let failed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) != 0 || getsockname(socket, $0, &size) != 0
            }
        }
        number = UInt16(bigEndian: address.sin_port)
        if failed { throw CocoaError(.fileReadUnknown) }
    }

    deinit { close(socket) }
}
