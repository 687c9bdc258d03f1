// SPDX-License-Identifier: Apache-2.0
import Maestro
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Says which names of a folder were touched since it was asked last, by whatever process.
///
/// The kernel notes it (inotify) before the call that touched the name returns, so that an answer is as good as asking for
/// every file, and costs the same for thousands. What it does not note are writes through shared memory, a second name that a
/// file gets elsewhere, and what other machines do on a network file system; whoever asks looks at every file from time to
/// time. Names that begin with a dot, as temporary files have, are left out.
///
/// Without inotify, or where no more folders may be watched, it knows nothing.
final class FolderWatch: Sendable {
    /// What was touched, up to one moment.
    struct Touched: Sendable {
        /// Later moments are greater.
        let moment: UInt64
        /// Nil: unknown.
        let names: Set<String>?
    }

    private struct Folder {
        let identity: FileIdentity
        var askedAt: UInt64
        /// From when on every touch was noted.
        var since: UInt64
        /// When each was touched last.
        var names: [String: UInt64] = [:]
    }

    private struct State {
        /// Made with the first question, since many a process never asks; negative where there is none to be had.
        var descriptor: CInt?
        var moment: UInt64 = 0
        /// By the kernel's number for the watch.
        var folders: [CInt: Folder] = [:]
        var numbers: [FileIdentity: CInt] = [:]
    }

    /// More noted names than this say no more than that the folder is to be read anew.
    private static let maxNames = 4096
    /// The system allows a user 8,192 at least, of which other programs want some.
    static let maxFolders = 1024

    private let state = Mutex(State())

    deinit {
        if let descriptor = state.withLock({ $0.descriptor }), descriptor >= 0 { closeDescriptor(descriptor) }
    }

    /// What was touched in `folder` after `earlier`, which an answer for the same folder had as its moment.
    ///
    /// The first question about a folder begins to watch it: what it finds in the folder afterwards, the next answer
    /// completes. Nil where it cannot be watched.
    func touched(in folder: Directory, after earlier: UInt64?) -> Touched? {
        #if os(Linux)
        guard let identity = folder.status().map({ FileIdentity($0) }) else { return nil }
        return state.withLock { state in
            let descriptor = state.descriptor ?? inotify_init1(CInt(IN_NONBLOCK | IN_CLOEXEC))
            state.descriptor = descriptor
            guard descriptor >= 0 else { return nil }
            readEvents(of: descriptor, into: &state)
            state.moment += 1
            guard let number = state.numbers[identity] else {
                return watch(folder, identity, with: descriptor, in: &state)
                    ? Touched(moment: state.moment, names: nil) : nil
            }
            state.folders[number]?.askedAt = state.moment
            guard let watched = state.folders[number], let earlier, watched.since <= earlier else {
                return Touched(moment: state.moment, names: nil)
            }
            let names = watched.names.filter { $0.value > earlier }.keys
            return Touched(moment: state.moment, names: Set(names))
        }
        #else
        return nil
        #endif
    }

    #if os(Linux)
    private static let mask =
        IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF
        | IN_MOVE_SELF | IN_ONLYDIR

    /// Watches the folder that is open, whatever its path leads to by now.
    private func watch(
        _ folder: Directory,
        _ identity: FileIdentity,
        with descriptor: CInt,
        in state: inout State
    ) -> Bool {
        if state.folders.count >= Self.maxFolders,
            let idle = state.folders.min(by: { $0.value.askedAt < $1.value.askedAt })?.key
        {
            stopWatching(idle, in: &state)
        }
        let number = inotify_add_watch(descriptor, "/proc/self/fd/\(folder.descriptor)", UInt32(Self.mask))
        guard number >= 0 else { return false }
        state.folders[number] = Folder(identity: identity, askedAt: state.moment, since: state.moment)
        state.numbers[identity] = number
        return true
    }

    private func readEvents(of descriptor: CInt, into state: inout State) {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 8) { buffer in
            while true {
                let count = readBytes(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                state.moment += 1
                note(UnsafeRawBufferPointer(rebasing: buffer[..<count]), in: &state)
            }
        }
    }

    /// Events as the kernel writes them: a head, and a name padded with zeros (inotify(7)).
    private func note(_ events: UnsafeRawBufferPointer, in state: inout State) {
        var offset = 0
        let head = MemoryLayout<inotify_event>.size
        while offset + head <= events.count {
            let event = events.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let bytes = events[(offset + head)..<(offset + head + Int(event.len))]
            offset += head + Int(event.len)
            if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
                for number in state.folders.keys { forgetNames(of: number, in: &state) }
            } else if event.mask & UInt32(IN_IGNORED | IN_DELETE_SELF | IN_UNMOUNT | IN_MOVE_SELF) != 0 {
                stopWatching(event.wd, in: &state)
            } else {
                let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                guard !name.hasPrefix(".") else { continue }
                state.folders[event.wd]?.names[name] = state.moment
                if state.folders[event.wd]?.names.count ?? 0 > Self.maxNames { forgetNames(of: event.wd, in: &state) }
            }
        }
    }

    private func forgetNames(of number: CInt, in state: inout State) {
        state.folders[number]?.names = [:]
        state.folders[number]?.since = state.moment
    }

    private func stopWatching(_ number: CInt, in state: inout State) {
        guard let folder = state.folders.removeValue(forKey: number) else { return }
        state.numbers[folder.identity] = nil
        if let descriptor = state.descriptor { _ = inotify_rm_watch(descriptor, number) }
    }
    #endif
}
