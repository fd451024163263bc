/* SPDX-License-Identifier: MIT */
/*
 * The user's keys: see preferences.h.  In: the text of a file, the table of keys.  Out: keys of rows, mistakes.
 * The keys of a process are one table, as its terminal is one: that is this file's only state.
 */
#include "preferences.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nevermiss/edit.h"

#define WORD 64

/* What the user says of a row of the table. */
struct own_keys {
	char *keys; /* NULL: as the table has them; "": none */
	int line;   /* of the file */
};

static struct own_keys *own; /* key_rows_count of them; NULL: nothing is said of any */

const char *key_row_keys(const struct key_row *row)
{
	const char *keys = own ? own[row - key_rows].keys : NULL;

	return keys ? keys : row->keys;
}

void preferences_forget(void)
{
	for (size_t i = 0; own && i < key_rows_count; i++)
		free(own[i].keys);
	free(own);
	own = NULL;
}

/* A line being read: the words that are left of it, and where it stands. */
struct line {
	const char *at, *end;
	const char *file;
	int number;
	struct nm_diags *diags;
};

/* The next word, cut to WORD; "" at the end of the line or where a comment begins. */
static const char *take_word(struct line *line, char out[static WORD])
{
	size_t len = 0;

	while (line->at < line->end && (*line->at == ' ' || *line->at == '\t' || *line->at == '\r'))
		line->at++;
	while (line->at < line->end && *line->at != ' ' && *line->at != '\t' && *line->at != '\r') {
		if (len + 1 < WORD)
			out[len++] = *line->at;
		line->at++;
	}
	out[len] = '\0';
	return out;
}

static void wrong(const struct line *line, const char *what, const char *word, const char *right)
{
	nm_diags_add(line->diags, line->file, line->number, "%s `%s`: %s", what, word, right);
}

/* --- rows --- */

static bool is_screen(const char *name)
{
	for (int context = 0; context < CONTEXT_COUNT; context++) {
		if (!strcmp(context_name((enum context)context), name))
			return true;
	}
	return false;
}

/* The row that a line is about; NULL, and said why. */
static const struct key_row *find_row(struct line *line)
{
	char screen[WORD], action[WORD];

	take_word(line, screen);
	take_word(line, action);
	if (!is_screen(screen)) {
		wrong(line, "there is no screen", screen,
		      "`nevermiss keys` lists them, general among them: bind SCREEN ACTION KEY...");
		return NULL;
	}
	for (size_t i = 0; i < key_rows_count; i++) {
		if (strcmp(context_name(key_rows[i].context), screen) || strcmp(key_rows[i].name, action))
			continue;
		if (key_rows[i].context != CONTEXT_CONFIRM && key_rows[i].context != CONTEXT_LINES)
			return &key_rows[i];
		wrong(line, "no keys can be given to", action, "a question that asks yes or no keeps y and n");
		return NULL;
	}
	nm_diags_add(line->diags, line->file, line->number,
		     "screen %s has no action `%s`: `nevermiss keys` lists them", screen, action);
	return NULL;
}

/* Without these one is caught. */
static bool is_needed(const struct key_row *row)
{
	return row->action == ACTION_QUIT || row->action == ACTION_ACCEPT || row->action == ACTION_DISMISS ||
	       (row->action == ACTION_BACK && row->context != CONTEXT_GENERAL);
}

/* Takes keys. */
static void set_row(struct line *line, const struct key_row *row, char *keys)
{
	struct own_keys *mine = &own[row - key_rows];

	if (mine->keys) {
		nm_diags_add(line->diags, line->file, line->number, "%s of %s has its keys from line %d already", row->name,
			     context_name(row->context), mine->line);
		free(keys);
		return;
	}
	*mine = (struct own_keys){ keys, line->number };
}

static void read_bind(struct line *line)
{
	const struct key_row *row = find_row(line);
	struct nm_buf keys;
	char word[WORD];

	if (!row)
		return;
	nm_buf_init(&keys, PREFERENCES_BYTES);
	while (*take_word(line, word)) {
		if (!key_read(word, strlen(word))) {
			wrong(line, "there is no key", word, "keys are x, C-x, F5, Up, PgDn, Enter, Space and the like");
			nm_buf_clear(&keys);
			return;
		}
		nm_buf_addf(&keys, "%s%s", keys.len ? " " : "", word);
	}
	if (keys.len == 0)
		wrong(line, "no key is given to", row->name, "bind SCREEN ACTION KEY..., or unbind SCREEN ACTION");
	else if (!keys.failed)
		set_row(line, row, nm_buf_take(&keys));
	nm_buf_clear(&keys);
}

