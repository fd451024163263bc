/* SPDX-License-Identifier: MIT */
/*
 * A dialplan's lines, and its first two contexts: who calls, and what holds when.  Comes in: text that anybody
 * may have written.  Goes out: what it says, or the first line that is nothing that we write.
 *
 * The order of a file of ours is fixed and so is the form of each line, so nothing is ever guessed: a line
 * that is of another form, or stands elsewhere, makes the file a foreign one.
 */
#include "core/carrier/asterisk_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTES (24 * 60)

/* --- what is foreign --- */

bool nm_dialplan_failed(const struct reader *r)
{
	return r->foreign != NULL || r->code != NM_OK;
}

void nm_dialplan_no_memory(struct reader *r)
{
	if (r->code == NM_OK)
		r->code = nm_fail_memory(r->err);
}

/* Only what can be shown to anybody. */
static void add_quoted(struct nm_buf *out, const char *text)
{
	size_t n = 0;

	nm_buf_add(out, "\"");
	for (; text[n] != '\0' && n < 60; n++)
		nm_buf_addf(out, "%c", text[n] >= ' ' && text[n] < 0x7f ? text[n] : '?');
	nm_buf_add(out, text[n] != '\0' ? "...\"" : "\"");
}

void nm_dialplan_foreign(struct reader *r, const char *why)
{
	struct nm_buf text;

	if (nm_dialplan_failed(r))
		return;
	nm_buf_init(&text, 1024);
	if (r->at < r->n) {
		nm_buf_addf(&text, "line %zu of the dialplan, ", r->statements[r->at].number);
		add_quoted(&text, r->statements[r->at].whole);
		nm_buf_addf(&text, ", is not nevermiss's: %s",
			    why != NULL ? why : "nothing of that form belongs there");
	} else {
		nm_buf_add(&text, "the dialplan ends too early to be nevermiss's");
	}
	nm_buf_addf(&text, " (understood until there: groups of callers %zu, times %zu, ways to ring %zu)",
		    r->n_groups, r->n_spans + r->n_hours, r->n_treatments);
	r->foreign = text.failed ? NULL : nm_arena_text(r->arena, text.data);
	nm_buf_clear(&text);
	if (r->foreign == NULL)
		nm_dialplan_no_memory(r);
}

/* --- lines --- */

const char *nm_dialplan_text_of(struct reader *r, struct word word)
{
	const char *text = nm_arena_textn(r->arena, word.at, word.len);

	if (text == NULL)
		nm_dialplan_no_memory(r);
	return text != NULL ? text : "";
}

static bool is_next(const struct reader *r, const char *name)
{
	const struct statement *next = &r->statements[r->at];

	return !nm_dialplan_failed(r) && r->at < r->n && next->text != NULL && strcmp(next->name, name) == 0;
}

bool nm_dialplan_take(struct reader *r, const char *name, const char *form, ...)
{
	va_list args;
	bool fits;

	if (!is_next(r, name))
		return false;
	va_start(args, form);
	fits = nm_dialplan_match(r->statements[r->at].text, r->base, form, &args);
	va_end(args);
	r->at += fits;
	return fits;
}

bool nm_dialplan_take_context(struct reader *r, const char *tail)
{
	const size_t len = strlen(r->base);
	const struct statement *next = &r->statements[r->at];

	if (nm_dialplan_failed(r) || r->at == r->n || next->text != NULL ||
	    strncmp(next->name, r->base, len) != 0 || strcmp(next->name + len, tail) != 0)
		return false;
	r->at++;
	return true;
}

/* --- who calls --- */

static int digits_of(int64_t number)
{
	int n = 1;

	for (; number > 9; number /= 10)
		n++;
	return n;
}

static bool take_pattern(struct reader *r, int group, struct nm_caller_pattern *out)
{
	const size_t at = r->at;
	int64_t number = 0;
	int digits = 0, g = -1;

	*out = (struct nm_caller_pattern){ 0 };
	if (nm_dialplan_take(r, "", NM_DP_NOBODY, &g))
		out->anonymous = true;
	else if (nm_dialplan_take(r, "", NM_DP_PREFIX, &digits, &number, &g))
		out->prefix = true;
	else if (!nm_dialplan_take(r, "", NM_DP_NUMBER, &number, &g))
		return false;
	out->number = (nm_number)number;
	if (g == group && (!out->prefix || digits == digits_of(number)) && (out->anonymous || number > 0))
		return true;
	r->at = at;
	return false;
}

