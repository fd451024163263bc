/* SPDX-License-Identifier: MIT */
/*
 * Opening, checking and backing up the store, and running its statements.
 *
 * Everything is durable when a call returns (WAL, synchronous=FULL).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store_private.h"

#define LOG_TRIES 100 /* of those who make a store at once, each does it once */
#define BUSY_MS 5000
/* A store is one thread's: SQLite need not lock it for each column that is read (nor memory and pages: use_one_thread). */
#define READ (SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX)
#define WRITE (SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX)
/* Of pages, for each connection: what is kept beyond is kept by the system as well.  But a transaction that writes many calls
 * comes back to the same pages, and each that does not fit is written to the log each time. */
#define CACHE "PRAGMA cache_size = -256" /* KiB */
#define CACHE_WIDE "PRAGMA cache_size = -32768"

#define STOPPED "stopped: nothing of it was done"

enum nm_code nm_store_fail(struct nm_store *store, const char *doing, struct nm_error *err)
{
	int code = store->db != NULL ? sqlite3_errcode(store->db) & 0xff : SQLITE_NOMEM;
	const char *words = store->db != NULL ? sqlite3_errmsg(store->db) : "out of memory";

	if (code == SQLITE_NOMEM)
		return nm_fail_memory(err);
	if (code == SQLITE_INTERRUPT)
		return nm_fail(err, NM_REFUSED, STOPPED);
	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return nm_fail(err, NM_REFUSED, "%s: %s: another nevermiss is writing to it: try again when it is done",
			       store->file, doing);
	if (code == SQLITE_FULL || code == SQLITE_IOERR)
		return nm_fail(err, NM_SYSTEM, "%s: %s: %s: see whether its disk is full or takes nothing, and try again",
			       store->file, doing, words);
	return nm_fail(err, NM_SYSTEM, "%s: %s: %s", store->file, doing, words);
}

enum nm_code nm_store_writable(const struct nm_store *store, struct nm_error *err)
{
	if (store->read_only)
		return nm_fail(err, NM_REFUSED, "%s is open read-only: nothing is written", store->file);
	return NM_OK;
}

sqlite3_stmt *nm_store_statement(struct nm_store *store, enum nm_store_statement which, struct nm_error *err)
{
	sqlite3_stmt **statement = &store->statements[which];

	if (*statement == NULL &&
	    sqlite3_prepare_v3(store->db, nm_store_sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement,
			       NULL) != SQLITE_OK) {
		nm_store_fail(store, "reading its tables", err);
		return NULL;
	}
	sqlite3_reset(*statement);
	sqlite3_clear_bindings(*statement);
	return *statement;
}

enum nm_code nm_store_run(struct nm_store *store, sqlite3_stmt *statement, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (sqlite3_step(statement) != SQLITE_DONE)
		code = nm_store_fail(store, "writing", err);
	sqlite3_reset(statement);
	return code;
}

void nm_store_bind(sqlite3_stmt *statement, int index, const char *text)
{
	if (text != NULL)
		sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, index);
}

enum nm_code nm_store_int(struct nm_store *store, sqlite3_stmt *statement, const char *doing, int64_t *out,
			  struct nm_error *err)
{
	const int result = sqlite3_step(statement);

	if (result == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? NM_OK : nm_store_fail(store, doing, err);
}

int nm_store_within(sqlite3_stmt *statement, int column, int most)
{
	const sqlite3_int64 value = sqlite3_column_int64(statement, column);

	return value >= 0 && value <= most ? (int)value : most;
}

const char *nm_store_column(sqlite3_stmt *statement, int column, struct nm_arena *arena, bool *ok)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	const char *copy;

	if (text == NULL) {
		/* NULL is also what a failed allocation gives. */
		*ok = *ok && sqlite3_column_type(statement, column) == SQLITE_NULL;
		return NULL;
	}
	copy = nm_arena_textn(arena, (const char *)text, (size_t)sqlite3_column_bytes(statement, column));
	*ok = *ok && copy != NULL;
	return copy;
}

/* A whole database into another. */
static enum nm_code copy_database(struct nm_store *store, sqlite3 *from, sqlite3 *to, struct nm_error *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int result = backup == NULL ? sqlite3_errcode(to) : sqlite3_backup_step(backup, -1);

	if (backup != NULL)
		sqlite3_backup_finish(backup);
	if (result != SQLITE_DONE)
		return nm_fail(err, NM_SYSTEM, "%s: copying: %s", store->file, sqlite3_errstr(result));
	return NM_OK;
}

/* In place of a store that is not there, or too old to be read as it is and not ours to change. */
static enum nm_code open_memory(struct nm_store *store, bool copy, struct nm_error *err)
{
	sqlite3 *old = store->db;
	enum nm_code code = NM_OK;

