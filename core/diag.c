/* SPDX-License-Identifier: MIT */
/* The list of mistakes in a plan's text.  Knows nothing of plans. */
#include "nevermiss/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any message with the longest texts that a plan may hold in it. */
#define DIAG_TEXT 65536

void nm_diags_init(struct nm_diags *diags)
{
	*diags = (struct nm_diags){ .arena = NULL };
}

void nm_diags_clear(struct nm_diags *diags)
{
	nm_arena_free(diags->arena);
	free(diags->items);
	nm_diags_init(diags);
}

/* head: bytes of the text before the problem. */
static bool diag_append(struct nm_diags *diags, const char *file, int line, const char *text, size_t head)
{
	void *items = diags->items;
	char *kept_file, *kept_text;

	if (!diags->arena)
		diags->arena = nm_arena_new();
	if (!diags->arena || !nm_grow(&items, &diags->capacity, diags->n + 1, sizeof *diags->items))
		return false;
	diags->items = items;
	kept_file = nm_arena_text(diags->arena, file);
	kept_text = nm_arena_text(diags->arena, text);
	if (!kept_file || !kept_text)
		return false;
	diags->items[diags->n++] = (struct nm_diag){
		.file = kept_file, .line = line, .text = kept_text, .problem = kept_text + head
	};
	return true;
}

void nm_diags_add(struct nm_diags *diags, const char *file, int line, const char *format, ...)
{
	struct nm_buf text;
	va_list args;

	nm_buf_init(&text, DIAG_TEXT);
	va_start(args, format);
	nm_buf_vaddf(&text, format, args);
	va_end(args);
	if (text.failed || !diag_append(diags, file, line, text.data, 0))
		diags->failed = true;
	nm_buf_clear(&text);
}

void nm_diags_add_value(struct nm_diags *diags, const char *file, int line, const char *head, const char *problem)
{
	struct nm_buf text;

	nm_buf_init(&text, DIAG_TEXT);
	nm_buf_addf(&text, "%s: %s", head, problem);
	if (text.failed || !diag_append(diags, file, line, text.data, strlen(head) + 2))
		diags->failed = true;
	nm_buf_clear(&text);
}

static size_t file_rank(const struct nm_diags *diags, const char *file)
{
	size_t i;

	for (i = 0; i < diags->n; i++)
		if (!strcmp(diags->items[i].file, file))
			return i;
	return diags->n;
}

void nm_diags_sort(struct nm_diags *diags)
{
	/* Insertion sort: stable, and lists are short or already in order.  The ranks are those of
	 * the list as it came, so they are taken before anything moves. */
	size_t *rank = malloc((diags->n + 1) * sizeof *rank);
	size_t i, j;

	if (!rank) {
		diags->failed = true;
		return;
	}
	for (i = 0; i < diags->n; i++)
		rank[i] = file_rank(diags, diags->items[i].file);
	for (i = 1; i < diags->n; i++) {
		const struct nm_diag item = diags->items[i];
		const size_t item_rank = rank[i];

		for (j = i; j > 0 && (rank[j - 1] > item_rank ||
				      (rank[j - 1] == item_rank && diags->items[j - 1].line > item.line)); j--) {
			diags->items[j] = diags->items[j - 1];
			rank[j] = rank[j - 1];
		}
		diags->items[j] = item;
		rank[j] = item_rank;
	}
	free(rank);
}