static void read_group(struct reader *r)
{
	const size_t begin = r->at;
	struct nm_caller_pattern one, *patterns;
	const int group = (int)r->n_groups;
	enum nm_code code;
	size_t n = 0;

	while (take_pattern(r, group, &one))
		n++;
	patterns = nm_arena_alloc(r->arena, n, sizeof(*patterns));
	if (patterns == NULL) {
		nm_dialplan_no_memory(r);
		return;
	}
	r->at = begin;
	for (size_t i = 0; i < n; i++)
		take_pattern(r, group, &patterns[i]);
	code = nm_lifter_group(&r->lifter, patterns, n, &r->lifted[r->n_groups++], r->err);
	if (r->code == NM_OK)
		r->code = code;
}

/* "${NM_G0}${NM_G1}" */
static bool is_all_groups(const struct reader *r, struct word word)
{
	const char *at = word.at, *end = word.at + word.len;

	for (size_t g = 0; g < r->n_groups; g++) {
		char name[32];
		const int len = snprintf(name, sizeof(name), "${NM_G%zu}", g);

		if (end - at < len || memcmp(at, name, (size_t)len) != 0)
			return false;
		at += len;
	}
	return at == end;
}

static bool read_bits(const struct reader *r, struct word word, uint64_t *out)
{
	*out = 0;
	for (size_t g = 0; g < word.len && g < r->n_groups; g++) {
		if (word.at[g] != '0' && word.at[g] != '1')
			return false;
		*out |= (uint64_t)(word.at[g] - '0') << g;
	}
	return word.len == r->n_groups;
}

static void read_classes(struct reader *r)
{
	struct word names, bits;
	int class = 0;

	r->n_classes = 1;
	while (nm_dialplan_take(r, "", NM_DP_CLASS, &names, &bits, &class)) {
		struct class_rule *rule = &r->class_rules[r->n_class_rules];

		if (!is_all_groups(r, names) || !read_bits(r, bits, &rule->groups) ||
		    (size_t) class != r->n_classes) {
			r->at--;
			nm_dialplan_foreign(r, "it numbers its callers in another way");
			return;
		}
		rule->class = class;
		r->n_class_rules++;
		r->n_classes++;
	}
}

static void read_callers(struct reader *r)
{
	int group = 0;

	while (nm_dialplan_take(r, "", NM_DP_GROUP, &group)) {
		if ((size_t)group != r->n_groups || group == NM_PLAN_GROUPS) {
			r->at--;
			nm_dialplan_foreign(
				r, "it has too many groups of callers, or numbers them in another way");
			return;
		}
		read_group(r);
	}
	if (!nm_dialplan_take(r, "", NM_DP_CLASS_0))
		nm_dialplan_foreign(r, NULL);
	read_classes(r);
}

/* --- when --- */

static int day_of(const char *text)
{
	int d = 0;

	while (d < 7 && strncmp(nm_dialplan_days[d], text, 3) != 0)
		d++;
	return d < 7 ? d : -1;
}

/* "*", or names and ranges of names joined by &; 0 when it is something else. */
static unsigned read_days(struct word word)
{
	const char *c = word.at, *end = word.at + word.len;
	unsigned days = 0;

	if (word.len == 1 && *c == '*')
		return 0x7f;
	while (end - c >= 3) {
		int first = day_of(c), last = first;

		c += 3;
		if (end - c >= 4 && *c == '-') {
			last = day_of(c + 1);
			c += 4;
		}
		if (first < 0 || last < first)
			return 0;
		for (int d = first; d <= last; d++)
			days |= 1u << d;
		if (c == end)
			return days;
		if (*c++ != '&')
			return 0;
	}
	return 0;
}