	if (sqlite3_open(":memory:", &store->db) != SQLITE_OK)
		code = nm_store_fail(store, "making an empty store", err);
	if (code == NM_OK && copy)
		code = copy_database(store, old, store->db, err);
	sqlite3_close(old);
	return code == NM_OK ? nm_store_migrate(store, err) : code;
}

/* The file as a URI of SQLite, for a file that nobody writes. */
static enum nm_code immutable_uri(const struct nm_store *store, struct nm_buf *uri, struct nm_error *err)
{
	nm_buf_add(uri, store->file[0] == '/' ? "file://" : "file:");
	for (const char *c = store->file; *c != '\0'; c++)
		nm_buf_addf(uri, strchr("?#%", *c) != NULL ? "%%%02X" : "%c", (unsigned char)*c);
	nm_buf_add(uri, "?immutable=1");
	return uri->failed ? nm_fail_memory(err) : NM_OK;
}

/* The -wal file beside the store: its bytes; -1: it is not there. */
static enum nm_code log_bytes(const struct nm_store *store, off_t *bytes, struct nm_error *err)
{
	struct nm_buf name;
	struct stat about;
	enum nm_code code = NM_OK;

	nm_buf_init(&name, 65536);
	nm_buf_addf(&name, "%s-wal", store->file);
	if (name.failed)
		code = nm_fail_memory(err);
	else
		*bytes = stat(name.data, &about) == 0 ? about.st_size : -1;
	nm_buf_clear(&name);
	return code;
}

/* SQLite reads a WAL store only through a -shm file, which cannot be made in a folder that is somebody
 * else's.  When the -wal file is empty or not there, all is in the store itself: it is then copied, so
 * that a writer who comes later does no harm. */
static enum nm_code open_of_others(struct nm_store *store, struct nm_error *err)
{
	struct nm_buf text;
	off_t log = -1;
	enum nm_code code = log_bytes(store, &log, err);
	bool old;

