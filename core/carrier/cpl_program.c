/* SPDX-License-Identifier: MIT */
/*
 * Reading a CPL script (cpl_program.h).  Comes in: hostile text.  Goes out: operations that lead only to
 * operations read before, so that every run of them ends; or a sentence about what is not understood.
 * What cplc 5.6.3 judges otherwise than RFC 3880 says is not understood either.
 */
#include "core/carrier/cpl_program.h"

#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/cpl.h"
#include "core/carrier/xml.h"

/* Far more than the 65,536 bytes that a server holds can come from. */
#define SCRIPT_MAX   (512u << 10)
#define OPS_MAX      16384
#define TIMES_MAX    1024
#define URLS_TOLD    4
#define DATE_LEN     15

struct named {
	const char *id;
	const struct nm_cpl_op *op;
};

struct reading {
	struct nm_cpl_program *program;
	struct nm_error *err;
	struct named *subactions; /* malloc'd; those before */
	size_t n, capacity;
};

static enum nm_code read_node(struct reading *r, const struct nm_element *element,
			      const struct nm_cpl_op **out);

static enum nm_code odd(const struct reading *r, const struct nm_element *element, const char *what)
{
	return nm_fail(r->err, NM_INPUT, "line %d: <%.40s> %s", element->line, element->name, what);
}

static bool is(const struct nm_element *element, const char *name)
{
	return element != NULL && strcmp(element->name, name) == 0;
}

static bool has(const struct nm_element *element, const char *attribute, const char *value)
{
	const char *found = nm_element_attribute(element, attribute);

	return found != NULL && strcmp(found, value) == 0;
}

/* Exactly these attributes, a list that ends with NULL. */
static bool has_only(const struct nm_element *element, const char *const *names)
{
	for (size_t i = 0; i < element->n; i++) {
		size_t k = 0;

		while (names[k] != NULL && strcmp(names[k], element->attributes[i].name) != 0)
			k++;
		if (names[k] == NULL)
			return false;
	}
	return true;
}

/* The one node in an output. */
static const struct nm_element *only_child(const struct nm_element *element)
{
	return element->child != NULL && element->child->next == NULL ? element->child : NULL;
}

static bool read_number(const char *text, int most, int *out)
{
	int value = 0;

	if (text == NULL || *text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (!nm_ascii_is_digit(*text) || value > most)
			return false;
		value = value * 10 + (*text - '0');
	}
	*out = value;
	return value <= most;
}

static enum nm_code new_op(struct reading *r, const struct nm_element *element, enum nm_cpl_kind kind,
			   struct nm_cpl_op **out)
{
	struct nm_cpl_program *program = r->program;
	struct nm_cpl_op *op = nm_arena_alloc(program->arena, 1, sizeof(*op));

	if (program->n == OPS_MAX)
		return odd(r, element, "is one too many");
	if (op == NULL || !nm_grow((void **)&program->ops, &program->capacity, program->n + 1,
				   sizeof(struct nm_cpl_op *)))
		return nm_fail_memory(r->err);
	op->kind = kind;
	op->line = element->line;
	op->index = program->n;
	program->ops[program->n++] = op;
	*out = op;
	return NM_OK;
}

/* What stands in an output of a node. */
static enum nm_code read_output(struct reading *r, const struct nm_element *output,
				const struct nm_cpl_op **out)
{
	const struct nm_element *child = only_child(output);

	if (output->n > 0 && !is(output, "address") && !is(output, "time") && !is(output, "location") &&
	    !is(output, "subaction"))
		return odd(r, output, "has attributes");
	return child == NULL ? odd(r, output, "does not hold exactly one node") : read_node(r, child, out);
}

/* --- times --- */

static bool digits(const char *text, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if (!nm_ascii_is_digit(text[i]))
			return false;
		*out = *out * 10 + (text[i] - '0');
	}
	return true;
}

/* 20261225T090000 */
static bool read_date(const char *text, nm_local *out)
{
	int year, month, day, hour, minute, second;

	if (text == NULL || strlen(text) != DATE_LEN || text[8] != 'T' || !digits(text, 4, &year) ||
	    !digits(text + 4, 2, &month) || !digits(text + 6, 2, &day) || !digits(text + 9, 2, &hour) ||
	    !digits(text + 11, 2, &minute) || !digits(text + 13, 2, &second))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > nm_month_days(year, month) ||
	    hour > 23 || minute > 59 || second > 59)
		return false;
	*out = nm_days_from_date(year, month, day) * NM_DAY + hour * 3600 + minute * 60 + second;
	return true;
}

