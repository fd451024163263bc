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

/* One number; where the next one begins, NULL: it ended before its time. */
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

#define SHORT 3 /* bytes, which hardly any number has more of */

/* One of no more, where so many are left; NULL: it has more. */
static inline const unsigned char *take_short(const unsigned char *at, uint64_t *out)
{
	uint64_t value = at[0];

	if (at[0] < 128) {
		*out = value;
		return at + 1;
	}
	value = (value & 127) | (uint64_t)(at[1] & 127) << 7;
	if (at[1] < 128) {
		*out = value;
		return at + 2;
	}
	*out = value | (uint64_t)at[2] << 14;
	return at[2] < 128 ? at + 3 : NULL;
}

static uint64_t read_value(struct nm_cells *cells)
{
	uint64_t value = 0;
	const unsigned char *next = take_long(cells->at, cells->end, &value);

	cells->damaged = cells->damaged || next == NULL;
	cells->at = next != NULL ? next : cells->end;
	return value;
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

/* Any cell, however its numbers are. */
static bool read_any(struct nm_cells *cells)
{
	struct nm_cell *cell = &cells->cell;
	const uint64_t gap = find_gap(cells);
	const struct kind *kind = &kinds[cell->kind];

	if (gap == 0)
		return false;
	cells->damaged = cells->damaged || gap > (uint64_t)(HOURS * kind->marks);
	if (cells->damaged)
		return false;
	cell->mark += (int64_t)gap;
	cell->hour += (int)(cell->mark / kind->marks);
	cell->mark %= kind->marks;
	for (int i = 0; i < kind->values; i++)
		cell->values[i] = (int64_t)read_value(cells);
	cells->damaged = cells->damaged || cell->hour >= HOURS;
	return !cells->damaged;
}

/* One behind another of its group, all whose numbers are short, as nearly all are: a year has a hundred thousand cells.
 * False: it is none of these, or damaged, and nothing was read. */
static inline bool read_short(struct nm_cells *cells)
{
	struct nm_cell *cell = &cells->cell;
	const struct kind *kind = &kinds[cell->kind];
	const unsigned char *at = cells->at;
	uint64_t value;
	int64_t mark;
	int hour = cell->hour;

	if (!cells->within || cells->end - at < 1 + SHORT * NM_CELL_VALUES || *at == 0 || *at >= 128)
		return false;
	/* No division: hardly any lies more than one hour behind the one before. */
	for (mark = cell->mark + *at++; mark >= kind->marks; mark -= kind->marks)
		hour++;
	if (hour >= HOURS)
		return false;
	for (int i = 0; i < kind->values; i++) {
		at = take_short(at, &value);
		if (at == NULL)
			return false;
		cell->values[i] = (int64_t)value;
	}
	cell->mark = mark;
	cell->hour = hour;
	cells->at = at;
	return true;
}

bool nm_cells_next(struct nm_cells *cells)
{
	return read_short(cells) || read_any(cells);
}

/* Those whose numbers are of one byte each, as many are, up to the first that is another. */
static size_t read_small_callers(struct nm_cells *cells, struct nm_caller_sum *out, size_t most)
{
	const unsigned char *at = cells->at;
	const size_t left = (size_t)(cells->end - at) / 3, room = left < most ? left : most;
	uint64_t caller = (uint64_t)cells->cell.mark;
	size_t n = 0;

	if (caller + 128 * room >= (uint64_t)MARKS_MAX)
		return 0;
	for (; n < room && at[0] != 0 && (at[0] | at[1] | at[2]) < 128; at += 3) {
		caller += at[0];
		out[n++] = (struct nm_caller_sum){ caller, at[1], at[2] };
	}
	cells->cell.mark = (int64_t)caller;
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
