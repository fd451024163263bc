/* SPDX-License-Identifier: MIT */
/*
 * The star codes that are known, and reading an account's own.
 *
 * Comes in: an account, the text of its codes_file.  Goes out: the codes of its carrier.  A code that no
 * source worth the name confirms is marked so: what is shown of it says who claims it.
 */
#include "core/carrier/codes_table.h"

#include <string.h>

#include "core/ascii.h"

#define FIELDS 6
#define FIELD_MAX 200
#define NUMBER "{number}"
#define NATIONAL "{national}"
#define SECONDS "{seconds}"
#define ANNEX_B "3GPP TS 22.030, Annex B"
#define THIRD "pages of third parties, none of the carrier's"
#define OPERATORS "pages of several operators"

/* clang-format off */
#define GSM_ROWS(carrier, source, verified)                                                                     \
	{ carrier, NM_CODES_ALL, "**21*" NUMBER "#", "##21#", source, verified, NULL },                         \
	{ carrier, NM_CODES_NO_ANSWER, "**61*" NUMBER "*11*" SECONDS "#", "##61#", source, verified,            \
	  "some networks round the seconds or refuse them (not verified)" },                                    \
	{ carrier, NM_CODES_BUSY, "**67*" NUMBER "#", "##67#", source, verified, NULL },                        \
	{ carrier, NM_CODES_UNREACHABLE, "**62*" NUMBER "#", "##62#", source, verified, NULL },                 \
	{ carrier, NM_CODES_EVERYTHING, NULL, "##002#", source, verified, NULL }

const struct nm_codes_row nm_codes_rows[] = {
	GSM_ROWS("gsm", ANNEX_B, true),
	GSM_ROWS("att", THIRD, false),
	GSM_ROWS("tmobile", THIRD, false),
	{ "verizon", NM_CODES_ALL, "*72" NATIONAL, "*73", "an old support page of verizonwireless.com", true, NULL },
	{ "verizon", NM_CODES_NO_ANSWER_BUSY, "*71" NATIONAL, "*73", "widely printed pages", false,
	  "another source has *71 for no answer alone, *90 for busy, and *93 and *91 to cancel them" },
	{ "uscellular", NM_CODES_ALL, "*72" NATIONAL, "*720", "general knowledge", false, NULL },
	{ "landline", NM_CODES_ALL, "*72" NATIONAL, "*73", OPERATORS, true,
	  "a tone confirms it, or the code must be dialled a second time" },
	{ "landline", NM_CODES_BUSY, "*90" NATIONAL, "*91", OPERATORS, true, NULL },
	{ "landline", NM_CODES_NO_ANSWER, "*92" NATIONAL, "*93", OPERATORS, true,
	  "one operator has *97 and *90, and *98 and *92, in their place" },
	{ "att-landline", NM_CODES_ALL, "72#" NATIONAL, "73#", "one page of a third party", true, NULL },
};
/* clang-format on */

const size_t nm_codes_rows_count = sizeof(nm_codes_rows) / sizeof(nm_codes_rows[0]);

static const char *const names[NM_CODES_KINDS] = { "all",         "no-answer", "busy", "no-answer-busy",
						   "unreachable", "everything" };

const char *nm_codes_name(enum nm_codes_for what)
{
	return names[what];
}

/* --- an account's own rows: carrier | what | set | cancel | source | yes or no --- */

struct field {
	const char *text;
	size_t len;
};

static struct field trim(const char *text, size_t len)
{
	while (len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		len--;
	}
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t' || text[len - 1] == '\r'))
		len--;
	return (struct field){ text, len };
}

static bool is(struct field field, const char *word)
{
	return field.len == strlen(word) && strncmp(field.text, word, field.len) == 0;
}

/* Cuts a line at its bars; how many fields there are, FIELDS + 1 for too many. */
static size_t cut(const char *line, size_t len, struct field fields[FIELDS])
{
	size_t n = 0, begin = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && line[i] != '|')
			continue;
		if (n == FIELDS)
			return FIELDS + 1;
		fields[n++] = trim(line + begin, i - begin);
		begin = i + 1;
	}
	return n;
}

