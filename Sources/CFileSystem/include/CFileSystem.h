// SPDX-License-Identifier: Apache-2.0
//
// The few file system calls that Swift does not import: renaming by exchange and without replacing, and the kind of
// file system a folder lies on. Every function returns 0, or -1 with errno set.

#ifndef CFILESYSTEM_H
#define CFILESYSTEM_H

#include <stdint.h>

// Swaps two existing files in one step. Nobody ever sees either name missing.
// Linux: renameat2 with RENAME_EXCHANGE. macOS: renameatx_np with RENAME_SWAP.
int maestro_rename_exchange(int from_folder, const char *from, int to_folder, const char *to);

// Renames only where `to` does not exist; EEXIST otherwise.
// Linux: renameat2 with RENAME_NOREPLACE. macOS: renameatx_np with RENAME_EXCL.
int maestro_rename_no_replace(int from_folder, const char *from, int to_folder, const char *to);

// What a path lies on.
struct maestro_file_system {
    // The magic number of statfs(2) on Linux; 0 elsewhere.
    uint32_t magic;
    // 1 where the system itself says that it is remote (macOS: MNT_LOCAL is not set), else 0.
    int is_remote;
    // The name of the type where the system has one (macOS), else empty.
    char name[32];
};

int maestro_file_system_of(const char *path, struct maestro_file_system *result);

// Makes everything durable that was written to the file system which the open folder lies on.
// Linux: syncfs(2). macOS has no such call: -1 with ENOTSUP.
int maestro_sync_file_system(int folder);

// flock(2): in Swift the function is hidden by the structure of the same name.
int maestro_flock(int descriptor, int operation);

#endif
