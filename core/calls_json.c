/* SPDX-License-Identifier: MIT */
/* A carrier's list of calls, as it answers with it, in place of a table: see calls_file_private.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/calls_file_private.h"
#include "core/carrier/json.h"

#define NUMBER_TEXT 24

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

enum nm_code nm_rows_of_json(const char *text, size_t len,
			     enum nm_code (*take)(void *context, const struct nm_csv_row *row,
						  struct nm_error *err),
			     void *context, struct nm_error *err)
{
	char numbers[NM_CSV_FIELDS][NUMBER_TEXT];
	struct list list = { .items = NULL };
	struct nm_csv_row row;
	struct nm_node *root;
	enum nm_code code = nm_node_read(text, len, &root, err);

	if (code != NM_OK)
		return code;
	list.items = find_list(root);
	find_names(&list);
	if (list.items == NULL || nm_node_count(list.items) == 0)
		code = nm_fail(err, NM_INPUT, "it lists no calls");
	else
		code = take(context, &list.names, err);
	for (size_t i = 0; i < nm_node_count(list.items) && code == NM_OK; i++) {
		fill_row(&list, i, &row, numbers);
		code = take(context, &row, err);
	}
	nm_node_free(root);
	return code;
}
