// SPDX-License-Identifier: Apache-2.0

/// What a system call does to the disk: paths are absolute, as far as the trace knows the folders they are in.
enum Effect: Hashable, Sendable {
    /// Changes what a file holds.
    case write(String)
    /// Makes a file, or the names in a folder, durable.
    case sync(String)
    /// Makes all durable that was written to the file system of a folder.
    case syncAll(String)
    case rename(String, to: String)
    case exchange(String, String)
    case remove(String)
    case makeFile(String)
    case makeFolder(String)

    init?(_ call: SystemCall) {
        guard let effect = Self.onOpenFiles(call) ?? Self.onNames(call) else { return nil }
        self = effect
    }

    private static func onOpenFiles(_ call: SystemCall) -> Effect? {
        guard let file = call.descriptors.first else { return nil }
        switch call.name {
        case "write", "pwrite64", "writev", "pwritev", "ftruncate": return .write(file)
        case "fsync", "fdatasync": return .sync(file)
        case "syncfs": return .syncAll(file)
        default: return nil
        }
    }

    private static func onNames(_ call: SystemCall) -> Effect? {
        let paths = absolutePaths(of: call)
        guard let path = paths.first else { return nil }
        switch call.name {
        case "rename", "renameat", "renameat2":
            guard paths.count == 2 else { return nil }
            return call.arguments.contains("RENAME_EXCHANGE")
                ? .exchange(paths[0], paths[1]) : .rename(paths[0], to: paths[1])
        case "unlink", "unlinkat", "rmdir": return .remove(path)
        case "mkdir", "mkdirat": return .makeFolder(path)
        case "open", "openat": return call.arguments.contains("O_CREAT") ? .makeFile(path) : nil
        default: return nil
        }
    }

    /// Names that are relative stand in the open folder before them.
    private static func absolutePaths(of call: SystemCall) -> [String] {
        var folders = call.descriptors[...]
        return call.names.map { name in
            let folder = folders.popFirst()
            guard !name.hasPrefix("/"), let folder else { return name }
            return "\(folder)/\(name)"
        }
    }

    var paths: [String] {
        switch self {
        case .write(let path), .sync(let path), .syncAll(let path), .remove(let path), .makeFile(let path),
            .makeFolder(let path):
            [path]
        case .rename(let old, let new), .exchange(let old, let new): [old, new]
        }
    }
}
