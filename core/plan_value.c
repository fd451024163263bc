/* SPDX-License-Identifier: MIT */
/*
 * One option, read as what its type says.  In: a raw section and an option's name; out: the value, or
 * a mistake with its line and the table's default in its place.  Knows no section's meaning.
 */
#include "plan_private.h"

#include <stdio.h>

#define DIGITS "0123456789"
#define NAMES_OFFERED 512    /* most names that are compared with a wrong one */
#define NAMES_LISTED 4       /* most names that are told where none is near */
#define MISTAKES_OFFERED 100 /* behind so many mistakes nobody reads what was meant */

/* The option, if it is there; marks it as read. */
static struct nm_raw_option *take(struct nm_raw_section *section, const char *name)
{
	struct nm_raw_option *option = nm_raw_find(section, name);

	if (option)
		option->used = true;
	return option;
}

static const struct nm_option_info *info_of(const struct nm_raw_section *section, const char *name)
{
	return nm_option_find(section->info ? section->info->name : "", name);
}

bool nm_value_given(const struct nm_raw_section *section, const char *name)
{
	return nm_raw_find(section, name) != NULL;
}

struct nm_pos nm_value_pos(const struct nm_raw_section *section, const char *name)
{
	const struct nm_raw_option *option = nm_raw_find(section, name);

	return option ? option->pos : section->pos;
}

/* The one value as written, or the table's default; NULL when there is neither. */
static const char *written(struct nm_raw_section *section, const char *name)
{
	const struct nm_raw_option *option = take(section, name);

	return option && option->n ? option->values[0] : info_of(section, name)->fallback;
}

bool nm_value_word(struct nm_raw_section *section, const char *name, const char *word)
{
	const char *text = written(section, name);

	return text && !strcmp(text, word);
}

static const char *keep(struct nm_build *build, const char *text)
{
	const char *kept = nm_arena_text(build->arena, text);

	if (!kept)
		build->raw->no_memory = true;
	return kept;
}

/* NAME = "VALUE": what is wrong. */
static void wrong(struct nm_build *build, struct nm_raw_section *section, const char *name, const char *value,
		  const char *problem)
{
	nm_raw_wrong(build->raw, nm_value_pos(section, name),
		     nm_arena_format(build->raw->arena, "%s = \"%s\" in %s", name,
				     nm_raw_quote(build->raw, value), nm_raw_where(build->raw, section)),
		     problem);
}

/* The same of a quantity, which stands without quotes. */
static void wrong_quantity(struct nm_build *build, struct nm_raw_section *section, const char *name,
			   const char *value, const char *problem)
{
	nm_raw_wrong(build->raw, nm_value_pos(section, name),
		     nm_arena_format(build->raw->arena, "%s = %s in %s", name, nm_raw_quote(build->raw, value),
				     nm_raw_where(build->raw, section)),
		     problem);
}

const char *nm_value_text(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const char *text = written(section, name);

	if (!text)
		return NULL;
	if (!*text)
		nm_raw_mistake(build->raw, nm_value_pos(section, name),
			       "%s in %s is empty: leave it out, or say what it is", name,
			       nm_raw_where(build->raw, section));
	else if (strlen(text) > NM_TEXT_BYTES)
		nm_raw_mistake(build->raw, nm_value_pos(section, name),
			       "%s in %s has %zu bytes: at most %d are taken", name,
			       nm_raw_where(build->raw, section), strlen(text), NM_TEXT_BYTES);
	else
		return keep(build, text);
	return NULL;
}

/* Only https, but for loopback; no user and password before the host (design.md 9). */
const char *nm_value_url(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };
	const char *url = nm_value_text(build, section, name);
	bool good;
	size_t i;

	if (!url)
		return NULL;
	good = !strncmp(url, "https://", 8) && url[8] && !strchr("/:@?#", url[8]);
	for (i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		const size_t len = strlen(hosts[i]);

		good |= !strncmp(url, hosts[i], len) && strchr("/:?#", url[len]);
	}
	if (!good || strpbrk(url, " \t\n\"<>\\")) {
		wrong(build, section, name, url,
		      "an https:// URL is expected (http:// only to this machine itself)");
		return NULL;
	}
	i = strcspn(url, ":") + 3;
	if (memchr(url + i, '@', strcspn(url + i, "/?#"))) {
		nm_raw_mistake(build->raw, nm_value_pos(section, name),
			       "%s in %s holds a user and password: secrets do not "
			       "stand in a plan",
			       name, nm_raw_where(build->raw, section));
		return NULL;
	}
	return url;
}

