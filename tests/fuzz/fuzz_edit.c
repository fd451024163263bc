/* SPDX-License-Identifier: MIT */
/*
 * Any edit on any text: never a crash.  An applied SET says the same when applied again, and takes no
 * whole line away but of the value that it replaces.
 *
 * The input's first five bytes choose the edit, the rest is the text.
 */
#include <stdlib.h>
#include <string.h>

#include "nevermiss/edit.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const sections[] = {
	"", "account", "line", "calendar", "schedule", "callers", "destination", "rotation", "path", "rule",
	"override", "emergency", "text_back", "follow_up", "guarantee", "test", "targets", "value", "crm", "include",
};
static const char *const titles[] = {
	NULL, "a", "b", "daytime", "owner", "open", "somebody live, always", ""
};
static const char *const options[] = { "hours", "number", "ring", "for", "members",
				       "path",	"during", "kind", "x",	 "" };
static const char *const values[] = {
	"15s",
	"\"Mo-Fr 08:00-18:00\"",
	"{ a, b }",
	"a",
	"",
	"step { ring = a }",
	"rule c { path = a }",
	"\"",
	"{",
	"yes\nno",
};

#define PICK(list, byte) list[(byte) % (sizeof list / sizeof list[0])]

static void demand(bool holds)
{
	if (!holds)
		abort();
}

/* Applied again, a SET changes nothing more. */
static void check_again(const struct nm_edit *edit, const char *out, size_t out_len)
{
	struct nm_error err;
	size_t len = 0;
	char *again = NULL;

	if (nm_edit_apply(edit, out, out_len, &again, &len, &err))
		return;
	demand(len == out_len && !memcmp(again, out, len));
	free(again);
}

/* Between what the texts share at both ends lies the old value: it has whole lines only when it is a
 * list or a quoted text. */
static void check_rest(const char *text, size_t len, const char *out, size_t out_len)
{
	size_t head = 0;
	size_t tail = 0;

	while (head < len && head < out_len && text[head] == out[head])
		head++;
	while (tail < len - head && tail < out_len - head && text[len - 1 - tail] == out[out_len - 1 - tail])
		tail++;
	if (memchr(text + head, '\n', len - head - tail))
		demand(memchr(text, '{', len) || memchr(text, '"', len) || memchr(text, '\'', len));
}

static void apply(const struct nm_edit *edit, const char *text, size_t len)
{
	struct nm_error err;
	size_t out_len = 0;
	char *out = NULL;

	if (nm_edit_apply(edit, text, len, &out, &out_len, &err)) {
		demand(err.text[0] != 0);
		return;
	}
	demand(out[out_len] == 0);
	if (edit->op == NM_EDIT_SET) {
		check_again(edit, out, out_len);
		check_rest(text, len, out, out_len);
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct nm_edit edit = { 0 };
	char *text;

	if (size < 5)
		return 0;
	edit.op = (enum nm_edit_op)(data[0] % (NM_EDIT_RENAME + 1));
	edit.place.section = PICK(sections, data[1]);
	edit.place.title = PICK(titles, data[2]);
	edit.place.step = data[2] / 16 % 5 - 1;
	edit.option = PICK(options, data[3]);
	edit.value = PICK(values, data[4]);
	edit.by = data[3] % 7 - 3;
	text = malloc(size - 5 + 1);
	demand(text != NULL);
	memcpy(text, data + 5, size - 5);
	text[size - 5] = 0;
	apply(&edit, text, size - 5);
	free(text);
	return 0;
}
