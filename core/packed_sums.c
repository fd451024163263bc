/* SPDX-License-Identifier: MIT */
/*
 * Packing sums (packed_sums.h).  In and out: bytes and cells.  It knows nothing of stores.
 */
#include "core/packed_sums.h"

#include <string.h>

#include "nevermiss/mem.h"

#define HOURS 24
#define MARKS_MAX (INT64_C(1) << 50)

/* How many marks an hour has room for, and how many values a cell has. */
static const struct kind {
	int64_t marks;
	int values;
} kinds[] = {
	[NM_CELL_CALLS] = { 16, 4 },
	[NM_CELL_WAITS] = { 86400, 1 },
	[NM_CELL_MATTERS] = { 1, 3 },
	[NM_CELL_FOLLOWUPS] = { MARKS_MAX, 1 },
	[NM_CELL_CALLERS] = { MARKS_MAX, 2 },
};

static int64_t place_of(const struct nm_cell *cell)
{
	return cell->hour * kinds[cell->kind].marks + cell->mark;
}

static bool same_group(const struct nm_cell *a, const struct nm_cell *b)
{
	return a->kind == b->kind && strcmp(a->by, b->by) == 0;
}

int nm_cell_compare(const struct nm_cell *a, const struct nm_cell *b)
{
	const int64_t x = place_of(a), y = place_of(b);
	int by;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	by = a->by != b->by ? strcmp(a->by, b->by) : 0;
	return by != 0 ? by : (x > y) - (x < y);
}

/* --- reading --- */

void nm_cells_init(struct nm_cells *cells, const void *packed, size_t size)
{
	const unsigned char *at = packed;

	*cells = (struct nm_cells){ .at = at, .end = at != NULL ? at + size : at };
}

/* One number of several bytes; where the next one begins, NULL: it ended before its time. */
static const unsigned char *take_long(const unsigned char *at, const unsigned char *end, uint64_t *out)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && at < end; shift += 7) {
		const unsigned char byte = *at++;

		value |= (uint64_t)(byte & 127) << shift;
		if (byte < 128) {
			*out = value;
			return at;
		}
	}
	return NULL;
}

/* Nearly all have one or two. */
static inline const unsigned char *take_number(const unsigned char *at, const unsigned char *end, uint64_t *out)
{
	if (end - at < 2 || (at[0] >= 128 && at[1] >= 128))
		return take_long(at, end, out);
	*out = at[0] < 128 ? at[0] : (uint64_t)(at[0] & 127) | (uint64_t)at[1] << 7;
	return at + 1 + (at[0] >= 128);
}

static uint64_t read_value(struct nm_cells *cells)
{
	uint64_t value = 0;
	const unsigned char *next = take_number(cells->at, cells->end, &value);

	cells->damaged = cells->damaged || next == NULL;
	cells->at = next != NULL ? next : cells->end;
	return value;
}

static inline void read_values(struct nm_cells *cells)
{
	const unsigned char *at = cells->at, *const end = cells->end;
	const int n = kinds[cells->cell.kind].values;
	uint64_t value;

	for (int i = 0; i < n && at != NULL; i++) {
		value = 0;
		at = take_number(at, end, &value);
		cells->cell.values[i] = (int64_t)value;
	}
	cells->damaged = cells->damaged || at == NULL;
	cells->at = at != NULL ? at : end;
}

/* The head of a group; those of one kind and taker are one, in the order of nm_cell_compare. */
static void read_group(struct nm_cells *cells)
{
	const struct nm_cell last = cells->cell;
	const uint64_t kind = read_value(cells);
	const unsigned char *nul = NULL;

	cells->damaged = cells->damaged || kind > NM_CELL_LAST;
	if (kind == NM_CELL_CALLS) {
		nul = memchr(cells->at, 0, (size_t)(cells->end - cells->at));
		cells->damaged = cells->damaged || nul == NULL;
	}
	if (cells->damaged)
		return;
	cells->within = true;
	cells->cell = (struct nm_cell){ .kind = (enum nm_cell_kind)kind, .by = "", .mark = -1 };
	if (nul != NULL) {
		cells->cell.by = (const char *)cells->at;
		cells->at = nul + 1;
	}
	if (last.by != NULL)
		cells->damaged = last.kind > cells->cell.kind ||
				 (last.kind == cells->cell.kind && strcmp(last.by, cells->cell.by) >= 0);
}

/* How far the next cell lies behind the one before, over the end of a group and the head of the next; 0: there is none. */
static uint64_t find_gap(struct nm_cells *cells)
{
	while (!cells->damaged && (cells->within || cells->at < cells->end)) {
		const uint64_t gap = cells->within ? read_value(cells) : 0;

		if (gap != 0)
			return gap;
		if (cells->within)
			cells->within = false;
		else
			read_group(cells);
	}
	return 0;
}

