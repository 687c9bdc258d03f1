// SPDX-License-Identifier: Apache-2.0
import CFileSystem
import Maestro
package import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a folder lies on, and whether its locks are to be trusted.
package struct FileSystemKind: Hashable, Sendable {
    package let name: String
    package let isNetwork: Bool

    // Magic numbers of statfs(2): its manual page, and Linux's `uapi/linux/magic.h`. FUSE may be local, but the drives of
    // cloud services and sshfs are FUSE too, and nothing tells them apart.
    private static let known: [UInt32: (name: String, isNetwork: Bool)] = [
        0x6969: ("NFS", true), 0x517B: ("SMB", true), 0xFF53_4D42: ("CIFS", true), 0xFE53_4D42: ("SMB2", true),
        0x6573_5546: ("FUSE", true), 0x5346_414F: ("AFS", true), 0x00C3_6400: ("Ceph", true), 0x0102_1997: ("9p", true),
        0x7375_7245: ("Coda", true), 0x0BD0_0BD0: ("Lustre", true), 0x4750_4653: ("GPFS", true),
        0xEF53: ("ext4", false), 0x5846_5342: ("XFS", false), 0x9123_683E: ("Btrfs", false),
        0x2FC1_2FC1: ("ZFS", false),
        0x0102_1994: ("tmpfs", false), 0x794C_7630: ("overlayfs", false), 0xF2F5_2010: ("F2FS", false),
    ]

    init(of path: FilePath) throws {
        var info = maestro_file_system()
        guard maestro_file_system_of(path.string, &info) == 0 else {
            throw FileProblem.refused("look at the file system of", path, errno)
        }
        let given = withUnsafeBytes(of: &info.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        self.init(magic: info.magic, name: given, isRemote: info.is_remote != 0)
    }

    /// By the number that Linux gives, else by what the system says itself.
    package init(magic: UInt32, name given: String = "", isRemote: Bool = false) {
        let known = Self.known[magic]
        name = known?.name ?? (given.isEmpty ? "type \(String(magic, radix: 16))" : given)
        isNetwork = known?.isNetwork ?? isRemote
    }

    /// Refuses a network file system unless it is allowed.
    package func requireLocal(_ path: FilePath, isAllowed: Bool) throws {
        guard isNetwork, !isAllowed else { return }
        throw StoreError.unusable(
            "`\(path)` lies on \(name), where locks between machines are not to be trusted; nothing was changed",
            hint:
                "choose a folder on a local disk with `--data`, or set `allowNetworkFileSystem: true` if one machine uses it"
        )
    }
}