/* "MO,TU" */
static bool read_days(const char *text, unsigned *out)
{
	static const char names[7][3] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

	*out = 0;
	while (text != NULL) {
		int w = 0;

		while (w < 7 && strncmp(text, names[w], 2) != 0)
			w++;
		if (w == 7 || (text[2] != ',' && text[2] != '\0'))
			return false;
		*out |= 1u << w;
		text = text[2] == ',' ? text + 3 : NULL;
	}
	return *out != 0;
}

/* A local time as an instant, where there is no doubt which. */
static bool instant(const struct nm_zone *zone, nm_local local, nm_time *out)
{
	enum nm_local_kind kind = NM_LOCAL_ONCE;

	*out = zone == NULL ? local : nm_zone_utc(zone, local, &kind);
	return kind == NM_LOCAL_ONCE;
}

static enum nm_code read_weekly(struct reading *r, const struct nm_element *time, nm_local from, nm_local until,
				struct nm_cpl_op *op)
{
	const struct nm_route *route = r->program->facts->route;
	const int64_t day = nm_local_day(from);

	if (!read_days(nm_element_attribute(time, "byday"), &op->days))
		return odd(r, time, "recurs otherwise than on days of the week");
	if ((op->days >> nm_weekday(day) & 1) == 0 || until - day * NM_DAY > NM_DAY)
		return odd(r, time, "is a period that Kamailio does not judge as it is written");
	/* The first occurrence is judged otherwise than the later ones, so it must be long over. */
	if (until + 2 * NM_DAY > route->from)
		return odd(r, time, "begins to recur too late");
	op->weekly = true;
	op->from_s = (int)(from - day * NM_DAY);
	op->until_s = (int)(until - day * NM_DAY);
	return NM_OK;
}

/* zone: NULL for UTC. */
static enum nm_code read_time(struct reading *r, const struct nm_element *time, const struct nm_zone *zone,
			      struct nm_cpl_op *op)
{
	static const char *const dated[] = { "dtstart", "dtend", NULL };
	static const char *const weekly[] = { "dtstart", "dtend", "freq", "byday", NULL };
	nm_local from, until;

	if (!read_date(nm_element_attribute(time, "dtstart"), &from) ||
	    !read_date(nm_element_attribute(time, "dtend"), &until) || until < from)
		return odd(r, time, "has no beginning and end that could be read");
	if (has(time, "freq", "weekly") && has_only(time, weekly) && zone != NULL && until > from)
		return read_weekly(r, time, from, until, op);
	if (!has_only(time, dated))
		return odd(r, time, "recurs in a way that nevermiss does not write");
	if (!instant(zone, from, &op->span.from) || !instant(zone, until, &op->span.until))
		return odd(r, time, "begins or ends where the clock changes");
	op->span.until++;
	return NM_OK;
}

static enum nm_code read_time_switch(struct reading *r, const struct nm_element *element,
				     const struct nm_cpl_op **out)
{
	static const char *const names[] = { "tzid", NULL };
	const struct nm_element *time = element->child, *otherwise = time != NULL ? time->next : NULL;
	const struct nm_route *route = r->program->facts->route;
	const bool utc = has(element, "tzid", "UTC") && strcmp(nm_zone_name(route->zone), "UTC") != 0;
	struct nm_cpl_op *op;
	enum nm_code code;

	if (!has_only(element, names) || (!utc && !has(element, "tzid", nm_zone_name(route->zone))))
		return odd(r, element, "is in another time zone than the plan");
	if (!is(time, "time") || !is(otherwise, "otherwise") || otherwise->next != NULL)
		return odd(r, element, "does not hold exactly one time and otherwise");
	if (r->program->n_times++ == TIMES_MAX)
		return odd(r, element, "is one time too many");
	code = new_op(r, element, NM_CPL_TIME, &op);
	if (code == NM_OK)
		code = read_time(r, time, utc ? NULL : route->zone, op);
	if (code == NM_OK)
		code = read_output(r, time, &op->then);
	if (code == NM_OK)
		code = read_output(r, otherwise, &op->otherwise);
	*out = op;
	return code;
}

/* --- callers --- */