int64_t nm_value_duration(struct nm_build *build, struct nm_raw_section *section, const char *name,
			  int64_t least, int64_t most)
{
	const char *text = written(section, name);
	char a[NM_TIME_TEXT], b[NM_TIME_TEXT], problem[2 * NM_TIME_TEXT + 32];
	struct nm_error err = { .code = NM_OK };
	int64_t seconds;

	if (!text)
		return -1;
	if (nm_duration_read(text, &seconds, &err)) {
		wrong(build, section, name, text, err.text);
		return -1;
	}
	if (seconds >= least && seconds <= most)
		return seconds;
	nm_duration_write(least, a);
	nm_duration_write(most, b);
	snprintf(problem, sizeof problem, "from %s to %s is taken", a, b);
	wrong_quantity(build, section, name, text, problem);
	return -1;
}

/* Digits, a point and up to six more digits; strtod would follow the locale and take "0x" and "inf". */
static bool read_decimal(const char *text, double *out)
{
	size_t i, whole = strspn(text, DIGITS), point = text[whole] == '.';
	size_t decimals = point ? strspn(text + whole + 1, DIGITS) : 0;
	double value = 0, unit = 1;

	if (!whole || whole > 12 || decimals > 6 || (point && !decimals) || text[whole + point + decimals])
		return false;
	for (i = 0; i < whole + point + decimals; i++)
		if (text[i] != '.')
			value = value * 10 + (text[i] - '0');
	for (i = 0; i < decimals; i++)
		unit *= 10;
	*out = value / unit;
	return true;
}

double nm_value_decimal(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const struct nm_option_info *info = info_of(section, name);
	const char *text = written(section, name);
	const double most = info->type == NM_TYPE_PERCENT ? 100 : info->type == NM_TYPE_AMOUNT ? 1e9 : 1000;
	double value;

	if (text && read_decimal(text, &value) && value <= most)
		return value;
	if (text)
		wrong(build, section, name, text,
		      info->type == NM_TYPE_PERCENT ? "a percentage from 0 to 100 is expected, without a sign"
		      : info->type == NM_TYPE_AMOUNT ? "an amount is expected, as 120 or 1.50"
						     : "a number from 0 to 1000 is expected, as 3 or 2.5");
	return info->fallback && read_decimal(info->fallback, &value) ? value : 0;
}

int nm_value_count(struct nm_build *build, struct nm_raw_section *section, const char *name, int most)
{
	const char *text = written(section, name);
	char problem[64];
	double value;

	/* "010" is ten in no language but C's. */
	if (text && read_decimal(text, &value) && !strchr(text, '.') && text[0] != '0' && value <= most)
		return (int)value;
	snprintf(problem, sizeof problem, "a whole number from 1 to %d is expected", most);
	wrong_quantity(build, section, name, text ? text : "", problem);
	return 1;
}

int nm_value_yes(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const char *text = written(section, name);

	if (!text)
		return -1;
	if (!strcmp(text, "yes"))
		return 1;
	if (strcmp(text, "no"))
		wrong(build, section, name, text, "yes or no is expected");
	return 0;
}

/* The how-manieth of words separated by '|' is text?  -1: none. */
static int word_index(const char *words, const char *text)
{
	const size_t len = strlen(text);
	int i;

	for (i = 0; words; i++) {
		const size_t n = strcspn(words, "|");

		if (n == len && !memcmp(words, text, n))
			return i;
		words = words[n] ? words + n + 1 : NULL;
	}
	return -1;
}