/* What may be dialled: digits, stars, hashes, at least one of the latter two, and what is put in. */
static bool is_code(struct field code)
{
	static const char *const holes[] = { NUMBER, NATIONAL, SECONDS };
	bool marked = false;
	size_t i = 0;

	while (i < code.len) {
		size_t step = nm_ascii_is_digit(code.text[i]) || code.text[i] == '*' || code.text[i] == '#';

		marked = marked || code.text[i] == '*' || code.text[i] == '#';
		for (size_t h = 0; step == 0 && h < sizeof(holes) / sizeof(holes[0]); h++)
			if (code.len - i >= strlen(holes[h]) &&
			    strncmp(code.text + i, holes[h], strlen(holes[h])) == 0)
				step = strlen(holes[h]);
		if (step == 0)
			return false;
		i += step;
	}
	return marked && code.len <= FIELD_MAX;
}

static bool has(struct field code, const char *hole)
{
	for (size_t i = 0; i + strlen(hole) <= code.len; i++)
		if (strncmp(code.text + i, hole, strlen(hole)) == 0)
			return true;
	return false;
}

static bool is_words(struct field field)
{
	for (size_t i = 0; i < field.len; i++)
		if ((unsigned char)field.text[i] < 0x20 || field.text[i] == 0x7f)
			return false;
	return field.len > 0 && field.len <= FIELD_MAX;
}

static enum nm_codes_for kind_of(struct field field)
{
	int what = 0;

	while (what < NM_CODES_KINDS && !is(field, names[what]))
		what++;
	return (enum nm_codes_for)what;
}

/* What is wrong with a row; NULL when nothing is. */
static const char *wrong(const struct field fields[FIELDS], size_t n)
{
	const enum nm_codes_for what = n == FIELDS ? kind_of(fields[1]) : NM_CODES_KINDS;

	if (n != FIELDS)
		return "a row is: carrier | what for | code | code that cancels it | source | yes or no";
	if (!is_words(fields[0]) || !is_words(fields[4]))
		return "the carrier and the source are 1 to 200 characters";
	if (what == NM_CODES_KINDS)
		return "what for: all, no-answer, busy, no-answer-busy, unreachable or everything";
	if (what == NM_CODES_EVERYTHING ? fields[2].len > 0 : !is_code(fields[2]))
		return what == NM_CODES_EVERYTHING
			       ? "everything is only cancelled: its third column is empty"
			       : "a code is digits, * and #, with {number}, {national} and {seconds} in it";
	if (what != NM_CODES_EVERYTHING && !has(fields[2], NUMBER) && !has(fields[2], NATIONAL))
		return "the code says where calls go: {number} or {national} is in it";
	if (!is_code(fields[3]) || has(fields[3], NUMBER) || has(fields[3], NATIONAL) ||
	    has(fields[3], SECONDS))
		return "the code that cancels is digits, * and #";
	if (!is(fields[5], "yes") && !is(fields[5], "no"))
		return "whether it is verified: yes or no";
	return NULL;
}

/* The next line with a row on it; *number counts lines.  False at the end. */
static bool next_row(const char **text, size_t *number, struct field fields[FIELDS], size_t *n)
{
	while (**text != '\0') {
		const char *line = *text;
		const size_t len = strcspn(line, "\n");
		const struct field all = trim(line, len);

		*text = line + len + (line[len] == '\n');
		++*number;
		if (all.len == 0 || all.text[0] == '#')
			continue;
		*n = cut(line, len, fields);
		return true;
	}
	return false;
}

enum nm_code nm_codes_check(const char *text, struct nm_error *err)
{
	struct field fields[FIELDS];
	size_t number = 0, rows = 0, n;

	while (next_row(&text, &number, fields, &n)) {
		if (wrong(fields, n) != NULL)
			return nm_fail(err, NM_INPUT, "line %zu: %s", number, wrong(fields, n));
		if (++rows > NM_CODES_ROWS)
			return nm_fail(err, NM_INPUT, "it has more than %d rows", NM_CODES_ROWS);
	}
	return NM_OK;
}

static const char *copy(struct nm_arena *arena, struct field field)
{
	return nm_arena_textn(arena, field.text, field.len);
}

/* Puts an account's own row in place of what was known before. */
static enum nm_code take_own(const struct field fields[FIELDS], struct nm_arena *arena,
			     struct nm_codes *codes, struct nm_error *err)
{
	struct nm_codes_row *row = nm_arena_alloc(arena, 1, sizeof(*row));
	const enum nm_codes_for what = kind_of(fields[1]);