static bool read_pattern(const struct nm_element *address, bool whole, struct nm_caller_pattern *out)
{
	const char *text = nm_element_attribute(address, whole ? "is" : "subdomain-of");

	*out = (struct nm_caller_pattern){ .prefix = !whole };
	if (text == NULL || address->n != 1)
		return false;
	if (whole && strcmp(text, NM_CPL_ANONYMOUS) == 0) {
		out->anonymous = true;
		return true;
	}
	if (text[0] != '+' || text[1] == '\0' || text[1] == '0' || strlen(text) > 16)
		return false;
	for (text++; *text != '\0'; text++) {
		if (!nm_ascii_is_digit(*text))
			return false;
		out->number = out->number * 10 + (nm_number)(*text - '0');
	}
	return true;
}

static enum nm_code read_cases(struct reading *r, const struct nm_element *element, bool whole, size_t n,
			       struct nm_cpl_op *op)
{
	struct nm_cpl_case *cases = nm_arena_alloc(r->program->arena, n, sizeof(*cases));
	const struct nm_element *address = element->child;
	enum nm_code code = NM_OK;

	if (cases == NULL)
		return nm_fail_memory(r->err);
	for (size_t i = 0; i < n && code == NM_OK; i++, address = address->next) {
		struct nm_caller_pattern pattern;

		if (!is(address, "address") || !read_pattern(address, whole, &pattern))
			return odd(r, address, "names callers in a way that nevermiss does not write");
		cases[i].who = nm_cpl_caller_of(&pattern);
		code = read_output(r, address, &cases[i].then);
	}
	op->cases = cases;
	op->n = n;
	return code;
}

static enum nm_code read_address_switch(struct reading *r, const struct nm_element *element,
					const struct nm_cpl_op **out)
{
	const bool whole = has(element, "subfield", "user");
	const struct nm_element *last = element->child;
	struct nm_cpl_op *op;
	enum nm_code code;
	size_t n = 0;

	if (element->n != 2 || !has(element, "field", "origin") || (!whole && !has(element, "subfield", "tel")))
		return odd(r, element, "asks for something else than the caller's number");
	for (; last != NULL && last->next != NULL; last = last->next)
		n++;
	if (n == 0 || n > 254 || !is(last, "otherwise"))
		return odd(r, element, "does not hold addresses and then otherwise");
	code = new_op(r, element, NM_CPL_CALLER, &op);
	if (code == NM_OK)
		code = read_cases(r, element, whole, n, op);
	if (code == NM_OK)
		code = read_output(r, last, &op->otherwise);
	*out = op;
	return code;
}

/* --- rings --- */

static int hex(char c)
{
	const char *const all = "0123456789ABCDEF", *at = c != '\0' ? strchr(all, c) : NULL;

	return at != NULL ? (int)(at - all) : -1;
}

/* NAME of voicemail-NAME; false when it is not one that was written so, or memory is out. */
static bool voicemail_name(const char *user, size_t len, struct nm_buf *out)
{
	for (size_t i = 0; i < len; i++) {
		char c = user[i];

		if (c == '%') {
			if (i + 2 >= len || hex(user[i + 1]) < 0 || hex(user[i + 2]) < 0)
				return false;
			c = (char)(hex(user[i + 1]) * 16 + hex(user[i + 2]));
			i += 2;
		}
		nm_buf_addn(out, &c, 1);
		if (c == '\0' || out->failed)
			return false;
	}
	return len > 0;
}

/* The user of a URL sip:USER@DOMAIN in the account's domain; NULL. */
static const char *own_user(const struct reading *r, const char *url, size_t *len)
{
	const char *at = strchr(url, '@');

	if (strncmp(url, "sip:", 4) != 0 || at == NULL || strcmp(at + 1, r->program->domain) != 0)
		return NULL;
	*len = (size_t)(at - (url + 4));
	return url + 4;
}

static bool is_address(const struct nm_facts *facts, const char *url)
{
	for (size_t i = 0; i < facts->n; i++)
		if (facts->parties[i].number != NULL && strcmp(facts->parties[i].number, url) == 0)
			return true;
	return false;
}

/* Who is reached there; NULL: memory. */
static struct nm_party *party_of(const struct reading *r, const char *url)
{
	const struct nm_facts *facts = r->program->facts;
	const size_t mark = strlen(NM_CPL_VOICEMAIL);
	size_t len = 0;
	const char *user = is_address(facts, url) ? NULL : own_user(r, url, &len);
	struct nm_party *party;
	struct nm_buf name;

