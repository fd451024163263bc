/* SPDX-License-Identifier: MIT */
/*
 * What a transaction adds to the sums (store_sums.c) until it is written.  In: cells, in any order.  Out: rows of packed
 * sums, of which each is read, added to and written once.
 *
 * Once one of these rows turns out to be damaged nothing is gathered any more: all of them are made anew of the calls and
 * follow-ups (store_sums_anew.c), as late as that can be, for until then a call may be in the sums and not yet in its row.
 */
#include <stdlib.h>
#include <string.h>

#include "core/store_private.h"
#include "core/sums.h"

#define GATHERED_MAX 4096

static int gathered_compare(const void *a, const void *b)
{
	const struct nm_gathered_cell *x = a, *y = b;

	if (x->weeks != y->weeks)
		return x->weeks < y->weeks ? -1 : 1;
	if (x->nth != y->nth)
		return x->nth < y->nth ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return nm_cell_compare(&x->cell, &y->cell);
}

/* --- writing --- */

static sqlite3_stmt *statement_of(struct nm_store *store, enum nm_store_statement which,
				  const struct nm_gathered_cell *row, struct nm_error *err)
{
	sqlite3_stmt *statement = nm_store_statement(store, which, err);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, row->weeks);
	sqlite3_bind_int64(statement, 2, row->nth);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)row->number);
	return statement;
}

/* What comes to nothing has no row. */
static enum nm_code put_row(struct nm_store *store, const struct nm_gathered_cell *row, bool there, struct nm_error *err)
{
	const struct nm_bytes *packed = &store->gathered.packed;
	const enum nm_store_statement put = there ? NM_SQL_SUMS_MEND : NM_SQL_SUMS_ADD;
	sqlite3_stmt *statement = statement_of(store, packed->n > 0 ? put : NM_SQL_SUMS_DROP, row, err);

	if (statement == NULL)
		return NM_SYSTEM;
	if (packed->n > 0)
		sqlite3_bind_blob64(statement, 4, packed->items, packed->n, SQLITE_STATIC);
	return nm_store_run(store, statement, err);
}

/* row: the first of n cells of one row, which are in order.  A damaged one is given up with all others. */
static enum nm_code write_row(struct nm_store *store, const struct nm_gathered_cell *row, const struct nm_cell *cells,
			      size_t n, struct nm_error *err)
{
	sqlite3_stmt *statement = statement_of(store, NM_SQL_SUMS_GET, row, err);
	struct nm_bytes *packed = &store->gathered.packed;
	enum nm_code code = NM_OK;
	int result;

	if (statement == NULL)
		return NM_SYSTEM;
	result = sqlite3_step(statement);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		code = nm_store_fail(store, "reading its sums", err);
	else if (!nm_packed_add(result == SQLITE_ROW ? sqlite3_column_blob(statement, 0) : NULL,
			     result == SQLITE_ROW ? (size_t)sqlite3_column_bytes(statement, 0) : 0, cells, n, packed)) {
		code = packed->failed ? nm_fail_memory(err) : NM_OK;
		store->gathered.lost = !packed->failed;
	}
	sqlite3_reset(statement);
	return code == NM_OK && !store->gathered.lost ? put_row(store, row, result == SQLITE_ROW, err) : code;
}

static bool same_row(const struct nm_gathered_cell *a, const struct nm_gathered_cell *b)
{
	return a->weeks == b->weeks && a->nth == b->nth && a->number == b->number;
}

static void drop_gathered(struct nm_gathered *gathered)
{
	nm_arena_free(gathered->names);
	gathered->names = NULL;
	gathered->n = gathered->n_takers = 0;
	gathered->last_known = false;
}

enum nm_code nm_store_sums_write(struct nm_store *store, struct nm_error *err)
{
	struct nm_gathered *gathered = &store->gathered;
	struct nm_cell *cells;
	enum nm_code code = NM_OK;