	if (code == NM_OK && log > 0)
		code = nm_fail(err, NM_SYSTEM, "%s: it is in use, and its folder is not yours to write to",
			       store->file);
	if (code != NM_OK)
		return code;
	sqlite3_close(store->db);
	store->db = NULL;
	nm_buf_init(&text, 65536);
	code = immutable_uri(store, &text, err);
	if (code == NM_OK &&
	    sqlite3_open_v2(text.data, &store->db, READ | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
		code = nm_store_fail(store, "opening", err);
	nm_buf_clear(&text);
	if (code == NM_OK)
		code = nm_store_schema(store, &old, err);
	return code == NM_OK ? open_memory(store, true, err) : code;
}

static enum nm_code open_read_only(struct nm_store *store, struct nm_error *err)
{
	bool old;
	enum nm_code code;

	if (access(store->file, F_OK) != 0 && errno == ENOENT)
		return open_memory(store, false, err);
	if (sqlite3_open_v2(store->file, &store->db, READ, NULL) != SQLITE_OK)
		return nm_store_fail(store, "opening", err);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	code = nm_store_schema(store, &old, err);
	if (code == NM_OK && old)
		return open_memory(store, true, err);
	if (code == NM_SYSTEM && ((sqlite3_errcode(store->db) & 0xff) == SQLITE_READONLY ||
				  (sqlite3_errcode(store->db) & 0xff) == SQLITE_CANTOPEN))
		return open_of_others(store, err);
	return code;
}

/* The folders that are not there, for the owner alone. */
static enum nm_code make_folders(const char *file, struct nm_error *err)
{
	char *path = strdup(file);
	enum nm_code code = path != NULL ? NM_OK : nm_fail_memory(err);

	for (char *slash = path; code == NM_OK && (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			code = nm_fail(err, NM_SYSTEM, "%s: cannot be made: %s", path, strerror(errno));
		*slash = '/';
	}
	free(path);
	return code;
}

/* Who finds somebody else at this is refused at once, whatever the timeout (sqlite.org/c3ref/busy_handler.html): waits
 * for them as a writer does, and looks again. */
static enum nm_code use_log(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = nm_store_execute(store, "PRAGMA journal_mode = WAL", "opening", err);

	for (int i = 0; i < LOG_TRIES && code != NM_OK && (sqlite3_errcode(store->db) & 0xff) == SQLITE_BUSY; i++) {
		code = nm_store_execute(store, "BEGIN IMMEDIATE; COMMIT", "opening", err);
		if (code == NM_OK)
			code = nm_store_execute(store, "PRAGMA journal_mode = WAL", "opening", err);
	}
	return code;
}

static enum nm_code open_writable(struct nm_store *store, struct nm_error *err)
{
	bool old;
	int fd;
	enum nm_code code = make_folders(store->file, err);

	if (code != NM_OK)
		return code;
	/* Made here and not by SQLite, so that it is never anybody else's to read, nor its -wal and -shm. */
	fd = open(store->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return nm_fail(err, NM_SYSTEM, "%s: cannot be opened: %s", store->file, strerror(errno));
	close(fd);
	if (sqlite3_open_v2(store->file, &store->db, WRITE, NULL) != SQLITE_OK)
		return nm_store_fail(store, "opening", err);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	code = nm_store_schema(store, &old, err);
	if (code == NM_OK)
		code = use_log(store, err);
	if (code == NM_OK)
		code = nm_store_execute(
			store,
			"PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
			/* What is deleted is people's. */
			" PRAGMA secure_delete = ON",
			"opening", err);
	if (code == NM_OK && old)
		code = nm_store_migrate(store, err);
	return code;
}

/* So is the whole process: no locks, and no counting, around each piece of memory.  SQLite only takes that before it is first
 * used (sqlite.org/c3ref/config.html); where it was used already, it is slower. */
static void use_one_thread(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum nm_code nm_store_open(const char *file, bool read_only, struct nm_store **out, struct nm_error *err)
{
	struct nm_store *store = calloc(1, sizeof(*store));
	enum nm_code code;

	if (store == NULL)
		return nm_fail_memory(err);
	use_one_thread();
	store->read_only = read_only;
	store->lock = store->agent_lock = -1;
	store->file = strdup(file);
	if (store->file == NULL)
		code = nm_fail_memory(err);
	else
		code = read_only ? open_read_only(store, err) : open_writable(store, err);
	if (code == NM_OK)
		code = nm_store_execute(store, CACHE, "opening", err);
	if (code == NM_OK)
		*out = store;
	else
		nm_store_close(store);
	return code;
}

void nm_store_rest(struct nm_store *store)
{
	(void)sqlite3_db_release_memory(store->db); /* which always is SQLITE_OK */
}

/* Whoever only reads a WAL store leaves an empty -wal and a -shm beside it.  Only SQLite knows whether another
 * connection lives, which needs them: it takes them away itself when the last one that closes might have written.
 * An empty log has nothing that could be written to the store by that. */
static void leave_nothing(const struct nm_store *store)
{
	sqlite3 *last = NULL;
	off_t log;

	if (log_bytes(store, &log, NULL) != NM_OK || log != 0)
		return;
	/* A read opens the log, too. */
	if (sqlite3_open_v2(store->file, &last, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		sqlite3_exec(last, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	sqlite3_close(last);
}

void nm_store_close(struct nm_store *store)
{
	if (store == NULL)
		return;
	for (int i = 0; i < NM_SQL_COUNT; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	if (store->read_only && store->file != NULL)
		leave_nothing(store);
	nm_store_unlock(store);
	nm_store_agent_unlock(store);
	nm_store_sums_clear(store);
	free(store->file);
	free(store);
}

bool nm_store_read_only(const struct nm_store *store)
{
	return store->read_only;
}

/* What SQLite counts of others' commits and of this connection's own rows. */
uint64_t nm_store_changes(struct nm_store *store)
{
	sqlite3_stmt *statement = nm_store_statement(store, NM_SQL_DATA_VERSION, NULL);
	uint64_t others = 0;

	if (statement && sqlite3_step(statement) == SQLITE_ROW)
		others = (uint64_t)sqlite3_column_int64(statement, 0);
	if (statement)
		sqlite3_reset(statement);
	return others << 32 ^ (uint64_t)sqlite3_total_changes(store->db);
}

static enum nm_code run_plain(struct nm_store *store, enum nm_store_statement which, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	return statement == NULL ? NM_SYSTEM : nm_store_run(store, statement, err);
}

enum nm_code nm_store_read_begin(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = store->depth == 0 ? run_plain(store, NM_SQL_BEGIN_READ, err) : NM_OK;

	store->depth += code == NM_OK;
	return code;
}

void nm_store_read_end(struct nm_store *store)
{
	/* Nothing was written: how it ends is all the same. */
	if (store->depth == 1)
		(void)!run_plain(store, NM_SQL_ROLLBACK, NULL);
	if (store->depth > 0)
		store->depth--;
}

enum nm_code nm_store_begin(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = nm_store_writable(store, err);

	if (code == NM_OK && store->depth == 0)
		code = nm_store_followups_watch(store, err);
	if (code == NM_OK && store->depth == 0)
		code = run_plain(store, NM_SQL_BEGIN, err);
	if (code == NM_OK)
		store->depth++;
	return code;
}

void nm_store_widen(struct nm_store *store)
{
	/* One that cannot have them is slower. */
	if (!store->wide && store->depth > 0)
		store->wide = sqlite3_exec(store->db, CACHE_WIDE, NULL, NULL, NULL) == SQLITE_OK;
}

static void narrow(struct nm_store *store)
{
	if (store->wide)
		(void)sqlite3_exec(store->db, CACHE, NULL, NULL, NULL);
	store->wide = false;
}

static void take_mended(struct nm_store *store)
{
	store->mended = store->mended || store->gathered.anew;
	store->damaged = store->damaged && !store->gathered.anew;
	store->gathered.anew = false;
}

enum nm_code nm_store_commit(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (store->depth == 1)
		code = nm_store_sums_settle(store, err);
	if (store->depth == 1 && code == NM_OK)
		code = run_plain(store, NM_SQL_COMMIT, err);
	if (store->depth == 1 && code == NM_OK)
		take_mended(store);
	if (code == NM_OK && store->depth > 0)
		store->depth--;
	if (store->depth == 0)
		narrow(store);
	return code;
}

void nm_store_abandon(struct nm_store *store)
{
	if (store->depth > 0)
		(void)!run_plain(store, NM_SQL_ROLLBACK, NULL);
	nm_store_sums_abandon(store);
	narrow(store);
	store->depth = 0;
}

/* --- asking whether to go on --- */

#define ASK_EVERY 20000 /* steps of SQLite's machine: some milliseconds */

static int ask(void *context)
{
	struct nm_store *store = context;

	if (!store->asking.stopped)
		store->asking.stopped = !store->asking.go_on(store->asking.context, store->asking.done, store->asking.all);
	return store->asking.stopped;
}

void nm_store_ask(struct nm_store *store, bool (*asked)(void *context, size_t done, size_t all), void *context)
{
	store->asking.go_on = asked;
	store->asking.context = context;
	store->asking.done = store->asking.all = 0;
	store->asking.stopped = false;
	sqlite3_progress_handler(store->db, ASK_EVERY, asked != NULL ? ask : NULL, store);
}

bool nm_store_stopped(const struct nm_store *store)
{
	return store->asking.stopped;
}

enum nm_code nm_store_reached(struct nm_store *store, size_t done, size_t all, struct nm_error *err)
{
	store->asking.done = done;
	store->asking.all = all;
	if (store->asking.go_on == NULL || ask(store) == 0)
		return NM_OK;
	return nm_fail(err, NM_REFUSED, STOPPED);
}

enum nm_code nm_store_check(struct nm_store *store, struct nm_error *err)
{
	sqlite3_stmt *statement = NULL;
	enum nm_code code = NM_OK;

	if (sqlite3_prepare_v2(store->db, "PRAGMA integrity_check(1)", -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		code = nm_store_fail(store, "checking", err);
	else if (strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
		code = nm_fail(err, NM_SYSTEM, "%s is damaged: %s", store->file,
			       sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	if (code != NM_OK)
		return code;
	if (sqlite3_prepare_v2(store->db, "PRAGMA foreign_key_check", -1, &statement, NULL) != SQLITE_OK)
		code = nm_store_fail(store, "checking", err);
	else if (sqlite3_step(statement) == SQLITE_ROW)
		code = nm_fail(err, NM_SYSTEM, "%s is damaged: a row of %s refers to nothing", store->file,
			       sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return code;
}

enum nm_code nm_store_backup(struct nm_store *store, const char *file, struct nm_error *err)
{
	sqlite3 *copy = NULL;
	enum nm_code code = NM_OK;
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return nm_fail(err, errno == EEXIST ? NM_REFUSED : NM_SYSTEM, "%s: cannot be made: %s", file,
			       strerror(errno));
	close(fd);
	if (sqlite3_open_v2(file, &copy, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		code = nm_fail(err, NM_SYSTEM, "%s: cannot be opened: %s", file, sqlite3_errmsg(copy));
	if (code == NM_OK)
		code = copy_database(store, store->db, copy, err);
	sqlite3_close(copy);
	if (code != NM_OK)
		unlink(file);
	return code;
}

/* FNV-1a: only to tell plans of one name in two folders apart. */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 14695981039346656037u;

	while (*text != '\0')
		hash = (hash ^ (unsigned char)*text++) * 1099511628211u;
	return hash;
}

enum nm_code nm_store_path(const char *dir, const char *plan_file, struct nm_buf *out, struct nm_error *err)
{
	char *real = realpath(plan_file, NULL);
	const char *name;

	if (real == NULL)
		return nm_fail(err, errno == ENOMEM ? NM_NO_MEMORY : NM_INPUT, "%s: %s", plan_file,
			       strerror(errno));
	name = strrchr(real, '/') + 1;
	nm_buf_addf(out, "%s/%.200s-%016" PRIx64 ".db", dir, name, hash_text(real));
	free(real);
	return out->failed ? nm_fail_memory(err) : NM_OK;
}