static void offer_words(struct nm_build *build, struct nm_nearest *nearest, const char *words)
{
	while (words) {
		const size_t n = strcspn(words, "|");
		const char *word = nm_arena_textn(build->raw->arena, words, n);

		if (word)
			nm_nearest_offer(nearest, word);
		words = words[n] ? words + n + 1 : NULL;
	}
}

int nm_value_choice(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const struct nm_option_info *info = info_of(section, name);
	const char *text = written(section, name);
	struct nm_nearest nearest = { .wanted = text };
	int choice;

	if (!text)
		return -1;
	choice = word_index(info->values, text);
	if (choice >= 0)
		return choice;
	offer_words(build, &nearest, info->values);
	nm_raw_mistake(build->raw, nm_value_pos(section, name), "%s = \"%s\" in %s: one of %s is expected%s",
		       name, nm_raw_quote(build->raw, text), nm_raw_where(build->raw, section), info->values,
		       nm_nearest_words(build->raw, &nearest));
	return -1;
}

nm_number nm_value_phone(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const char *text = written(section, name);
	struct nm_error err = { .code = NM_OK };
	nm_number number;

	/* What a national number means without a country has been asked where the country is missing. */
	if (!text || (!build->country_known && *text != '+'))
		return 0;
	if (!nm_number_read(text, build->plan->country, &number, &err))
		return number;
	wrong(build, section, name, text, err.text);
	return 0;
}

bool nm_value_time(struct nm_build *build, struct nm_raw_section *section, const char *name, nm_time *out)
{
	const char *text = written(section, name);
	struct nm_error err = { .code = NM_OK };

	if (!text || !build->plan->zone)
		return false;
	if (!strchr(DIGITS, *text) || !*text)
		wrong(build, section, name, text, "a time is expected, as 2026-12-25 10:00");
	else if (nm_time_read(text, build->plan->zone, 0, out, &err))
		wrong(build, section, name, text, err.text);
	else
		return true;
	return false;
}

char nm_value_key(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const char *text = written(section, name);

	if (!text)
		return 0;
	if (text[0] && !text[1] && strchr(DIGITS "*#", text[0]))
		return text[0];
	wrong(build, section, name, text, "one key of a telephone is expected: 0-9, * or #");
	return 0;
}

int nm_value_own_voicemail(struct nm_build *build, struct nm_raw_section *section, const char *name,
			   int not_given)
{
	const char *text = written(section, name);
	struct nm_error err = { .code = NM_OK };
	int64_t seconds;

	if (!nm_value_given(section, name))
		return not_given;
	if (!strcmp(text, "none"))
		return NM_OWN_VOICEMAIL_NONE;
	if (!strcmp(text, "unknown"))
		return NM_OWN_VOICEMAIL_UNKNOWN;
	if (!nm_duration_read(text, &seconds, &err) && seconds > 0 && seconds <= NM_FOR_MAX)
		return (int)seconds;
	wrong(build, section, name, text, "none, unknown or a time from 1s to 10m is expected, as 25s");
	return NM_OWN_VOICEMAIL_UNKNOWN;
}

/* --- references --- */

/* Where the sections of a kind are kept: their place in nm_sections. */
static const struct nm_names *names_of(const struct nm_build *build, const char *kind)
{
	return &build->names[nm_section_find(kind) - nm_sections];
}

