/* SPDX-License-Identifier: MIT */
/*
 * Follow-ups in the sums (sums.h).  Rows of `followup` change in many ways: this connection's own triggers tell of each
 * change, whatever made it, and what that adds is gathered like what calls add (store_sums.c).
 */
#include "core/store_private.h"
#include "core/sums.h"

/* A function of this name is ours, on this connection alone: the triggers live no longer than it does. */
#define TAKE "nm_take_followup"
#define OF(row) "(SELECT number FROM call WHERE id = " row ".call), " row ".opened, " row ".outcome, " row ".first_try"

static const char triggers[] =
	"CREATE TEMP TRIGGER followup_new AFTER INSERT ON main.followup BEGIN SELECT " TAKE "(1, " OF("NEW") "); END;"
	"CREATE TEMP TRIGGER followup_gone AFTER DELETE ON main.followup BEGIN SELECT " TAKE "(-1, " OF("OLD") "); END;"
	"CREATE TEMP TRIGGER followup_other AFTER UPDATE OF call, opened, outcome, first_try ON main.followup"
	" WHEN (OLD.call, OLD.opened, OLD.outcome, OLD.first_try) IS NOT (NEW.call, NEW.opened, NEW.outcome, NEW.first_try)"
	" BEGIN SELECT " TAKE "(-1, " OF("OLD") "), " TAKE "(1, " OF("NEW") "); END";

#define MARK_RANG_AGAIN 0
#define MARK_UNTRIED 1
#define MARK_TRIED 2 /* and from there the seconds until then */
#define WAITED_MAX (INT64_C(1) << 47)

struct nm_followup_sum nm_followup_stands(nm_time opened, int outcome, nm_time first_try)
{
	return (struct nm_followup_sum){ .opened = opened,
					 .rang_again = first_try == 0 && outcome == NM_FOLLOWUP_RANG_AGAIN,
					 .tried = first_try != 0,
					 .waited = first_try > opened ? first_try - opened : 0,
					 .followups = 1 };
}

int64_t nm_followup_mark(const struct nm_followup_sum *sum)
{
	if (!sum->tried)
		return sum->rang_again ? MARK_RANG_AGAIN : MARK_UNTRIED;
	return MARK_TRIED + (sum->waited < WAITED_MAX ? sum->waited : WAITED_MAX);
}

struct nm_followup_sum nm_followup_marked(int64_t mark)
{
	return (struct nm_followup_sum){ .rang_again = mark == MARK_RANG_AGAIN,
					 .tried = mark >= MARK_TRIED,
					 .waited = mark >= MARK_TRIED ? mark - MARK_TRIED : 0 };
}

/* sign, the number that was called (NULL: none was), opened, outcome, first_try */
static void take(sqlite3_context *context, int n, sqlite3_value **values)
{
	struct nm_store *store = sqlite3_user_data(context);
	const struct nm_followup_sum stands = nm_followup_stands(
		sqlite3_value_int64(values[2]), sqlite3_value_int(values[3]), sqlite3_value_int64(values[4]));
	const struct nm_cell cell = { .kind = NM_CELL_FOLLOWUPS,
				      .by = "",
				      .mark = nm_followup_mark(&stands),
				      .values = { sqlite3_value_int(values[0]) } };

	(void)n;
	if (store->depth == 0)
		sqlite3_result_error(context, "follow-ups change within transactions", -1);
	else if (!nm_store_sums_add(store, stands.opened, (nm_number)sqlite3_value_int64(values[1]), &cell))
		sqlite3_result_error_nomem(context);
}

enum nm_code nm_store_followups_watch(struct nm_store *store, struct nm_error *err)
{
	enum nm_code code;

	if (store->watched)
		return NM_OK;
	if (sqlite3_create_function(store->db, TAKE, 5, SQLITE_UTF8, store, take, NULL, NULL) !=
	    SQLITE_OK)
		return nm_store_fail(store, "watching its follow-ups", err);
	code = nm_store_execute(store, triggers, "watching its follow-ups", err);
	store->watched = code == NM_OK;
	return code;
}