static void read_spans(struct reader *r)
{
	nm_time from = 0, until = 0, last = NM_TIME_MIN;
	int situation = 0;

	while (nm_dialplan_take(r, "", NM_DP_SPAN, &from, &until, &situation)) {
		if (from >= until || from < last) {
			r->at--;
			nm_dialplan_foreign(r, "its spans of time are not in order");
			return;
		}
		last = until;
		r->spans[r->n_spans++] = (struct span_rule){ from, until, situation };
		if (r->code == NM_OK)
			r->code = nm_lifter_at(&r->lifter, from, r->err);
		if (r->code == NM_OK)
			r->code = nm_lifter_at(&r->lifter, until, r->err);
	}
}

static void read_hours(struct reader *r)
{
	const char *timezone = nm_zone_name(r->lifter.facts.route->zone);
	int from_h = 0, from_m = 0, last_h = 0, last_m = 0, situation = 0;
	struct word days, zone;

	while (nm_dialplan_take(r, "", NM_DP_HOURS, &from_h, &from_m, &last_h, &last_m, &days, &zone,
				&situation)) {
		const struct hours_rule rule = { from_h * 60 + from_m, last_h * 60 + last_m, read_days(days),
						 situation };
		const bool here = strlen(timezone) == zone.len && memcmp(timezone, zone.at, zone.len) == 0;

		if (!here || from_m > 59 || last_m > 59 || rule.last >= MINUTES || rule.first > rule.last ||
		    rule.days == 0) {
			r->at--;
			nm_dialplan_foreign(r, here ? "it names no span of a day"
						    : "its hours are of another zone");
			return;
		}
		r->hours[r->n_hours++] = rule;
		nm_lifter_daily(&r->lifter, rule.first);
		nm_lifter_daily(&r->lifter, rule.last + 1);
		nm_lifter_daily(&r->lifter, 0);
	}
}

static void read_times(struct reader *r)
{
	read_spans(r);
	read_hours(r);
	if (!nm_dialplan_take(r, "", NM_DP_ELSE, &r->otherwise))
		nm_dialplan_foreign(r, NULL);
}

/* --- what they get --- */

static bool take_call(struct reader *r, size_t situation, size_t class)
{
	struct call *call = &r->calls[r->n_calls];
	char name[64];
	bool keyed, taken;

	snprintf(name, sizeof(name), "s%zuc%zu", situation, class);
	call->urgent = -1;
	keyed = nm_dialplan_take(r, name, NM_DP_CALL_KEY, &call->urgent);
	taken = nm_dialplan_take(r, keyed ? "" : name, NM_DP_CALL, &call->treatment);
	r->n_calls += taken;
	/* Only with the first class of another situation may they end. */
	if (!taken && (keyed || class > 0))
		nm_dialplan_foreign(r, NULL);
	return taken;
}

static void check_situations(struct reader *r, size_t situations)
{
	bool all = (size_t)r->otherwise < situations;

	for (size_t i = 0; i < r->n_spans; i++)
		all = all && (size_t)r->spans[i].situation < situations;
	for (size_t i = 0; i < r->n_hours; i++)
		all = all && (size_t)r->hours[i].situation < situations;
	if (!all)
		nm_dialplan_foreign(r, "a time before it leads to nothing");
}

static void read_calls(struct reader *r)
{
	size_t situations = 0;
	bool more = true;

	if (!nm_dialplan_take_context(r, "-calls"))
		nm_dialplan_foreign(r, NULL);
	while (more && !nm_dialplan_failed(r)) {
		for (size_t c = 0; c < r->n_classes && more; c++)
			more = take_call(r, situations, c);
		situations += more;
	}
	check_situations(r, situations);
}

void nm_dialplan_read_main(struct reader *r)
{
	const char *number = r->lifter.facts.route->number;

	if (!nm_dialplan_take_context(r, "") || !nm_dialplan_take(r, number, NM_DP_START) ||
	    !nm_dialplan_take(r, number[0] == '+' ? number + 1 : number, NM_DP_START) ||
	    !nm_dialplan_take(r, "s", NM_DP_FROM) || !nm_dialplan_take(r, "", NM_DP_HIDDEN) ||
	    !nm_dialplan_take(r, "", NM_DP_NO_KEY) || !nm_dialplan_take(r, "", NM_DP_NOW))
		nm_dialplan_foreign(r, NULL);
	read_callers(r);
	read_times(r);
	read_calls(r);
}