	nm_buf_init(&name, 4096);
	if (user != NULL && len > 1 && user[0] == '+') {
		nm_buf_addn(&name, user, len);
		party = nm_facts_by_number(facts, name.data);
	} else if (user != NULL && len > mark && strncmp(user, NM_CPL_VOICEMAIL, mark) == 0 &&
		   voicemail_name(user + mark, len - mark, &name)) {
		party = nm_facts_voicemail(facts, name.data);
	} else {
		party = nm_facts_by_number(facts, url);
	}
	if (name.failed)
		party = NULL; /* what was found is not who is meant */
	nm_buf_clear(&name);
	return party;
}

static enum nm_code read_location(struct reading *r, const struct nm_element *element,
				  const struct nm_cpl_op **out)
{
	static const char *const names[] = { "url", "clear", NULL };
	const char *url = nm_element_attribute(element, "url");
	struct nm_cpl_op *op;
	enum nm_code code;

	if (url == NULL || strlen(url) > 1024 || !has_only(element, names))
		return odd(r, element, "is written in a way that nevermiss does not");
	code = new_op(r, element, NM_CPL_LOCATION, &op);
	if (code != NM_OK)
		return code;
	op->clear = has(element, "clear", "yes");
	op->party = party_of(r, url);
	*out = op;
	return op->party == NULL ? nm_fail_memory(r->err) : read_output(r, element, &op->then);
}

static enum nm_code read_lookup(struct reading *r, const struct nm_element *element,
				const struct nm_cpl_op **out)
{
	const struct nm_element *success = element->child, *notfound = success != NULL ? success->next : NULL;
	const struct nm_element *failure = notfound != NULL ? notfound->next : NULL;
	const struct nm_cpl_op *failed = NULL;
	struct nm_cpl_op *op;
	enum nm_code code;

	if (element->n != 2 || !has(element, "source", "registration") ||
	    nm_element_attribute(element, "clear") == NULL || !is(success, "success") ||
	    !is(notfound, "notfound") || !is(failure, "failure") || failure->next != NULL)
		return odd(r, element, "is written in a way that nevermiss does not");
	code = new_op(r, element, NM_CPL_LOOKUP, &op);
	if (code != NM_OK)
		return code;
	op->clear = has(element, "clear", "yes");
	op->party = nm_facts_handset(r->program->facts);
	*out = op;
	code = op->party == NULL ? nm_fail_memory(r->err) : read_output(r, success, &op->then);
	if (code == NM_OK)
		code = read_output(r, notfound, &op->otherwise);
	if (code == NM_OK)
		code = read_output(r, failure, &failed);
	if (code != NM_OK)
		return code;
	/* Without the handset: those rung beside it, or what comes after the ring. */
	if (failed != op->otherwise ||
	    (op->otherwise != op->then &&
	     !(op->then->kind == NM_CPL_PROXY && op->clear && op->otherwise == op->then->then)))
		return odd(r, element, "goes on in another way when the phone is not registered");
	return NM_OK;
}

static enum nm_code read_proxy(struct reading *r, const struct nm_element *element,
			       const struct nm_cpl_op **out)
{
	const struct nm_element *output = only_child(element);
	struct nm_cpl_op *op;
	enum nm_code code;

	if (element->n != 3 || !has(element, "recurse", "no") || !has(element, "ordering", "parallel"))
		return odd(r, element, "rings in a way that nevermiss does not write");
	if (!is(output, "default"))
		return odd(r, element, "tells busy, no answer and failure apart");
	code = new_op(r, element, NM_CPL_PROXY, &op);
	if (code != NM_OK)
		return code;
	*out = op;
	if (!read_number(nm_element_attribute(element, "timeout"), NM_CPL_FOREVER_S, &op->timeout_s) ||
	    op->timeout_s == 0)
		return odd(r, element, "has no ring time that could be read");
	return read_output(r, output, &op->then);
}

static enum nm_code read_reject(struct reading *r, const struct nm_element *element,
				const struct nm_cpl_op **out)
{
	static const char *const names[] = { "status", "reason", NULL };
	struct nm_cpl_op *op;
	enum nm_code code = new_op(r, element, NM_CPL_REJECT, &op);

	if (code != NM_OK)
		return code;
	*out = op;
	if (!has_only(element, names) || element->child != NULL ||
	    !read_number(nm_element_attribute(element, "status"), 699, &op->status) ||
	    (op->status != NM_CPL_BUSY && op->status != NM_CPL_SILENT && op->status != NM_CPL_NOBODY))
		return odd(r, element, "refuses a call in a way that nevermiss does not");
	return NM_OK;
}

/* --- the whole --- */

static enum nm_code read_sub(struct reading *r, const struct nm_element *element, const struct nm_cpl_op **out)
{
	const char *ref = nm_element_attribute(element, "ref");

