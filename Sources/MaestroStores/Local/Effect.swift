// SPDX-License-Identifier: Apache-2.0
package import struct SystemPackage.FilePath

/// One change of the world outside the process that the store is about to make.
///
/// Every change of files, folders and the database is one of these, and passes through ``Effects``. Lock files are not
/// among them: `flock` frees them whatever becomes of the process, and what stands in them is a note for people.
package enum Effect: Sendable, Hashable {
    case makeFolder(FilePath)
    /// An empty file where nothing has the name.
    case makeFile(FilePath)
    /// Adds to the end of a file.
    case write(FilePath, String)
    /// Makes a file's content durable.
    case syncFile(FilePath)
    /// Makes the names in a folder durable.
    case syncFolder(FilePath)
    /// Makes everything durable that was written to the file system on which the folder lies.
    case syncFileSystem(FilePath)
    case remove(FilePath)
    case removeFolder(FilePath)
    case rename(FilePath, to: FilePath)
    /// Only where nothing has the new name; else nothing happens.
    case renameWithoutReplacing(FilePath, to: FilePath)
    case exchange(FilePath, FilePath)
    /// The end of a transaction of the database: everything in it happens here, or nothing.
    case commit(isSynced: Bool)
    /// Folds the database's log into it; no content changes.
    case checkpoint
}

/// Sees every effect of a store in the moment before it happens.
///
/// What it throws happens instead: a test lets the disk be full there, or the process die, by throwing from then on.
package typealias EffectObserver = @Sendable (Effect) throws -> Void

/// What every effect passes through on its way out; in production nothing stands there.
struct Effects: Sendable {
    private let observer: EffectObserver?

    init(seenBy observer: EffectObserver?) { self.observer = observer }

    /// For folders that are only read.
    static let none = Effects(seenBy: nil)

    func announce(_ effect: @autoclosure () -> Effect) throws {
        if let observer { try observer(effect()) }
    }
}
