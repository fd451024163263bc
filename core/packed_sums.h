/* SPDX-License-Identifier: MIT */
/*
 * Core's own: what the calls of one day of UTC to one line come to, hour by hour, or what their callers did in a day or in
 * weeks, packed into the few bytes as which a store keeps them (store_gather.c), so that a year of them is read at once.
 *
 * They are cells in order, of which no two have the same kind, taker, hour and mark.  Packed they are groups of
 * cells of one kind and taker: the kind, the taker's name with its NUL where the kind has takers, and for each cell how
 * far its place (hour and mark as one number) lies behind that of the one before (the first: behind -1), and its values;
 * a 0 ends the group.  Numbers are little endian, seven bits a byte, the eighth says that more follow.
 */
#ifndef CORE_PACKED_SUMS_H
#define CORE_PACKED_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nm_cell_kind {
	NM_CELL_CALLS,     /* mark: enum nm_fate; values: calls, of known seconds, these added up, seconds talked */
	NM_CELL_WAITS,     /* mark: seconds; values: calls */
	NM_CELL_MATTERS,   /* mark 0; values: matters, single, single perhaps */
	NM_CELL_FOLLOWUPS, /* mark: nm_followup_mark (sums.h); values: follow-ups */
	NM_CELL_CALLERS    /* of a day or of weeks (sums.h), hour 0, mark: the caller's number; values: calls, missed ones */
};
#define NM_CELL_LAST NM_CELL_CALLERS
#define NM_CELL_VALUES 4

/* A cell is there as long as its first value is not 0. */
struct nm_cell {
	enum nm_cell_kind kind;
	const char *by; /* of calls: who took them, "" for nobody that is known; of others "" */
	int hour;       /* of the day */
	int64_t mark;   /* 0 <= mark < 2^50 */
	int64_t values[NM_CELL_VALUES];
};

/* The order in which they are packed. */
int nm_cell_compare(const struct nm_cell *a, const struct nm_cell *b);

/* Reads packed cells one by one: init, then next until it says false. */
struct nm_cells {
	const unsigned char *at, *end; /* borrowed */
	struct nm_cell cell;           /* the one that was read; its name is among the packed bytes */
	bool within;                   /* a group */
	bool damaged;                  /* it ended before its time */
};
void nm_cells_init(struct nm_cells *cells, const void *packed, size_t size);
bool nm_cells_next(struct nm_cells *cells);

/* Calls of one caller whose number is known, those apart (fate.h) not counted; of these, those that certainly nobody
 * answered. */
struct nm_caller_sum {
	uint64_t caller; /* ascending */
	int64_t calls;   /* 0: not told */
	int64_t missed;
};
/* The next cells of NM_CELL_CALLERS, at most so many; fewer than that: there are no more, or it is damaged.  Cells of other
 * kinds are passed over. */
size_t nm_cells_callers(struct nm_cells *cells, struct nm_caller_sum *out, size_t most);

/* Bytes as they grow.  After memory was out nothing is added any more and `failed` stays set. */
struct nm_bytes {
	size_t n, capacity;
	unsigned char *items; /* owned */
	bool failed;
};

/* Adds to packed cells n cells, which are in order and may repeat each other; out is empty or one that was used before, and
 * is empty afterwards when nothing is left.  False: memory is out, or what was packed is damaged. */
bool nm_packed_add(const void *packed, size_t size, const struct nm_cell *cells, size_t n, struct nm_bytes *out);

#endif