static void read_unbind(struct line *line)
{
	const struct key_row *row = find_row(line);
	char word[WORD];
	char *none;

	if (!row)
		return;
	if (is_needed(row)) {
		wrong(line, "a key is needed for", row->name, "without it one could not leave; bind gives it another");
	} else if (*take_word(line, word)) {
		wrong(line, "a word too many", word, "unbind SCREEN ACTION takes all keys of the action");
	} else if ((none = strdup(""))) {
		set_row(line, row, none);
	}
}

static void read_theme(struct line *line, enum theme *theme)
{
	char word[WORD];

	if (!theme_named(take_word(line, word), theme))
		wrong(line, "there is no theme", word, THEME_NAMES);
}

static void read_line(struct line *line, enum theme *theme)
{
	char word[WORD];

	take_word(line, word);
	if (word[0] == '\0' || word[0] == '#')
		return;
	if (!strcmp(word, "bind"))
		read_bind(line);
	else if (!strcmp(word, "unbind"))
		read_unbind(line);
	else if (!strcmp(word, "theme"))
		read_theme(line, theme);
	else
		wrong(line, "there is no setting", word, "a line begins with bind, unbind or theme");
}

/* --- conflicts --- */

/* The other row of the screen that has this key; NULL. */
static const struct key_row *rival(const struct key_row *row, uint32_t key)
{
	for (size_t i = 0; i < key_rows_count; i++) {
		if (&key_rows[i] != row && key_rows[i].context == row->context && key_row_has(&key_rows[i], key))
			return &key_rows[i];
	}
	return NULL;
}

/* The first key of the row that means something else too; K_NONE. */
static uint32_t clash(const struct key_row *row, const struct key_row **other)
{
	const char *at = key_row_keys(row);

	while (*at) {
		const size_t len = strcspn(at, " ");
		const uint32_t key = key_read(at, len);

		*other = rival(row, key);
		if (*other)
			return key;
		at += len;
		at += strspn(at, " ");
	}
	return K_NONE;
}

/* The last one said gives way: so of two lines that clash the first one holds. */
static void refuse_clashes(const char *file, struct nm_diags *diags)
{
	for (size_t i = key_rows_count; i-- > 0;) {
		const struct key_row *row = &key_rows[i], *other;
		const uint32_t key = own[i].keys && own[i].keys[0] ? clash(row, &other) : K_NONE;
		char name[KEY_TEXT];

		if (!key || (own[other - key_rows].keys && own[other - key_rows].line > own[i].line))
			continue;
		key_write(key, name);
		nm_diags_add(diags, file, own[i].line,
			     "%s already is the key of %s on screen %s: bind or unbind that too, or choose another key", name,
			     other->name, context_name(row->context));
		free(own[i].keys);
		own[i] = (struct own_keys){ NULL, 0 };
		i = key_rows_count; /* what it had before may be another's by now */
	}
}

static void read_text(const char *file, const char *text, enum theme *theme, struct nm_diags *diags)
{
	for (int number = 1; *text; number++) {
		const size_t len = strcspn(text, "\n");
		struct line line = { text, text + len, file, number, diags };

		read_line(&line, theme);
		text += len;
		text += *text == '\n';
	}
	refuse_clashes(file, diags);
	nm_diags_sort(diags);
}

enum nm_code preferences_read(const char *file, enum theme *theme, struct nm_diags *diags, struct nm_error *err)
{
	struct nm_buf text;
	enum nm_code code;

	preferences_forget();
	if (access(file, F_OK))
		return NM_OK;
	own = calloc(key_rows_count, sizeof *own);
	if (!own)
		return nm_fail_memory(err);
	nm_buf_init(&text, PREFERENCES_BYTES);
	code = nm_file_read(file, PREFERENCES_BYTES, &text, err);
	if (!code)
		read_text(file, text.data, theme, diags);
	nm_buf_clear(&text);
	return code;
}