	for (size_t i = 0; ref != NULL && i < r->n; i++)
		if (strcmp(r->subactions[i].id, ref) == 0) {
			*out = r->subactions[i].op;
			return NM_OK;
		}
	return odd(r, element, "names no subaction before it");
}

static enum nm_code read_node(struct reading *r, const struct nm_element *element,
			      const struct nm_cpl_op **out)
{
	static const struct {
		const char *name;
		enum nm_code (*read)(struct reading *, const struct nm_element *, const struct nm_cpl_op **);
	} nodes[] = {
		{ "sub", read_sub },           { "time-switch", read_time_switch },
		{ "proxy", read_proxy },       { "address-switch", read_address_switch },
		{ "location", read_location }, { "lookup", read_lookup },
		{ "reject", read_reject },
	};

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		if (is(element, nodes[i].name))
			return nodes[i].read(r, element, out);
	return odd(r, element, "is nothing that nevermiss writes");
}

static enum nm_code read_subaction(struct reading *r, const struct nm_element *element)
{
	const char *id = nm_element_attribute(element, "id");
	struct named named = { .id = id };
	enum nm_code code;

	if (id == NULL)
		return odd(r, element, "has no name");
	code = read_output(r, element, &named.op);
	if (code != NM_OK)
		return code;
	if (!nm_grow((void **)&r->subactions, &r->capacity, r->n + 1, sizeof(named)))
		return nm_fail_memory(r->err);
	r->subactions[r->n++] = named;
	return NM_OK;
}

static enum nm_code read_root(struct reading *r, const struct nm_element *root)
{
	enum nm_code code = NM_OK;

	if (!is(root, "cpl"))
		return odd(r, root, "is not a CPL script");
	for (const struct nm_element *e = root->child; e != NULL && code == NM_OK; e = e->next) {
		if (is(e, "subaction"))
			code = read_subaction(r, e);
		else if (is(e, "incoming") && e->next == NULL)
			code = read_output(r, e, &r->program->incoming);
		else
			code = odd(r, e, "is nothing that nevermiss writes");
	}
	if (code == NM_OK && r->program->incoming == NULL)
		return odd(r, root, "says nothing of incoming calls");
	return code;
}

/* The destinations that a script names, for somebody who must find out whose it is. */
static void tell_urls(const struct nm_element *element, size_t *n, struct nm_buf *out)
{
	for (; element != NULL && *n < URLS_TOLD; element = element->next) {
		const char *url = is(element, "location") ? nm_element_attribute(element, "url") : NULL;

		if (url != NULL) {
			nm_buf_add(out, (*n)++ == 0 ? "; it sends calls to " : ", ");
			for (size_t i = 0; url[i] != '\0' && i < 60; i++)
				nm_buf_addf(out, "%c", url[i] > ' ' && url[i] < 0x7f ? url[i] : '?');
		}
		tell_urls(element->child, n, out);
	}
}

static enum nm_code foreign(struct nm_error *err, const struct nm_error *why, const struct nm_element *root)
{
	struct nm_buf urls;
	enum nm_code code;
	size_t n = 0;

	if (why->code != NM_INPUT)
		return nm_fail(err, why->code, "%s", why->text);
	nm_buf_init(&urls, 400);
	tell_urls(root, &n, &urls);
	code = nm_fail(err, NM_INPUT, NM_CPL_FOREIGN ": %s%s", why->text, urls.data);
	nm_buf_clear(&urls);
	return code;
}

enum nm_code nm_cpl_program_read(const char *xml, size_t len, struct nm_cpl_program *program,
				 struct nm_error *err)
{
	struct nm_error why = { 0 };
	struct reading r = { .program = program, .err = &why };
	const struct nm_element *root = NULL;
	struct nm_arena *arena = nm_arena_new();
	enum nm_code code;

	if (arena == NULL)
		return nm_fail_memory(err);
	code = len > SCRIPT_MAX ? nm_fail(&why, NM_INPUT, "it is larger than any that a server can hold")
				: nm_element_read(xml, len, arena, &root, &why);
	if (code == NM_OK)
		code = read_root(&r, root);
	if (code != NM_OK)
		code = foreign(err, &why, root);
	free(r.subactions);
	nm_arena_free(arena);
	return code;
}

void nm_cpl_program_clear(struct nm_cpl_program *program)
{
	free(program->ops);
	*program = (struct nm_cpl_program){ 0 };
}