	if (row == NULL)
		return nm_fail_memory(err);
	*row = (struct nm_codes_row){ .carrier = codes->carrier,
				      .what = what,
				      .set = fields[2].len > 0 ? copy(arena, fields[2]) : NULL,
				      .cancel = copy(arena, fields[3]),
				      .source = copy(arena, fields[4]),
				      .verified = is(fields[5], "yes") };
	if ((row->set == NULL && what != NM_CODES_EVERYTHING) || row->cancel == NULL || row->source == NULL)
		return nm_fail_memory(err);
	codes->rows[what] = row;
	return NM_OK;
}

static enum nm_code read_own(const char *text, struct nm_arena *arena, struct nm_codes *codes,
			     struct nm_error *err)
{
	struct field fields[FIELDS];
	size_t number = 0, n;
	enum nm_code code = NM_OK;

	while (code == NM_OK && next_row(&text, &number, fields, &n))
		if (wrong(fields, n) == NULL && is(fields[0], codes->carrier))
			code = take_own(fields, arena, codes, err);
	return code;
}

static enum nm_code unknown(const struct nm_account *account, struct nm_error *err)
{
	struct nm_buf known;
	enum nm_code code;

	nm_buf_init(&known, NM_ERROR_TEXT);
	for (size_t i = 0; i < nm_codes_rows_count; i++)
		if (i == 0 || strcmp(nm_codes_rows[i].carrier, nm_codes_rows[i - 1].carrier) != 0)
			nm_buf_addf(&known, "%s%s", i > 0 ? ", " : "", nm_codes_rows[i].carrier);
	if (account == NULL || account->carrier == NULL)
		code = nm_fail(err, NM_INPUT,
			       "whose codes are to be dialled is not said: give the account a carrier "
			       "(%s)",
			       known.data);
	else
		code = nm_fail(err, NM_INPUT,
			       "no codes of a carrier `%s` are known (%s are): write them into a "
			       "codes_file, or set it by hand with driver = manual",
			       account->carrier, known.data);
	nm_buf_clear(&known);
	return code;
}

enum nm_code nm_codes_find(const struct nm_account *account, struct nm_arena *arena, struct nm_codes *out,
			   struct nm_error *err)
{
	struct nm_codes codes = { 0 };
	enum nm_code code = NM_OK;
	bool any = false;

	if (account == NULL || account->carrier == NULL)
		return unknown(account, err);
	codes.carrier = account->carrier;
	for (size_t i = 0; i < nm_codes_rows_count; i++)
		if (strcmp(nm_codes_rows[i].carrier, account->carrier) == 0)
			codes.rows[nm_codes_rows[i].what] = &nm_codes_rows[i];
	if (account->codes != NULL)
		code = read_own(account->codes, arena, &codes, err);
	for (int i = 0; i < NM_CODES_KINDS; i++)
		any = any || codes.rows[i] != NULL;
	if (code == NM_OK && !any)
		return unknown(account, err);
	if (code == NM_OK)
		*out = codes;
	return code;
}

bool nm_codes_has(const struct nm_account *account, enum nm_codes_for what)
{
	const char *text = account->codes != NULL ? account->codes : "";
	const char *carrier = account->carrier != NULL ? account->carrier : "";
	struct field fields[FIELDS];
	bool known = false;
	size_t number = 0, n;

	for (size_t i = 0; i < nm_codes_rows_count; i++)
		if (strcmp(nm_codes_rows[i].carrier, carrier) == 0) {
			known = true;
			if (nm_codes_rows[i].what == what && nm_codes_rows[i].set != NULL)
				return true;
		}
	while (next_row(&text, &number, fields, &n))
		if (wrong(fields, n) == NULL && is(fields[0], carrier)) {
			known = true;
			if (kind_of(fields[1]) == what)
				return true;
		}
	return !known;
}

bool nm_codes_timed(const struct nm_account *account)
{
	const char *text = account->codes != NULL ? account->codes : "";
	const char *carrier = account->carrier != NULL ? account->carrier : "";
	struct field fields[FIELDS];
	bool known = false, timed = false;
	size_t number = 0, n;

	for (size_t i = 0; i < nm_codes_rows_count; i++)
		if (strcmp(nm_codes_rows[i].carrier, carrier) == 0) {
			known = true;
			timed = timed || (nm_codes_rows[i].what == NM_CODES_NO_ANSWER &&
					  strstr(nm_codes_rows[i].set, SECONDS) != NULL);
		}
	while (next_row(&text, &number, fields, &n))
		if (wrong(fields, n) == NULL && is(fields[0], carrier)) {
			known = true;
			if (kind_of(fields[1]) == NM_CODES_NO_ANSWER)
				timed = has(fields[2], SECONDS);
		}
	return timed || !known;
}