	if (gathered->n == 0)
		return NM_OK;
	cells = malloc(gathered->n * sizeof(*cells));
	if (cells == NULL)
		return nm_fail_memory(err);
	qsort(gathered->items, gathered->n, sizeof(*gathered->items), gathered_compare);
	for (size_t i = 0; i < gathered->n; i++)
		cells[i] = gathered->items[i].cell;
	for (size_t i = 0, next = 0; i < gathered->n && code == NM_OK && !gathered->lost; i = next) {
		const struct nm_gathered_cell *first = &gathered->items[i];

		while (next < gathered->n && same_row(&gathered->items[next], first))
			next++;
		code = write_row(store, first, &cells[i], next - i, err);
	}
	free(cells);
	if (code == NM_OK)
		drop_gathered(gathered);
	return code;
}

enum nm_code nm_store_sums_settle(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code = nm_store_sums_write(store, err);

	return code == NM_OK && store->gathered.lost ? nm_store_sums_anew(store, err) : code;
}

void nm_store_sums_abandon(struct nm_store *store)
{
	drop_gathered(&store->gathered);
	store->gathered.lost = store->gathered.anew = false;
}

void nm_store_sums_clear(struct nm_store *store)
{
	nm_store_sums_abandon(store);
	free(store->gathered.items);
	free(store->gathered.packed.items);
}

/* --- gathering --- */

/* A name that lives as long as what is gathered; NULL: memory is out. */
static const char *taker_of(struct nm_gathered *gathered, const char *by)
{
	for (size_t i = 0; i < gathered->n_takers; i++)
		if (strcmp(gathered->takers[i], by) == 0)
			return gathered->takers[i];
	if (gathered->names == NULL)
		gathered->names = nm_arena_new();
	by = gathered->names != NULL ? nm_arena_text(gathered->names, by) : NULL;
	if (by != NULL)
		gathered->takers[gathered->n_takers++] = by;
	return by;
}

static bool has_hours(int weeks, enum nm_cell_kind kind)
{
	return kind != NM_CELL_CALLERS && !(weeks == NM_SUMS_DAY && kind == NM_CELL_WAITS);
}

static bool add(struct nm_store *store, int weeks, nm_time at, nm_number number, const struct nm_cell *cell)
{
	struct nm_gathered *gathered = &store->gathered;
	const nm_time nth = nm_sums_nth(weeks, at);
	struct nm_gathered_cell *added;

	if (!nm_grow((void **)&gathered->items, &gathered->capacity, gathered->n + 1, sizeof(*gathered->items)))
		return false;
	added = &gathered->items[gathered->n];
	*added = (struct nm_gathered_cell){ weeks, nth, number, *cell };
	added->cell.hour = has_hours(weeks, cell->kind) ? (int)((at - nth * NM_DAY) / NM_SUM_S) : 0;
	added->cell.by = *cell->by != '\0' ? taker_of(gathered, cell->by) : "";
	gathered->n += added->cell.by != NULL;
	return added->cell.by != NULL;
}

bool nm_store_sums_add(struct nm_store *store, nm_time at, nm_number number, const struct nm_cell *cell)
{
	bool ok = true;

	if (store->gathered.lost)
		return true;
	if (cell->kind == NM_CELL_WAITS)
		ok = add(store, NM_SUMS_DAY_WAITS, at, number, cell);
	if (cell->kind != NM_CELL_CALLERS)
		return ok && add(store, NM_SUMS_DAY, at, number, cell);
	for (size_t i = 0; i < NM_SUMS_UNITS && ok; i++)
		ok = add(store, nm_sums_units[i], at, number, cell);
	return ok;
}

enum nm_code nm_store_sums_gather(struct nm_store *store, nm_time at, nm_number number, const struct nm_cell *cell,
				  struct nm_error *err)
{
	const struct nm_gathered *gathered = &store->gathered;
	enum nm_code code = NM_OK;

	if (gathered->n >= GATHERED_MAX || gathered->n_takers == NM_GATHERED_TAKERS) {
		nm_store_widen(store);
		code = nm_store_sums_write(store, err);
	}
	if (code == NM_OK && !nm_store_sums_add(store, at, number, cell))
		code = nm_fail_memory(err);
	return code;
}
