#ifndef CFILESYSTEM_H
#define CFILESYSTEM_H
int maestro_rename_exchange(const char *a, const char *b);
#endif
