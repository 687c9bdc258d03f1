// SPDX-License-Identifier: Apache-2.0
//
// The part of libpq (PostgreSQL 14 and later) that Maestro calls, found when it is first needed: a data folder of files and
// SQLite needs no libpq installed, and does not pay for the twenty libraries that it brings.
//
// `pq_x` is libpq's `PQx`, with its meaning and its types (https://www.postgresql.org/docs/current/libpq.html), whose layout and
// numbers are part of libpq's stable interface (libpq.so.5). Nothing but `pq_load` may be called before that has succeeded.

#ifndef CPOSTGRES_H
#define CPOSTGRES_H

#include <stddef.h>

// Loads libpq, once. Null where it can be called; else why not, in the loader's words. Safe on every thread.
const char *pq_load(void);

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef struct pg_cancel PGcancel;

typedef enum { CONNECTION_OK, CONNECTION_BAD } ConnStatusType;

typedef enum {
    PGRES_POLLING_FAILED, PGRES_POLLING_READING, PGRES_POLLING_WRITING, PGRES_POLLING_OK
} PostgresPollingStatusType;

typedef enum {
    PGRES_EMPTY_QUERY, PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_OUT, PGRES_COPY_IN, PGRES_BAD_RESPONSE,
    PGRES_NONFATAL_ERROR, PGRES_FATAL_ERROR, PGRES_COPY_BOTH, PGRES_SINGLE_TUPLE, PGRES_PIPELINE_SYNC,
    PGRES_PIPELINE_ABORTED
} ExecStatusType;

typedef enum {
    PQTRANS_IDLE, PQTRANS_ACTIVE, PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_UNKNOWN
} PGTransactionStatusType;

typedef enum { PQERRORS_TERSE, PQERRORS_DEFAULT, PQERRORS_VERBOSE } PGVerbosity;

typedef enum { PQ_PIPELINE_OFF, PQ_PIPELINE_ON, PQ_PIPELINE_ABORTED } PGpipelineStatus;

typedef struct pgNotify {
    char *relname;
    int be_pid;
    char *extra;
    struct pgNotify *next;
} PGnotify;

typedef struct {
    char *keyword;
    char *envvar;
    char *compiled;
    char *val;
    char *label;
    char *dispchar;
    int dispsize;
} PQconninfoOption;

typedef void (*PQnoticeProcessor)(void *context, const char *message);

// Every function: its result, its name without `PQ`, its parameters, and the same as arguments.
#define PQ_FUNCTIONS(F) \
    F(PQconninfoOption *, conninfoParse, (const char *text, char **error), (text, error)) \
    F(PGconn *, connectStartParams, (const char *const *keys, const char *const *values, int expand), (keys, values, expand)) \
    F(PostgresPollingStatusType, connectPoll, (PGconn *c), (c)) \
    F(ConnStatusType, status, (const PGconn *c), (c)) \
    F(PGTransactionStatusType, transactionStatus, (const PGconn *c), (c)) \
    F(PGpipelineStatus, pipelineStatus, (const PGconn *c), (c)) \
    F(char *, errorMessage, (const PGconn *c), (c)) \
    F(int, serverVersion, (const PGconn *c), (c)) \
    F(int, sslInUse, (PGconn *c), (c)) \
    F(int, socket, (const PGconn *c), (c)) \
    F(int, setnonblocking, (PGconn *c, int on), (c, on)) \
    F(PGVerbosity, setErrorVerbosity, (PGconn *c, PGVerbosity verbosity), (c, verbosity)) \
    F(PQnoticeProcessor, setNoticeProcessor, (PGconn *c, PQnoticeProcessor tell, void *context), (c, tell, context)) \
    F(int, sendQuery, (PGconn *c, const char *sql), (c, sql)) \
    F(int, sendQueryParams, (PGconn *c, const char *sql, int count, const unsigned int *types, const char *const *values, \
        const int *lengths, const int *formats, int format), (c, sql, count, types, values, lengths, formats, format)) \
    F(int, sendPrepare, (PGconn *c, const char *name, const char *sql, int count, const unsigned int *types), \
        (c, name, sql, count, types)) \
    F(int, sendQueryPrepared, (PGconn *c, const char *name, int count, const char *const *values, const int *lengths, \
        const int *formats, int format), (c, name, count, values, lengths, formats, format)) \
    F(int, enterPipelineMode, (PGconn *c), (c)) \
    F(int, exitPipelineMode, (PGconn *c), (c)) \
    F(int, pipelineSync, (PGconn *c), (c)) \
    F(int, flush, (PGconn *c), (c)) \
    F(int, consumeInput, (PGconn *c), (c)) \
    F(int, isBusy, (PGconn *c), (c)) \
    F(PGresult *, getResult, (PGconn *c), (c)) \
    F(PGnotify *, notifies, (PGconn *c), (c)) \
    F(PGcancel *, getCancel, (PGconn *c), (c)) \
    F(int, cancel, (PGcancel *cancel, char *error, int size), (cancel, error, size)) \
    F(ExecStatusType, resultStatus, (const PGresult *r), (r)) \
    F(char *, resultErrorMessage, (const PGresult *r), (r)) \
    F(char *, resultErrorField, (const PGresult *r, int field), (r, field)) \
    F(int, ntuples, (const PGresult *r), (r)) \
    F(int, nfields, (const PGresult *r), (r)) \
    F(char *, fname, (const PGresult *r, int column), (r, column)) \
    F(char *, cmdTuples, (PGresult *r), (r)) \
    F(char *, getvalue, (const PGresult *r, int row, int column), (r, row, column)) \
    F(int, getlength, (const PGresult *r, int row, int column), (r, row, column)) \
    F(int, getisnull, (const PGresult *r, int row, int column), (r, row, column))

// Those that give back nothing: what is freed, and the connection's end.
#define PQ_PROCEDURES(F) \
    F(conninfoFree, (PQconninfoOption *options), (options)) \
    F(freemem, (void *memory), (memory)) \
    F(freeCancel, (PGcancel *cancel), (cancel)) \
    F(clear, (PGresult *r), (r)) \
    F(finish, (PGconn *c), (c))

#define PQ_DECLARED_FUNCTION(result, name, parameters, arguments) result pq_##name parameters;
#define PQ_DECLARED_PROCEDURE(name, parameters, arguments) void pq_##name parameters;
PQ_FUNCTIONS(PQ_DECLARED_FUNCTION)
PQ_PROCEDURES(PQ_DECLARED_PROCEDURE)

#endif