int nm_names_find(const struct nm_build *build, const char *kind, const char *name)
{
	const struct nm_names *names = names_of(build, kind);
	size_t low = 0, high = names->n;

	/* The first of equal names. */
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(names->items[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < names->n && !strcmp(names->items[low].name, name) ? names->items[low].id : -1;
}

static void offer_names(const struct nm_build *build, struct nm_nearest *nearest, const char *kind)
{
	const struct nm_names *names = names_of(build, kind);
	size_t i;

	for (i = 0; i < names->n && i < NAMES_OFFERED; i++)
		nm_nearest_offer(nearest, names->items[i].name);
}

/* "destination|rotation|line" as people say it. */
static const char *kinds_words(struct nm_build *build, const char *kinds)
{
	const char *words = "", *last = strrchr(kinds, '|');

	while (words && kinds) {
		const size_t n = strcspn(kinds, "|");

		words = nm_arena_format(build->raw->arena, "%s%s%.*s", words,
					!*words	       ? ""
					: kinds > last ? " or "
						       : ", ",
					(int)n, kinds);
		kinds = kinds[n] ? kinds + n + 1 : NULL;
	}
	if (!words)
		build->raw->no_memory = true;
	return words ? words : "";
}

/* One name more of those there are; the first few are told, the others counted. */
static void there_is(struct nm_buf *out, size_t *n, const char *name)
{
	if (*n < NAMES_LISTED)
		nm_buf_addf(out, "%s'%s'", *n ? ", " : "; the plan has ", name);
	++*n;
}

/* What could stand there, where nothing is near what does. */
static const char *there_are_words(struct nm_build *build, const char *kinds)
{
	struct nm_buf out;
	const char *words;
	size_t n = 0;

	nm_buf_init(&out, 1024);
	for (; kinds; kinds = strchr(kinds, '|') ? strchr(kinds, '|') + 1 : NULL) {
		const char *one = nm_arena_textn(build->raw->arena, kinds, strcspn(kinds, "|"));
		const struct nm_names *names = one && nm_section_find(one) ? names_of(build, one) : NULL;
		size_t i;

		for (i = 0; names && i < names->n; i++)
			there_is(&out, &n, nm_raw_quote(build->raw, names->items[i].name));
		if (one && !names)
			there_is(&out, &n, one);
	}
	if (n > NAMES_LISTED)
		nm_buf_addf(&out, " and %zu more", n - NAMES_LISTED);
	words = n ? nm_arena_text(build->raw->arena, out.failed ? "" : out.data) : "; the plan has none yet";
	nm_buf_clear(&out);
	if (!words)
		build->raw->no_memory = true;
	return words ? words : "";
}

/* The name is of none of these kinds. */
static void dangling(struct nm_build *build, struct nm_raw_section *section, const char *name,
		     const char *value, const char *kinds)
{
	struct nm_nearest nearest = { .wanted = value };
	const char *kind;

	if (build->raw->partial || build->raw->mistakes > NM_PLAN_MISTAKES)
		return;
	for (kind = build->raw->mistakes < MISTAKES_OFFERED ? kinds : NULL; kind;
	     kind = strchr(kind, '|') ? strchr(kind, '|') + 1 : NULL) {
		const char *one = nm_arena_textn(build->raw->arena, kind, strcspn(kind, "|"));

		if (one && nm_section_find(one))
			offer_names(build, &nearest, one);
		else if (one)
			nm_nearest_offer(&nearest, one);
	}
	nm_raw_mistake(build->raw, nm_value_pos(section, name), "%s in %s: there is no %s '%s'%s", name,
		       nm_raw_where(build->raw, section), kinds_words(build, kinds),
		       nm_raw_quote(build->raw, value),
		       nearest.best ? nm_nearest_words(build->raw, &nearest) : there_are_words(build, kinds));
}

int nm_value_reference(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const char *kinds = info_of(section, name)->values, *last = strrchr(kinds, '|');
	const char *value = written(section, name);
	int id;

	if (!value)
		return -1;
	id = nm_names_find(build, last ? last + 1 : kinds, value);
	if (id < 0)
		dangling(build, section, name, value, kinds);
	return id;
}

/* Told for names that stand twice in one list: the second does nothing. */
static bool is_repeated(struct nm_build *build, struct nm_raw_section *section,
			const struct nm_raw_option *option, size_t i)
{
	size_t j;

	/* Long lists are not gone through: nobody writes them by hand. */
	for (j = 0; j < i && j < NM_PLAN_SCHEDULES; j++) {
		if (strcmp(option->values[i], option->values[j]))
			continue;
		nm_raw_mistake(build->raw, option->pos, "%s in %s names '%s' twice: name it once",
			       option->info->name, nm_raw_where(build->raw, section),
			       nm_raw_quote(build->raw, option->values[i]));
		return true;
	}
	return false;
}

struct nm_set nm_value_references(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const struct nm_raw_option *option = take(section, name);
	struct nm_set set = { .given = option != NULL };
	size_t i;
	int *ids;

	if (!option)
		return set;
	ids = nm_arena_alloc(build->arena, option->n, sizeof *ids);
	if (!ids) {
		build->raw->no_memory = true;
		return set;
	}
	for (i = 0; i < option->n; i++) {
		const int id = nm_names_find(build, option->info->values, option->values[i]);

		if (id < 0)
			dangling(build, section, name, option->values[i], option->info->values);
		else if (!is_repeated(build, section, option, i))
			ids[set.n++] = id;
	}
	set.ids = ids;
	return set;
}

static bool find_target(const struct nm_build *build, const char *kinds, const char *name,
			struct nm_target *out)
{
	static const char *const kind_names[] = { "destination", "rotation", "line" }; /* as nm_target_kind */
	int kind;

	for (kind = NM_TARGET_DESTINATION; kind <= NM_TARGET_LINE; kind++) {
		if (word_index(kinds, kind_names[kind]) < 0)
			continue;
		*out = (struct nm_target){ (enum nm_target_kind)kind,
					   nm_names_find(build, kind_names[kind], name) };
		if (out->id >= 0)
			return true;
	}
	return false;
}

struct nm_targets nm_value_targets(struct nm_build *build, struct nm_raw_section *section, const char *name)
{
	const struct nm_raw_option *option = take(section, name);
	struct nm_targets targets = { .given = option != NULL };
	struct nm_target *items;
	size_t i;

	if (!option)
		return targets;
	if (option->n > NM_RING_MAX) {
		nm_raw_mistake(build->raw, option->pos, "%s in %s names %zu: at most %d are taken", name,
			       nm_raw_where(build->raw, section), option->n, NM_RING_MAX);
		return targets;
	}
	items = nm_arena_alloc(build->arena, option->n, sizeof *items);
	if (!items) {
		build->raw->no_memory = true;
		return targets;
	}
	for (i = 0; i < option->n; i++) {
		if (!find_target(build, option->info->values, option->values[i], &items[targets.n]))
			dangling(build, section, name, option->values[i], option->info->values);
		else if (!is_repeated(build, section, option, i))
			targets.n++;
	}
	targets.items = items;
	return targets;
}

/* "+1737555*": the digits before the star. */
static bool read_prefix(const char *text, nm_number *out)
{
	size_t digits = 0;
	nm_number number = 0;

	if (*text++ != '+' || *text == '0')
		return false;
	for (; *text && *text != '*'; text++) {
		if (strchr(" -.()", *text))
			continue;
		if (!strchr(DIGITS, *text) || ++digits > 14)
			return false;
		number = number * 10 + (nm_number)(*text - '0');
	}
	*out = number;
	return digits && *text == '*' && !text[1];
}

static bool read_pattern(struct nm_build *build, struct nm_raw_section *section, const char *name,
			 const char *text, struct nm_caller_pattern *out)
{
	struct nm_error err = { .code = NM_OK };

	*out = (struct nm_caller_pattern){ .anonymous = !strcmp(text, "anonymous"),
					   .prefix = strchr(text, '*') != NULL };
	if (out->anonymous)
		return true;
	if (out->prefix) {
		if (read_prefix(text, &out->number))
			return true;
		wrong(build, section, name, text,
		      "the beginning of a number is written +1900*, with its country code");
		return false;
	}
	if (!build->country_known && *text != '+')
		return false;
	if (!nm_number_read(text, build->plan->country, &out->number, &err))
		return true;
	wrong(build, section, name, text, err.text);
	return false;
}

void nm_value_patterns(struct nm_build *build, struct nm_raw_section *section, const char *name,
		       struct nm_callers *out)
{
	const struct nm_raw_option *option = take(section, name);
	struct nm_caller_pattern *patterns;
	size_t i;

	if (!option)
		return;
	patterns = nm_arena_alloc(build->arena, option->n, sizeof *patterns);
	if (!patterns) {
		build->raw->no_memory = true;
		return;
	}
	for (i = 0; i < option->n; i++)
		out->n += read_pattern(build, section, name, option->values[i], &patterns[out->n]);
	out->patterns = patterns;
}
