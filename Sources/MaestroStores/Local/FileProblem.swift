// SPDX-License-Identifier: Apache-2.0
import Maestro
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Sentences for what a file system refused.
///
/// They all end as ``StoreError/unusable(_:hint:)``: nothing was changed, and a person must look.
enum FileProblem {
    static func refused(_ verb: String, _ path: FilePath, _ number: CInt) -> StoreError {
        .unusable(
            "cannot \(verb) `\(path)`: \(errorSentence(number))",
            hint: number == ENOTDIR
                ? "a file stands where a folder belongs: move it away; what was committed is kept in the database"
                : "check that the folder exists, belongs to you, and has room; what was committed is kept in the database"
        )
    }

    static func notAFolder(_ path: FilePath) -> StoreError {
        .unusable(
            "`\(path)` is a symbolic link or not a folder, and Maestro follows no link below a user's folder",
            hint: "replace it by a real folder, or move the whole data folder and name it with `--data`"
        )
    }
}
