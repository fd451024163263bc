/* SPDX-License-Identifier: MIT */
/*
 * Telnyx's call records (https://developers.telnyx.com/api-reference/detail-records): one entry a leg, those of one
 * call in one session.
 *
 *   GET /detail_records?filter[record_type]=sip-trunking&filter[date_range]=last_N_days&sort=created_at
 *       &page[number]=1&page[size]=50     {"data":[{...}],"meta":{"total_pages"}}
 *
 * The members of voice entries are not published: each of those read here may be missing.  Nor is it said whether
 * the last days hold today, so that is asked for as well.  A list is not read beyond PAGES_MAX pages: then only what
 * began a day and more before the last entries were made counts as read, since they stand in the order in which they
 * were made, which is after the call.
 */
#include <string.h>

#include "core/carrier/ask.h"
#include "core/carrier/json.h"
#include "core/carrier/records.h"
#include "core/carrier/telnyx.h"

#define PAGE_SIZE 50
#define PAGES_MAX 200
#define LIST 1000 /* a state is the list, then the page that was asked for */

enum list { NO_LIST, LAST_DAYS, TODAY };

struct entry {
	const char *id, *session; /* session NULL: not said */
	nm_number from, to;
	bool inbound;
	nm_time began, answered, ended;
	enum nm_leg_end end;
};

struct entries {
	nm_time last; /* when the newest was made, or began where that is not said; 0: no entry says either */
	size_t n, capacity;
	struct entry *items; /* arena */
};

/* --- requests --- */

static enum nm_step_result ask_page(struct nm_exchange *x, struct nm_request *next, enum list list, int page)
{
	const int64_t days = nm_local_day(x->records->now) - nm_local_day(x->records->since) + 1;
	const char *range = list == TODAY ? "today" : nm_arena_format(x->arena, "last_%d_days", (int)days);
	const char *tail = NULL;

	if (range != NULL)
		tail = nm_arena_format(x->arena,
				       "/detail_records?filter%%5Brecord_type%%5D=sip-trunking"
				       "&filter%%5Bdate_range%%5D=%s&sort=created_at&page%%5Bnumber%%5D=%d"
				       "&page%%5Bsize%%5D=%d",
				       range, page, PAGE_SIZE);
	return nm_telnyx_ask(x, next, "GET", tail, (int)list * LIST + page);
}

/* --- entries --- */

/* A member that may be missing (*out is then NULL), cleaned; false: memory is out. */
static bool take_text(struct nm_exchange *x, const struct nm_node *object, const char *name, const char **out)
{
	const char *text = nm_node_member_text(object, name);

	*out = NULL;
	if (text == NULL || *text == '\0')
		return true;
	*out = nm_ask_words(x->arena, text);
	return *out != NULL;
}

static nm_time time_of(const struct nm_node *object, const char *name)
{
	return nm_records_instant(nm_node_member_text(object, name));
}

static bool add_entry(struct nm_exchange *x, struct entries *entries, const struct entry *entry)
{
	if (entries->n == entries->capacity) {
		const size_t capacity = entries->capacity > 0 ? entries->capacity * 2 : 64;
		struct entry *items = nm_arena_alloc(x->arena, capacity, sizeof(*items));

		if (items == NULL)
			return false;
		if (entries->n > 0)
			memcpy(items, entries->items, entries->n * sizeof(*items));
		entries->items = items;
		entries->capacity = capacity;
	}
	entries->items[entries->n++] = *entry;
	return true;
}

static bool is_known(const struct entries *entries, const char *id)
{
	for (size_t i = entries->n; i-- > 0;)
		if (strcmp(entries->items[i].id, id) == 0)
			return true;
	return false;
}

enum nm_leg_end nm_telnyx_end(const char *cause, bool inbound, nm_time answered, nm_time ended)
{
	static const struct {
		const char *cause;
		enum nm_leg_end end;
	} ends[] = {
		{ "USER_BUSY", NM_LEG_BUSY },
		{ "ORIGINATOR_CANCEL", NM_LEG_CANCELED },
		{ "NO_ANSWER", NM_LEG_NO_ANSWER },
		{ "NO_USER_RESPONSE", NM_LEG_NO_ANSWER },
	};