static inline uint64_t next_gap(struct nm_cells *cells)
{
	if (cells->within && cells->at < cells->end && *cells->at > 0 && *cells->at < 128)
		return *cells->at++;
	return find_gap(cells);
}

bool nm_cells_next(struct nm_cells *cells)
{
	struct nm_cell *cell = &cells->cell;
	const uint64_t gap = next_gap(cells);
	const struct kind *kind = &kinds[cell->kind];

	if (gap == 0)
		return false;
	cells->damaged = cells->damaged || gap > (uint64_t)(HOURS * kind->marks);
	if (cells->damaged)
		return false;
	/* No division: a year has half a million cells, and hardly any lies in another hour than the one before. */
	for (cell->mark += (int64_t)gap; cell->mark >= kind->marks; cell->mark -= kind->marks)
		cell->hour++;
	read_values(cells);
	cells->damaged = cells->damaged || cell->hour >= HOURS;
	return !cells->damaged;
}

/* Those whose numbers are of one byte each, which are nearly all, up to the first that is another. */
static size_t read_small_callers(struct nm_cells *cells, struct nm_caller_sum *out, size_t most)
{
	const unsigned char *at = cells->at, *const end = cells->end;
	uint64_t caller = (uint64_t)cells->cell.mark;
	size_t n = 0;

	for (; n < most && end - at >= 3 && at[0] != 0 && (at[0] | at[1] | at[2]) < 128; at += 3) {
		caller += at[0];
		if (caller >= MARKS_MAX)
			break;
		out[n++] = (struct nm_caller_sum){ caller, at[1], at[2] };
		cells->cell.mark = (int64_t)caller;
	}
	cells->at = at;
	return n;
}

size_t nm_cells_callers(struct nm_cells *cells, struct nm_caller_sum *out, size_t most)
{
	const struct nm_cell *cell = &cells->cell;
	size_t n = 0;

	while (n < most && nm_cells_next(cells)) {
		if (cell->kind != NM_CELL_CALLERS)
			continue;
		out[n++] = (struct nm_caller_sum){ (uint64_t)cell->mark, cell->values[0], cell->values[1] };
		n += read_small_callers(cells, out + n, most - n);
	}
	return n;
}

/* --- writing --- */

static void put_bytes(struct nm_bytes *out, const void *bytes, size_t n)
{
	out->failed = out->failed || !nm_grow((void **)&out->items, &out->capacity, out->n + n, 1);
	if (out->failed)
		return;
	memcpy(out->items + out->n, bytes, n);
	out->n += n;
}

static void put_value(struct nm_bytes *out, uint64_t value)
{
	unsigned char bytes[10];
	size_t n = 0;

	for (; value >= 128; value >>= 7)
		bytes[n++] = (unsigned char)(value | 128);
	bytes[n++] = (unsigned char)value;
	put_bytes(out, bytes, n);
}

static void put_end(struct nm_bytes *out, const struct nm_cell *last)
{
	if (last->by != NULL)
		put_value(out, 0);
}

/* last: the one that was put before; its name NULL: none was. */
static void put_cell(struct nm_bytes *out, struct nm_cell *last, const struct nm_cell *cell)
{
	if (cell->values[0] == 0)
		return;
	if (last->by == NULL || !same_group(last, cell)) {
		put_end(out, last);
		put_value(out, cell->kind);
		if (cell->kind == NM_CELL_CALLS)
			put_bytes(out, cell->by, strlen(cell->by) + 1);
		*last = (struct nm_cell){ .kind = cell->kind, .by = cell->by, .mark = -1 };
	}
	put_value(out, (uint64_t)(place_of(cell) - place_of(last)));
	for (int i = 0; i < kinds[cell->kind].values; i++)
		put_value(out, (uint64_t)cell->values[i]);
	*last = *cell;
}

bool nm_packed_add(const void *packed, size_t size, const struct nm_cell *cells, size_t n, struct nm_bytes *out)
{
	struct nm_cell last = { .by = NULL };
	struct nm_cells old;
	bool more;
	size_t i = 0;

	out->n = 0;
	nm_cells_init(&old, packed, size);
	more = nm_cells_next(&old);
	while (more || i < n) {
		const bool added = !more || (i < n && nm_cell_compare(&cells[i], &old.cell) < 0);
		struct nm_cell sum = added ? cells[i++] : old.cell;

		if (!added)
			more = nm_cells_next(&old);
		for (; i < n && nm_cell_compare(&cells[i], &sum) == 0; i++)
			for (int k = 0; k < NM_CELL_VALUES; k++)
				sum.values[k] += cells[i].values[k];
		put_cell(out, &last, &sum);
	}
	put_end(out, &last);
	return !out->failed && !old.damaged;
}
