/* SPDX-License-Identifier: MIT */
/*
 * See sums_text.h.
 */
#include "sums_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/packed_sums.h"
#include "nevermiss/mem.h"

static void add_day(struct nm_buf *out, sqlite3_stmt *statement)
{
	static const char *const kinds[] = { "calls", "waits", "matters", "followups", "callers" };
	struct nm_cells cells;

	nm_cells_init(&cells, sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2));
	while (nm_cells_next(&cells)) {
		const struct nm_cell *cell = &cells.cell;

		nm_buf_addf(out, "%d %s %lld %lld %s %d %lld:", sqlite3_column_int(statement, 3), kinds[cell->kind],
			    (long long)sqlite3_column_int64(statement, 0), (long long)sqlite3_column_int64(statement, 1),
			    cell->by, cell->hour, (long long)cell->mark);
		for (int i = 0; i < NM_CELL_VALUES; i++)
			nm_buf_addf(out, " %lld", (long long)cell->values[i]);
		nm_buf_add(out, "\n");
	}
	assert_false(cells.damaged);
}

char *sums_text(sqlite3 *db)
{
	sqlite3_stmt *statement;
	struct nm_buf out;

	nm_buf_init(&out, 1u << 24);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT nth, number, packed, weeks FROM packed_sums ORDER BY weeks, nth, number",
					    -1, &statement, NULL),
			 SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW)
		add_day(&out, statement);
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	return nm_buf_take(&out);
}
