// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CFileSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#ifdef __APPLE__
#include <sys/mount.h>
#include <sys/param.h>

int maestro_rename_exchange(int from_folder, const char *from, int to_folder, const char *to) {
    return renameatx_np(from_folder, from, to_folder, to, RENAME_SWAP);
}

int maestro_rename_no_replace(int from_folder, const char *from, int to_folder, const char *to) {
    return renameatx_np(from_folder, from, to_folder, to, RENAME_EXCL);
}

int maestro_file_system_of(const char *path, struct maestro_file_system *result) {
    struct statfs info;
    if (statfs(path, &info) != 0) return -1;
    memset(result, 0, sizeof *result);
    result->is_remote = (info.f_flags & MNT_LOCAL) == 0;
    strncpy(result->name, info.f_fstypename, sizeof result->name - 1);
    return 0;
}

int maestro_sync_file_system(int folder) {
    (void)folder;
    errno = ENOTSUP;
    return -1;
}
#else
#include <sys/vfs.h>
#include <unistd.h>

int maestro_rename_exchange(int from_folder, const char *from, int to_folder, const char *to) {
    return renameat2(from_folder, from, to_folder, to, RENAME_EXCHANGE);
}

int maestro_rename_no_replace(int from_folder, const char *from, int to_folder, const char *to) {
    return renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE);
}

int maestro_file_system_of(const char *path, struct maestro_file_system *result) {
    struct statfs info;
    if (statfs(path, &info) != 0) return -1;
    memset(result, 0, sizeof *result);
    result->magic = (uint32_t)info.f_type;
    return 0;
}

int maestro_sync_file_system(int folder) { return syncfs(folder); }
#endif

int maestro_flock(int descriptor, int operation) { return flock(descriptor, operation); }