	if (answered != 0)
		return ended != 0 ? NM_LEG_ANSWERED : NM_LEG_OPEN;
	for (size_t i = 0; cause != NULL && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(cause, ends[i].cause) == 0)
			return ends[i].end;
	if (ended == 0)
		return NM_LEG_OPEN;
	return inbound ? NM_LEG_NO_ANSWER : NM_LEG_FAILED;
}

/* False: memory is out. */
static bool take_entry(struct nm_exchange *x, const struct nm_node *node)
{
	struct entries *entries = x->records->own;
	const char *direction = nm_node_member_text(node, "direction");
	struct entry entry = { .from = nm_records_number(nm_node_member_text(node, "cli")),
			       .to = nm_records_number(nm_node_member_text(node, "cld")),
			       .inbound = direction != NULL && strcmp(direction, "inbound") == 0,
			       .began = time_of(node, "started_at"),
			       .answered = time_of(node, "answered_at"),
			       .ended = time_of(node, "finished_at") };
	const nm_time made = time_of(node, "created_at");

	if (made > entries->last || (made == 0 && entry.began > entries->last))
		entries->last = made != 0 ? made : entry.began;
	entry.end = nm_telnyx_end(nm_node_member_text(node, "hangup_cause"), entry.inbound, entry.answered,
				  entry.ended);
	if (!take_text(x, node, "id", &entry.id) || !take_text(x, node, "telnyx_session_id", &entry.session))
		return false;
	if (entry.id == NULL || direction == NULL || entry.began == 0 ||
	    !nm_records_lasts(entry.began, entry.ended) || !nm_records_lasts(entry.began, entry.answered)) {
		x->records->odd++;
		return true;
	}
	return is_known(entries, entry.id) || add_entry(x, entries, &entry);
}

/* --- calls --- */

static bool put_leg(struct nm_exchange *x, struct nm_record *record, const struct entry *entry)
{
	const nm_time until = entry->answered != 0 ? entry->answered : entry->ended;
	struct nm_leg leg = {
		.id = entry->id, .end = entry->end, .began = entry->began, .ended = entry->ended
	};
	char number[NM_NUMBER_TEXT];

	nm_number_write(entry->to, number);
	leg.to = nm_arena_text(x->arena, entry->to != 0 ? number : "");
	leg.rang_s =
		until >= entry->began && until - entry->began < NM_DAY ? (int)(until - entry->began) : -1;
	if (leg.to != NULL && !nm_records_put_leg(record->legs, &record->n, &leg)) {
		record->cut = true;
		record->tells_legs = false;
	}
	return leg.to != NULL;
}

static bool is_leg(const struct entry *call, const struct entry *entry)
{
	return !entry->inbound && entry->session != NULL && strcmp(entry->session, call->session) == 0;
}

/* The outbound entries of the call's session. */
static bool take_legs(struct nm_exchange *x, struct nm_record *record, const struct entry *call)
{
	const struct entries *entries = x->records->own;
	size_t n = 0;

	record->tells_legs = call->session != NULL;
	for (size_t i = 0; record->tells_legs && i < entries->n; i++)
		n += is_leg(call, &entries->items[i]);
	record->legs = nm_arena_alloc(x->arena, n < NM_LEGS_MAX ? n : NM_LEGS_MAX, sizeof(*record->legs));
	if (record->legs == NULL)
		return false;
	for (size_t i = 0; n > 0 && !record->cut && i < entries->n; i++)
		if (is_leg(call, &entries->items[i]) && !put_leg(x, record, &entries->items[i]))
			return false;
	return true;
}

