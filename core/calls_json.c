/* SPDX-License-Identifier: MIT */
/* A carrier's list of calls, as it answers with it, in place of a table: see calls_file_private.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/calls_file_private.h"
#include "core/carrier/json.h"
#include "core/utf8.h"
#include "nevermiss/carrier.h"

#define NUMBER_TEXT 24
#define DEPTH 16 /* of brackets, in which entries may stand */

struct list {
	const struct nm_node *items;
	struct nm_csv_row names; /* of all members, the first row */
};

static const struct nm_node *find_list(const struct nm_node *root)
{
	if (nm_node_is_array(root))
		return root;
	for (const char *key = nm_node_first(root); key != NULL; key = nm_node_after(root, key))
		if (nm_node_is_array(nm_node_get(root, key)))
			return nm_node_get(root, key);
	return NULL;
}

static bool has_name(const struct nm_csv_row *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->fields[i], name) == 0)
			return true;
	return false;
}

/* Of so many members that there is no room, the first ones. */
static void find_names(struct list *list)
{
	struct nm_csv_row *names = &list->names;

	for (size_t i = 0; i < nm_node_count(list->items); i++) {
		const struct nm_node *item = nm_node_at(list->items, i);

		for (const char *key = nm_node_first(item); key != NULL && names->n < NM_CSV_FIELDS;
		     key = nm_node_after(item, key))
			if (!has_name(names, key))
				names->fields[names->n++] = key;
	}
}

/* "" of what is neither a text nor a whole number. */
static const char *text_of(const struct nm_node *member, char space[static NUMBER_TEXT])
{
	const char *text = nm_node_text(member);
	int64_t number;

	if (text != NULL)
		return text;
	space[0] = '\0';
	if (nm_node_int(member, INT64_MIN, INT64_MAX, &number))
		snprintf(space, NUMBER_TEXT, "%" PRId64, number);
	return space;
}

static void fill_row(const struct list *list, size_t i, struct nm_csv_row *row,
		     char numbers[static NM_CSV_FIELDS][NUMBER_TEXT])
{
	const struct nm_node *item = nm_node_at(list->items, i);

	row->line = row->last = (int64_t)i + 1;
	row->n = nm_node_is_object(item) ? list->names.n : 0;
	row->wrong = nm_node_is_object(item) ? NULL : "it is no object";
	for (size_t field = 0; field < row->n; field++)
		row->fields[field] = text_of(nm_node_get(item, list->names.fields[field]), numbers[field]);
}

/* Is it a page of a list that has more?  As Telnyx ("meta") and Twilio ("next_page_uri") say it. */
static void find_pages(const struct nm_node *root, struct nm_calls_file *out)
{
	const struct nm_node *meta = nm_node_get(root, "meta");
	const char *next = nm_node_member_text(root, "next_page_uri");
	int64_t page, pages;

	out->goes_on = next != NULL && *next != '\0';
	if (nm_node_int(nm_node_get(meta, "page_number"), 1, INT64_MAX, &page) &&
	    nm_node_int(nm_node_get(meta, "total_pages"), 2, INT64_MAX, &pages)) {
		out->page = page;
		out->pages = pages;
	}
}

/* There is no list: VoIP.ms says so when there was no call, and why where it refuses. */
static enum nm_code no_list(const struct nm_node *root, struct nm_error *err)
{
	const char *status = nm_node_member_text(root, "status");
	char cleaned[64];

	if (status != NULL && strcmp(status, "no_cdr") == 0)
		return NM_OK;
	if (status == NULL || strcmp(status, "success") == 0)
		return nm_fail(err, NM_INPUT, "it lists no calls");
	nm_utf8_clean(status, cleaned, sizeof(cleaned));
	return nm_fail(err, NM_INPUT, "it lists no calls, and its status is `%s`: the carrier refused", cleaned);
}

/* Of a list without entries none is taken. */
static enum nm_code take_rows(const struct nm_rows_reader *reader, const struct nm_node *root, struct nm_error *err)
{
	char numbers[NM_CSV_FIELDS][NUMBER_TEXT];
	struct list list = { .items = NULL };
	struct nm_csv_row row;
	enum nm_code code = NM_OK;

	find_pages(root, reader->out);
	list.items = find_list(root);
	find_names(&list);
	if (list.items == NULL)
		code = no_list(root, err);
	else if (nm_node_count(list.items) > 0)
		code = reader->take(reader->context, &list.names, err);
	for (size_t i = 0; i < nm_node_count(list.items) && code == NM_OK; i++) {
		fill_row(&list, i, &row, numbers);
		code = reader->take(reader->context, &row, err);
	}
	return code;
}

/* How much of a text that is cut off has whole entries of its list; 0: it has none.  Brackets that are open there, of
 * which there are `depth`, go into open: what comes behind the entries opens others. */
static size_t whole_entries(const char *text, size_t len, char open[static DEPTH], size_t *depth)
{
	char opened[DEPTH];
	size_t whole = 0, now = 0;
	bool quoted = false;

	*depth = 0;
	for (size_t i = 0; i < len; i++) {
		const char c = text[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && now < DEPTH)
			opened[now++] = c;
		else if (!quoted && (c == '{' || c == '['))
			return whole;
		else if (!quoted && (c == '}' || c == ']') && now-- == 0)
			return whole;
		if (!quoted && c == '}' && now > 0 && now <= 2 && opened[now - 1] == '[') {
			whole = i + 1;
			*depth = now;
			memcpy(open, opened, now);
		}
	}
	return whole;
}

/* What is whole of it is read, and then it is told that it is not all. */
static enum nm_code read_cut(const struct nm_rows_reader *reader, const char *text, size_t len,
			     const struct nm_error *why, struct nm_error *err)
{
	char open[DEPTH];
	size_t depth;
	const size_t whole = whole_entries(text, len, open, &depth);
	struct nm_node *root = NULL;
	struct nm_buf mended;
	enum nm_code code;

	nm_buf_init(&mended, NM_ARTEFACT_BYTES + DEPTH);
	nm_buf_addn(&mended, text, whole);
	while (whole > 0 && depth > 0)
		nm_buf_add(&mended, open[--depth] == '[' ? "]" : "}");
	if (mended.failed)
		code = nm_fail_memory(err);
	else
		code = whole > 0 ? nm_node_read(mended.data, mended.len, &root, err) : NM_INPUT;
	nm_buf_clear(&mended);
	if (code == NM_OK)
		code = take_rows(reader, root, err);
	else if (code == NM_INPUT)
		return nm_fail(err, NM_INPUT, "%s", why->text);
	nm_node_free(root);
	return code != NM_OK ? code
			     : nm_fail(err, NM_INPUT, "%s; the entries before that were read", why->text);
}

enum nm_code nm_rows_of_json(const struct nm_rows_reader *reader, const char *text, size_t len,
			     struct nm_error *err)
{
	struct nm_error why = { NM_OK, "" };
	struct nm_node *root;
	enum nm_code code = nm_node_read(text, len, &root, &why);

	if (code == NM_INPUT)
		return read_cut(reader, text, len, &why, err);
	if (code != NM_OK)
		return nm_fail(err, code, "%s", why.text);
	code = take_rows(reader, root, err);
	nm_node_free(root);
	return code;
}
