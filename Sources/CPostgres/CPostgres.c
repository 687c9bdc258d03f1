// SPDX-License-Identifier: Apache-2.0
#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// Where each function is, once libpq is loaded.
#define ADDRESS_OF_FUNCTION(result, name, parameters, arguments) static result(*address_of_##name) parameters;
#define ADDRESS_OF_PROCEDURE(name, parameters, arguments) static void(*address_of_##name) parameters;
PQ_FUNCTIONS(ADDRESS_OF_FUNCTION)
PQ_PROCEDURES(ADDRESS_OF_PROCEDURE)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char problem[512];

static void *opened(void) {
#ifdef __APPLE__
    // Homebrew keeps it out of the loader's way.
    static const char *const names[] = {
        "libpq.5.dylib", "/opt/homebrew/opt/libpq/lib/libpq.5.dylib", "/usr/local/opt/libpq/lib/libpq.5.dylib",
    };
#else
    static const char *const names[] = {"libpq.so.5"};
#endif
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
        // The first is the one that people know.
        const char *words = dlerror();
        if (i == 0) snprintf(problem, sizeof problem, "%s", words ? words : "not found");
    }
    return NULL;
}

static int found(void *library, const char *name, void **address) {
    *address = dlsym(library, name);
    if (!*address) snprintf(problem, sizeof problem, "it has no %s: older than PostgreSQL 14", name);
    return *address != NULL;
}

static void load(void) {
    void *library = opened();
    if (!library) return;
#define FIND_FUNCTION(result, name, parameters, arguments) \
    if (!found(library, "PQ" #name, (void **)&address_of_##name)) return;
#define FIND_PROCEDURE(name, parameters, arguments) FIND_FUNCTION(void, name, parameters, arguments)
    PQ_FUNCTIONS(FIND_FUNCTION)
    PQ_PROCEDURES(FIND_PROCEDURE)
    problem[0] = 0;
}

const char *pq_load(void) {
    pthread_once(&once, load);
    return problem[0] ? problem : NULL;
}

#define CALL_FUNCTION(result, name, parameters, arguments) \
    result pq_##name parameters { return address_of_##name arguments; }
#define CALL_PROCEDURE(name, parameters, arguments) \
    void pq_##name parameters { address_of_##name arguments; }
PQ_FUNCTIONS(CALL_FUNCTION)
PQ_PROCEDURES(CALL_PROCEDURE)
