/* SPDX-License-Identifier: MIT */
/*
 * VoIP.ms's call records (https://voip.ms/m/apidocs.php): getCDR, at most 92 days a request, here four weeks at a
 * time from the oldest on, on the clock of UTC.
 *
 *   getCDR date_from date_to timezone=0 answered=1 noanswer=1 busy=1 failed=1
 *     {"status":"success","cdr":[{"date","callerid","destination","disposition","seconds","uniqueid"}]}
 *
 * In which zone the days of a request are counted is not certain: it is asked for a day more at both ends, and what
 * lies outside is left for the window that it belongs to.  They say that a call was answered, not by what: a phone of
 * a ring group and a mailbox look the same.
 */
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/ask.h"
#include "core/carrier/records.h"
#include "core/carrier/voipms.h"

#define WEEKS (28 * (nm_time)NM_DAY)
#define ASKED 1

static nm_time window_end(const struct nm_records *records)
{
	const nm_time end = nm_local_day(records->until) * NM_DAY + WEEKS;

	return end < records->now ? end : records->now;
}

static enum nm_step_result ask_window(struct nm_exchange *x, struct nm_request *next)
{
	const char *from = nm_records_day(x->arena, x->records->until - NM_DAY);
	const char *until = nm_records_day(x->arena, window_end(x->records) + NM_DAY);

	if (from == NULL || until == NULL)
		return nm_exchange_fail(x, "out of memory");
	return voipms_ask(x, next, "getCDR",
			  (const struct voipms_field[]){ { "date_from", from },
							 { "date_to", until },
							 { "timezone", "0" },
							 { "answered", "1" },
							 { "noanswer", "1" },
							 { "busy", "1" },
							 { "failed", "1" },
							 { NULL, NULL } },
			  ASKED);
}

nm_number voipms_number(const char *text)
{
	char whole[NM_NUMBER_TEXT] = "+1";

	if (text == NULL || strlen(text) != 10 || text[0] < '2')
		return nm_records_number(text);
	memcpy(whole + 2, text, 11);
	return nm_records_number(whole);
}

static bool is_withheld(const char *text)
{
	static const char word[] = "anonymous";

	return strlen(text) == sizeof(word) - 1 && nm_ascii_begins(text, word, sizeof(word) - 1);
}

struct nm_caller voipms_caller(const char *text)
{
	const char *open = text != NULL ? strrchr(text, '<') : NULL;
	const char *close = open != NULL ? strchr(open, '>') : NULL;
	char number[NM_NUMBER_TEXT] = "";

	if (close != NULL && close - open - 1 < (ptrdiff_t)sizeof(number))
		memcpy(number, open + 1, (size_t)(close - open - 1));
	if (close != NULL)
		text = number;
	return (struct nm_caller){ .anonymous = text != NULL && (strcmp(text, "0") == 0 || is_withheld(text)),
				   .number = voipms_number(text) };
}

/* Only the first is documented; the others are spelt as calls are asked for.  OPEN: none of them. */
static enum nm_leg_end end_of(const char *disposition)
{
	static const struct {
		const char *word;
		enum nm_leg_end end;
	} ends[] = {
		{ "ANSWERED", NM_LEG_ANSWERED },  { "NO ANSWER", NM_LEG_NO_ANSWER },
		{ "NOANSWER", NM_LEG_NO_ANSWER }, { "NO_ANSWER", NM_LEG_NO_ANSWER },
		{ "BUSY", NM_LEG_BUSY },          { "FAILED", NM_LEG_FAILED },
	};

	for (size_t i = 0; disposition != NULL && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(disposition, ends[i].word) == 0)
			return ends[i].end;
	return NM_LEG_OPEN;
}

/* When the call ended, by its seconds, which stand as a number or a text; 0: it does not say; -1: it says what cannot
 * be. */