/* One that went out from the number, whether or not a call had come for it. */
static bool add_made(struct nm_exchange *x, const struct entry *entry)
{
	const struct nm_made made = { .from = entry->from,
				      .to = entry->to,
				      .began = entry->began,
				      .answered = entry->answered,
				      .ended = entry->ended,
				      .end = entry->end };

	return entry->inbound || entry->from != nm_records_number(x->number) || entry->end == NM_LEG_OPEN ||
	       nm_records_add_made(x, &made);
}

/* All that was listed is known: the calls to the number. */
static enum nm_step_result finish(struct nm_exchange *x)
{
	const struct entries *entries = x->records->own;
	const nm_number number = nm_records_number(x->number);

	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *entry = &entries->items[i];
		struct nm_record record = { .id = entry->id,
					    .caller = { .number = entry->from },
					    .began = entry->began,
					    .ended = entry->ended,
					    .end = entry->end,
					    .own_phone = true };

		if (!add_made(x, entry))
			return nm_exchange_fail(x, "out of memory");
		if (!entry->inbound || entry->to != number || entry->began < x->records->since ||
		    entry->began >= x->records->until)
			continue;
		if (!take_legs(x, &record, entry) || !nm_records_add(x, &record))
			return nm_exchange_fail(x, "out of memory");
	}
	return NM_STEP_DONE;
}

/* There are more pages than are read. */
static enum nm_step_result cut(struct nm_exchange *x)
{
	const struct entries *entries = x->records->own;

	if (entries->last == 0)
		return nm_exchange_fail(x, "of its first %d records none says when it was made",
					PAGES_MAX * PAGE_SIZE);
	x->records->until = (nm_local_day(entries->last) - 1) * NM_DAY;
	x->records->cut = true;
	if (x->records->until <= x->records->since)
		return nm_exchange_fail(
			x, "the account has more than %d records of two days: so many cannot be read",
			PAGES_MAX * PAGE_SIZE);
	return finish(x);
}

static enum nm_step_result take_page(struct nm_exchange *x, struct nm_request *next,
				     const struct nm_node *root)
{
	const struct nm_node *list = nm_node_get(root, "data");
	const enum list asked = (enum list)(x->state / LIST);
	const int page = x->state % LIST;
	int64_t pages;

	if (!nm_node_is_array(list) || nm_node_count(list) > PAGE_SIZE)
		return nm_exchange_fail(x, "its answer is no page of records");
	for (size_t i = 0; i < nm_node_count(list); i++)
		if (!take_entry(x, nm_node_at(list, i)))
			return nm_exchange_fail(x, "out of memory");
	if (!nm_node_int(nm_node_get(nm_node_get(root, "meta"), "total_pages"), 0, INT64_MAX, &pages))
		return nm_exchange_fail(x, "its answer does not say how many pages there are");
	if (page < pages && page == PAGES_MAX)
		return cut(x);
	if (page < pages)
		return ask_page(x, next, asked, page + 1);
	return asked == LAST_DAYS ? ask_page(x, next, TODAY, 1) : finish(x);
}

static enum nm_step_result begin(struct nm_exchange *x, struct nm_request *next)
{
	nm_records_begin(x->records);
	x->records->until = x->records->now;
	x->records->own = nm_arena_alloc(x->arena, 1, sizeof(struct entries));
	return x->records->own != NULL ? ask_page(x, next, LAST_DAYS, 1)
				       : nm_exchange_fail(x, "out of memory");
}

enum nm_step_result nm_telnyx_records(struct nm_exchange *exchange, const struct nm_response *last,
				      struct nm_request *next)
{
	struct nm_node *root;
	struct nm_error err;
	enum nm_step_result result;

	if (exchange->state / LIST == NO_LIST || last == NULL)
		return begin(exchange, next);
	if (last->status != 200)
		return nm_telnyx_refused(exchange, last);
	if (nm_node_read(last->body, last->len, &root, &err) != NM_OK)
		return nm_exchange_fail(exchange, "its answer cannot be read: %s", err.text);
	result = take_page(exchange, next, root);
	nm_node_free(root);
	return result;
}
