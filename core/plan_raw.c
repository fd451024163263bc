/* SPDX-License-Identifier: MIT */
/*
 * The plan as written: telling mistakes in it, and finding the name that was probably meant.
 * In: raw sections and options; out: messages.  Knows nothing of what values mean.
 */
#include "plan_private.h"

#define QUOTE_BYTES 60
#define NAME_BYTES 32 /* longer names are not compared */

void nm_raw_init(struct nm_raw *raw, struct nm_arena *arena, struct nm_diags *diags)
{
	*raw = (struct nm_raw){ .arena = arena, .diags = diags };
	raw->sections_end = &raw->sections;
	raw->top.options_end = &raw->top.options;
	raw->top.children_end = &raw->top.children;
}

/* Is there room for another one? */
static bool tells(struct nm_raw *raw)
{
	raw->mistakes++;
	return raw->mistakes <= NM_PLAN_MISTAKES;
}

static void tell_last(struct nm_raw *raw, struct nm_pos pos)
{
	if (raw->mistakes == NM_PLAN_MISTAKES)
		nm_diags_add(raw->diags, pos.file, pos.line, "this is mistake %d: no more of them are told",
			     NM_PLAN_MISTAKES);
}

void nm_raw_mistake(struct nm_raw *raw, struct nm_pos pos, const char *format, ...)
{
	struct nm_buf text;
	va_list args;

	if (!tells(raw))
		return;
	nm_buf_init(&text, NM_ERROR_TEXT * 4);
	va_start(args, format);
	nm_buf_vaddf(&text, format, args);
	va_end(args);
	if (text.failed)
		raw->no_memory = true;
	nm_diags_add(raw->diags, pos.file, pos.line, "%s", text.data);
	nm_buf_clear(&text);
	tell_last(raw, pos);
}

void nm_raw_wrong(struct nm_raw *raw, struct nm_pos pos, const char *head, const char *problem)
{
	if (!tells(raw))
		return;
	if (head)
		nm_diags_add_value(raw->diags, pos.file, pos.line, head, problem);
	else
		raw->no_memory = true;
	tell_last(raw, pos);
}

const char *nm_name_problem(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) > NM_TITLE_BYTES)
		return "is longer than 100 bytes";
	if (strpbrk(name, "\\\n\t"))
		return "holds a backslash, tab or line end: plain words are taken";
	return NULL;
}

/* A name that only its own section speaks of may hold anything. */
static bool is_free(const char *kind)
{
	static const char *const kinds[] = { "rule", "override", "guarantee", "test" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

const char *nm_section_name_problem(const char *kind, const char *name)
{
	const char *problem = nm_name_problem(name);

	if (problem || is_free(kind))
		return problem;
	if (strpbrk(name, "=@,;|\"'{}()") || strchr("- ", name[0]) || name[strlen(name) - 1] == ' ')
		return "holds one of = @ , ; | \" ' { } ( ), or begins with '-' or a blank: letters, digits, '-', "
		       "'_' and '.' are safe";
	if (strcmp(kind, "destination"))
		return NULL;
	if (!strcmp(name, "human"))
		return "cannot be a destination's: it has a meaning of its own in 'answered_by'";
	if (!strcmp(name, "rejected") || !strcmp(name, "lost") || !strcmp(name, "abandoned"))
		return "cannot be a destination's: it has a meaning of its own in 'expect'";
	return NULL;
}

bool nm_raw_starved(struct nm_raw *raw, enum nm_code code)
{
	raw->no_memory |= code == NM_NO_MEMORY;
	return code == NM_NO_MEMORY;
}

const char *nm_raw_quote(struct nm_raw *raw, const char *text)
{
	size_t len = strnlen(text, QUOTE_BYTES + 1);
	const bool cut = len > QUOTE_BYTES;
	char *copy, *c;

	/* Never in the middle of a UTF-8 sequence. */
	if (cut)
		for (len = QUOTE_BYTES; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80; len--)
			;
	copy = nm_arena_format(raw->arena, "%.*s%s", (int)len, text, cut ? "..." : "");
	if (!copy) {
		raw->no_memory = true;
		return "";
	}
	for (c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			*c = ' ';
	return copy;
}

struct nm_raw_option *nm_raw_find(const struct nm_raw_section *section, const char *name)
{
	struct nm_raw_option *option;

	for (option = section->options; option; option = option->next)
		if (!strcmp(option->info->name, name))
			return option;
	return NULL;
}

const char *nm_raw_where(struct nm_raw *raw, const struct nm_raw_section *section)
{
	const char *where;

	if (!section->info)
		return "the plan";
	if (section->outer)
		where = nm_arena_format(raw->arena, "%s %zu of %s", section->info->name, section->number,
					nm_raw_where(raw, section->outer));
	else if (section->title)
		where = nm_arena_format(raw->arena, "%s '%s'", section->info->name,
					nm_raw_quote(raw, section->title));
	else
		where = section->info->name;
	if (!where)
		raw->no_memory = true;
	return where ? where : "";
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t nm_raw_distance(const char *a, const char *b)
{
	const size_t la = strnlen(a, NAME_BYTES + 1), lb = strnlen(b, NAME_BYTES + 1);
	size_t rows[3][NAME_BYTES + 1]; /* row i, i - 1 and i - 2 of the table, by turns */
	size_t i, j;

	if (la > NAME_BYTES || lb > NAME_BYTES)
		return NAME_BYTES;
	for (j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (i = 1; i <= la; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (j = 1; j <= lb; j++) {
			row[j] =
				least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

void nm_nearest_offer(struct nm_nearest *nearest, const char *name)
{
	const size_t len = strlen(nearest->wanted);
	const size_t distance = nm_raw_distance(nearest->wanted, name);

	/* One change in three letters: more is another word. */
	if (distance > least(len / 3 + 1, 3) || distance >= strlen(name))
		return;
	if (!nearest->best || distance < nearest->distance) {
		nearest->best = name;
		nearest->distance = distance;
	}
}

const char *nm_nearest_words(struct nm_raw *raw, const struct nm_nearest *nearest)
{
	const char *words;

	if (!nearest->best)
		return "";
	words = nm_arena_format(raw->arena, "; did you mean '%s'?", nearest->best);
	if (!words)
		raw->no_memory = true;
	return words ? words : "";
}