static nm_time end_time(const struct nm_node *entry, nm_time began)
{
	char space[VOIPMS_ID_TEXT];
	const char *text = voipms_text(entry, "seconds", space);
	nm_time seconds = 0;

	if (text == NULL)
		return 0;
	if (*text == '\0')
		return -1;
	for (; *text >= '0' && *text <= '9' && seconds <= NM_RECORDS_LONGEST_S; text++)
		seconds = seconds * 10 + *text - '0';
	return *text == '\0' && nm_records_lasts(began, began + seconds) ? began + seconds : -1;
}

/* One to another number, which may be another line's, or a call that was made from this one.  False: memory is out. */
static bool take_made(struct nm_exchange *x, const struct nm_node *entry, const struct nm_record *record, nm_number to)
{
	struct nm_made made = { .to = to, .began = record->began, .ended = record->ended, .end = record->end };

	made.from = voipms_caller(nm_node_member_text(entry, "callerid")).number;
	if (made.from != voipms_number(x->number) || made.began < x->records->until ||
	    made.began >= window_end(x->records) || made.end == NM_LEG_OPEN || made.ended < 0)
		return true;
	return nm_records_add_made(x, &made);
}

/* False: memory is out. */
static bool take_entry(struct nm_exchange *x, const struct nm_node *entry)
{
	struct nm_records *records = x->records;
	char space[VOIPMS_ID_TEXT], id_space[VOIPMS_ID_TEXT];
	const char *to = voipms_text(entry, "destination", space),
		   *id = voipms_text(entry, "uniqueid", id_space);
	struct nm_record record = { .began = nm_records_instant(nm_node_member_text(entry, "date")),
				    .end = end_of(nm_node_member_text(entry, "disposition")) };

	record.ended = end_time(entry, record.began);
	if (to != NULL && voipms_number(to) != voipms_number(x->number))
		return take_made(x, entry, &record, voipms_number(to));
	if (to == NULL || id == NULL || *id == '\0' || record.began == 0 || record.end == NM_LEG_OPEN ||
	    record.ended < 0) {
		records->odd++;
		return true;
	}
	if (record.began < records->until || record.began >= window_end(records))
		return true;
	record.id = nm_ask_words(x->arena, id);
	record.caller = voipms_caller(nm_node_member_text(entry, "callerid"));
	return record.id != NULL && nm_records_add(x, &record);
}

static enum nm_step_result take_entries(struct nm_exchange *x, struct nm_request *next,
					const struct nm_node *list)
{
	for (size_t i = 0; i < nm_node_count(list); i++) {
		if (x->records->n == NM_RECORDS_MAX)
			return nm_exchange_fail(
				x, "more than %d calls came to %s in four weeks: so many cannot be read",
				NM_RECORDS_MAX, x->number);
		if (!take_entry(x, nm_node_at(list, i)))
			return nm_exchange_fail(x, "out of memory");
	}
	x->records->until = window_end(x->records);
	return nm_records_end(x->records) ? NM_STEP_DONE : ask_window(x, next);
}

static enum nm_step_result take(struct nm_exchange *x, struct nm_request *next, const struct nm_node *root,
				const char *status)
{
	const struct nm_node *list = nm_node_get(root, "cdr");
	const bool empty = strcmp(status, "no_cdr") == 0;

	if (strcmp(status, "success") != 0 && !empty)
		return voipms_refused(x, status);
	if (!empty && !nm_node_is_array(list))
		return nm_exchange_fail(x, "its answer has no list of calls");
	return take_entries(x, next, empty ? NULL : list);
}

enum nm_step_result voipms_records(struct nm_exchange *x, const struct nm_response *last,
				   struct nm_request *next)
{
	struct nm_node *root;
	const char *status;
	enum nm_step_result result = NM_STEP_FAILED;

	if (x->state != ASKED || last == NULL) {
		nm_records_begin(x->records);
		return ask_window(x, next);
	}
	root = voipms_document(x, last, &status);
	if (root != NULL)
		result = take(x, next, root, status);
	nm_node_free(root);
	return result;
}
