/* SPDX-License-Identifier: MIT */
/*
 * The outline of one plan file: which sections and options stand where, and how many values each has.
 * libconfuse reads the values afterwards, from a cleaned copy of the text; what it would take in
 * silence or stop at (style.md 3.12: comments in lists, ${VAR}, +=, unknown options, things given
 * twice) is found here, told, and blanked in the copy.  Knows nothing of what values mean.
 */
#include "plan_lex.h"

struct scan {
	struct nm_lex lex;
	struct nm_raw *raw;
	int depth;
	struct nm_raw_section *open[NM_LEX_DEPTH]; /* [0] is the top of the plan */
	struct nm_raw_section **sections_end;
	struct nm_raw_option **after;
	size_t bare_until; /* where the option before ended in a value without quotes; 0 */
};

const struct nm_option_info nm_include_info = {
	"", "include", NM_TYPE_TEXT, NULL, NULL, false, "Reads another file here."
};

static bool is_value(struct nm_token token)
{
	return token.kind == NM_TOKEN_WORD || token.kind == NM_TOKEN_TEXT;
}

static struct nm_raw_section *scan_top(struct scan *scan)
{
	return scan->open[scan->depth];
}

static const char *section_name(const struct nm_raw_section *section)
{
	return section->info ? section->info->name : "";
}

static bool is_secret(const char *name)
{
	static const char *const words[] = {
		"token",   "password", "passwd", "pass",      "secret",       "auth_token",   "key",
		"api_key", "apikey",   "bearer", "api_token", "api_password", "access_token",
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(name, words[i]))
			return true;
	return false;
}

/* "; it takes a, b, c": for a name that is near to none of them. */
static const char *options_words(struct scan *scan, const char *section)
{
	struct nm_buf words;
	const char *text;

	nm_buf_init(&words, 4096);
	for (size_t i = 0; i < nm_options_count; i++)
		if (!strcmp(nm_options[i].section, section))
			nm_buf_addf(&words, "%s%s", words.len ? ", " : "; it takes ", nm_options[i].name);
	text = words.failed ? NULL : nm_arena_text(scan->raw->arena, words.data);
	if (!text)
		scan->raw->no_memory = true;
	nm_buf_clear(&words);
	return text ? text : "";
}

static void unknown_option(struct scan *scan, struct nm_token token, const char *name)
{
	struct nm_raw_section *section = scan_top(scan);
	struct nm_nearest nearest = { .wanted = name };
	const char *where = nm_raw_where(scan->raw, section);
	size_t i;

	if (is_secret(name)) {
		nm_raw_mistake(scan->raw, token.pos,
			       "unknown option '%s' in %s: secrets do not stand in a plan; name them "
			       "with %s",
			       name, where,
			       strcmp(section_name(section), "calendar")
				       ? "token_cmd, token_env or token_file"
				       : "password_cmd or url_cmd");
		return;
	}
	for (i = 0; i < nm_options_count; i++)
		if (!strcmp(nm_options[i].section, section_name(section)))
			nm_nearest_offer(&nearest, nm_options[i].name);
	nm_raw_mistake(scan->raw, token.pos, "unknown option '%s' in %s%s", nm_raw_quote(scan->raw, name), where,
		       nearest.best ? nm_nearest_words(scan->raw, &nearest)
				    : options_words(scan, section_name(section)));
}

/* The values after the equal sign: how many, and whether in braces. False on a syntax error. */
static bool scan_values(struct scan *scan, size_t *n, bool *braces)
{
	struct nm_token token = nm_lex_next(&scan->lex);

	*n = 1;
	*braces = token.kind == '{';
	if (!*braces) {
		if (!is_value(token))
			nm_lex_expect(&scan->lex, token, "a value");
		return is_value(token);
	}
	for (*n = 0, token = nm_lex_next(&scan->lex); token.kind != '}'; token = nm_lex_next(&scan->lex)) {
		if (!is_value(token)) {
			nm_lex_expect(&scan->lex, token, "a value or the closing brace of the list");
			return false;
		}
		++*n;
		token = nm_lex_next(&scan->lex);
		if (token.kind == '}')
			return true;
		if (token.kind != ',') {
			nm_lex_expect(&scan->lex, token, "a comma or the closing brace of the list");
			return false;
		}
	}
	return true;
}

static struct nm_raw_option *add_option(struct scan *scan, struct nm_raw_section *section,
					const struct nm_option_info *info, struct nm_pos pos, size_t n)
{
	struct nm_raw_option *option = nm_arena_alloc(scan->raw->arena, 1, sizeof *option);

	if (option)
		option->values = nm_arena_alloc(scan->raw->arena, n, sizeof *option->values);
	if (!option || !option->values) {
		scan->raw->no_memory = true;
		return NULL;
	}
	option->info = info;
	option->pos = pos;
	option->n = n;
	*section->options_end = option;
	section->options_end = &option->next;
	*scan->after = option;
	scan->after = &option->after;
	return option;
}

/* NAME is read and an equal sign follows. */
static void scan_assignment(struct scan *scan, struct nm_token name_token, bool append)
{
	struct nm_raw_section *section = scan_top(scan);
	const char *name = nm_lex_text(&scan->lex, name_token);
	const struct nm_option_info *info = nm_option_find(section_name(section), name);
	const struct nm_raw_option *first;
	bool braces, taken = false;
	size_t n;

	if (!scan_values(scan, &n, &braces))
		return;
	name_token.pos.end_line = scan->lex.line;
	first = info ? nm_raw_find(section, name) : NULL;
	if (!info)
		unknown_option(scan, name_token, name);
	else if (info->type == NM_TYPE_SECTION)
		nm_raw_mistake(scan->raw, name_token.pos, "%s is a section: write %s { ... }", name, name);
	else if (append)
		nm_raw_mistake(scan->raw, name_token.pos,
			       "'%s +=' is not taken: write the whole list after one '='", name);
	else if (first)
		nm_raw_mistake(scan->raw, name_token.pos, "'%s' is given twice in %s, first on line %d", name,
			       nm_raw_where(scan->raw, section), first->pos.line);
	else if (braces && !nm_option_is_list(info->type))
		nm_raw_mistake(scan->raw, name_token.pos, "'%s' takes one value, not a list", name);
	else
		taken = !scan->lex.refused && add_option(scan, section, info, name_token.pos, n);
	if (!taken) {
		scan->raw->partial |= info && !first;
		nm_lex_blank(&scan->lex, name_token.from, scan->lex.at);
	}
}

/* include("other.conf") */
static void scan_include(struct scan *scan, struct nm_token name)
{
	struct nm_token file = nm_lex_next(&scan->lex), close;
	struct nm_raw_section *include;

	if (!is_value(file)) {
		nm_lex_expect(&scan->lex, file, "a file's name");
		return;
	}
	close = nm_lex_next(&scan->lex);
	if (close.kind != ')') {
		nm_lex_expect(&scan->lex, close, "a closing bracket");
		return;
	}
	if (strcmp(nm_lex_text(&scan->lex, name), "include") || scan->depth || scan->lex.refused) {
		if (!scan->lex.refused)
			nm_raw_mistake(scan->raw, name.pos,
				       scan->depth
					       ? "include(\"...\") stands outside of sections"
					       : "the only word with brackets is include(\"other.conf\")");
		scan->raw->partial = true;
		nm_lex_blank(&scan->lex, name.from, scan->lex.at);
		return;
	}
	include = nm_arena_alloc(scan->raw->arena, 1, sizeof *include);
	if (!include) {
		scan->raw->no_memory = true;
		return;
	}
	include->pos = name.pos;
	include->options_end = &include->options;
	include->children_end = &include->children;
	if (!add_option(scan, include, &nm_include_info, name.pos, 1))
		return;
	*scan->sections_end = include;
	scan->sections_end = &include->next;
}

/* Leaves a section out: to its closing brace, and blanks it. */
static void skip_section(struct scan *scan, struct nm_token name)
{
	int braces = 1;

	scan->raw->partial = true;
	while (braces) {
		const struct nm_token token = nm_lex_next(&scan->lex);

		if (token.kind == NM_TOKEN_END)
			nm_lex_fail(&scan->lex, name.pos, "this section has no closing brace");
		if (token.kind == NM_TOKEN_END || token.kind == NM_TOKEN_BROKEN)
			return;
		braces += (token.kind == '{') - (token.kind == '}');
	}
	nm_lex_blank(&scan->lex, name.from, scan->lex.at);
}

static void unknown_section(struct scan *scan, struct nm_token token, const char *name)
{
	const struct nm_raw_section *outer = scan_top(scan);
	struct nm_nearest nearest = { .wanted = name };
	size_t i;

	if (nm_option_find(section_name(outer), name)) {
		nm_raw_mistake(scan->raw, token.pos, "'%s' is an option: write %s = ...", name, name);
		return;
	}
	for (i = 0; i < nm_sections_count; i++)
		if (!strcmp(nm_sections[i].name, "step") == (scan->depth == 1))
			nm_nearest_offer(&nearest, nm_sections[i].name);
	nm_raw_mistake(scan->raw, token.pos, "unknown section '%s'%s", nm_raw_quote(scan->raw, name),
		       nm_nearest_words(scan->raw, &nearest));
}

/* May a section of this kind stand here?  One that may not is most often behind a missing brace. */
static bool section_fits(struct scan *scan, struct nm_token name, const struct nm_section_info *info)
{
	const struct nm_raw_section *outer = scan_top(scan);
	const bool step = !strcmp(info->name, "step");
	const char *text;

	if (step && scan->depth == 0) {
		nm_raw_mistake(scan->raw, name.pos,
			       "a step stands inside of a path: path NAME { step { ring = ... } }");
		return false;
	}
	if (step ? !strcmp(section_name(outer), "path") : scan->depth == 0)
		return true;
	text = nm_arena_format(scan->raw->arena,
			       "%s begins inside of %s, which is still open since line %d: is its closing "
			       "brace missing?",
			       info->name, nm_raw_where(scan->raw, outer), outer->pos.line);
	if (!text)
		scan->raw->no_memory = true;
	nm_lex_fail(&scan->lex, name.pos, text ? text : "");
	return false;
}

static size_t most_of(const char *kind)
{
	if (!strcmp(kind, "callers"))
		return NM_PLAN_GROUPS;
	if (!strcmp(kind, "schedule"))
		return NM_PLAN_SCHEDULES;
	if (!strcmp(kind, "override"))
		return NM_PLAN_OVERRIDES;
	return NM_PLAN_ITEMS;
}

/* One more of its kind; false when there are too many, which is told once. */
static bool section_counts(struct scan *scan, struct nm_token name, const struct nm_section_info *info)
{
	const bool step = !strcmp(info->name, "step");
	size_t *count = step ? &scan_top(scan)->n_children : &scan->raw->count[info - nm_sections];
	const size_t most = step ? NM_STEPS_MAX : most_of(info->name);

	++*count;
	if (*count == most + 1)
		nm_raw_mistake(scan->raw, name.pos, "more than %zu %s sections%s: write at most %zu", most,
			       info->name, step ? " in one path" : "", most);
	return *count <= most;
}

/* The name of a section, its quotes taken off; NULL (and told) when it cannot be one. */
static const char *section_title(struct scan *scan, struct nm_token title)
{
	const char *text, *problem;

	if (title.kind == NM_TOKEN_TEXT) {
		title.from++;
		title.until--;
	}
	text = nm_lex_text(&scan->lex, title);
	problem = nm_name_problem(text);
	if (problem)
		nm_raw_mistake(scan->raw, title.pos, "this name %s", problem);
	return problem || scan->lex.refused ? NULL : text;
}

static void open_section(struct scan *scan, struct nm_token name, const struct nm_section_info *info,
			 const char *title)
{
	struct nm_raw_section *section = nm_arena_alloc(scan->raw->arena, 1, sizeof *section);
	struct nm_raw_section *outer = scan_top(scan);

	if (!section) {
		scan->raw->no_memory = true;
		return;
	}
	section->info = info;
	section->title = title;
	section->pos = name.pos;
	section->options_end = &section->options;
	section->children_end = &section->children;
	if (scan->depth) {
		section->outer = outer;
		section->number = outer->n_children;
		*outer->children_end = section;
		outer->children_end = &section->next;
	} else {
		*scan->sections_end = section;
		scan->sections_end = &section->next;
	}
	scan->open[++scan->depth] = section;
}

/* NAME is read, and `after` is a title or the opening brace. */
static void scan_section(struct scan *scan, struct nm_token name, struct nm_token after)
{
	const char *word = nm_lex_text(&scan->lex, name), *title = NULL;
	const struct nm_section_info *info = nm_section_find(word);
	const bool titled = is_value(after);
	bool taken = info != NULL;

	if (titled) {
		const struct nm_token brace = nm_lex_next(&scan->lex);

		if (brace.kind != '{') {
			nm_lex_expect(&scan->lex, info ? brace : after,
				      info ? "an opening brace" : "'=', or a section's brace,");
			return;
		}
	}
	if (!info)
		unknown_section(scan, name, word);
	else if (!section_fits(scan, name, info))
		taken = false;
	else if (info->titled && !titled)
		nm_raw_mistake(scan->raw, name.pos, "this %s has no name: write %s NAME { ... }", word, word);
	else if (titled && !info->titled)
		nm_raw_mistake(scan->raw, name.pos, "%s takes no name: write %s { ... }", word, word);
	if (scan->lex.broken)
		return;
	if (taken && titled && info->titled)
		title = section_title(scan, after);
	if (titled && info && !info->titled)
		nm_lex_blank(&scan->lex, after.from, after.until);
	if (taken && info->titled && !title)
		taken = false;
	if (taken && section_counts(scan, name, info))
		open_section(scan, name, info, title);
	else
		skip_section(scan, name);
}

/* Does this stand on the line of a value without quotes, right behind it? */
static bool follows_bare(const struct scan *scan, struct nm_token token)
{
	return scan->bare_until &&
	       strspn(scan->lex.text + scan->bare_until, " \t") >= token.from - scan->bare_until;
}

/* Does this word, or text, go on with the value before it, as in `business = Smith Plumbing`, `You've`? */
static bool goes_on(struct scan *scan, struct nm_token name)
{
	const char *word;

	if (!follows_bare(scan, name))
		return false;
	if (name.kind == NM_TOKEN_TEXT)
		return true;
	word = nm_lex_text(&scan->lex, name);
	return !nm_section_find(word) && !nm_option_find(section_name(scan_top(scan)), word);
}

static void needs_quotes(struct scan *scan, struct nm_token token)
{
	nm_lex_fail(&scan->lex, token.pos,
		    "a value with blanks needs quotes, \"like this\"; a length of time has none: 15s");
}

static size_t bare_end(const struct scan *scan)
{
	return scan->lex.at && !strchr("\"'}", scan->lex.text[scan->lex.at - 1]) ? scan->lex.at : 0;
}

/* One statement, or a closing brace.  False at the end. */
static bool scan_statement(struct scan *scan)
{
	struct nm_token name, after;
	bool stray;

	scan->lex.long_before = scan->lex.long_text_from;
	scan->lex.long_text_from = 0;
	name = nm_lex_next(&scan->lex);
	scan->lex.refused = false;
	if (name.kind == NM_TOKEN_WORD && scan->lex.text[name.from] == ';') {
		nm_raw_mistake(scan->raw, name.pos, "an option ends with its value: no ';' is needed");
		scan->lex.at = name.from + 1;
		nm_lex_blank(&scan->lex, name.from, scan->lex.at);
		return true;
	}
	if (name.kind == '}' && scan->depth) {
		scan->open[scan->depth--]->pos.end_line = name.pos.line;
		return true;
	}
	if (name.kind == NM_TOKEN_END) {
		if (scan->depth)
			nm_lex_fail(&scan->lex, scan_top(scan)->pos, "this section has no closing brace");
		return false;
	}
	if (name.kind != NM_TOKEN_WORD) {
		if (name.kind == '}')
			nm_lex_fail(&scan->lex, name.pos, "this closing brace closes nothing");
		else if (name.kind == NM_TOKEN_TEXT && goes_on(scan, name))
			needs_quotes(scan, name);
		else
			nm_lex_expect(&scan->lex, name, "the name of an option or a section");
		return false;
	}
	stray = goes_on(scan, name);
	scan->bare_until = 0;
	after = nm_lex_next(&scan->lex);
	if (after.kind == '=' || after.kind == '+') {
		scan_assignment(scan, name, after.kind == '+');
		scan->bare_until = bare_end(scan);
	} else if (stray && after.kind != '{') {
		needs_quotes(scan, name);
	} else if (after.kind == '{' || is_value(after)) {
		scan_section(scan, name, after);
	} else if (after.kind == '(') {
		scan_include(scan, name);
	} else {
		nm_lex_expect(&scan->lex, after,
			      nm_section_find(nm_lex_text(&scan->lex, name)) ? "a name or an opening brace"
									     : "'='");
	}
	return !scan->lex.broken && !scan->raw->no_memory;
}

/* After a syntax error libconfuse gets what stands before the statement, its sections closed. */
static void cut(struct scan *scan, size_t from)
{
	size_t left;

	memset(scan->lex.text + from, 0, scan->lex.len - from);
	for (left = 0; left < (size_t)scan->depth; left++)
		scan->lex.text[from + left] = '}';
	for (; scan->depth; scan->depth--)
		scan->open[scan->depth]->pos.end_line = scan->lex.line;
}

bool nm_plan_scan(struct nm_raw *raw, const char *file, const char *text, size_t len, struct nm_scanned *out)
{
	struct scan scan = { .raw = raw };
	size_t from = 0;

	*out = (struct nm_scanned){ .clean = NULL };
	scan.open[0] = &raw->top;
	scan.sections_end = &out->sections;
	scan.after = &out->first;
	if (!nm_lex_init(&scan.lex, raw, file, text, len))
		return false;
	while (scan_statement(&scan))
		from = scan.lex.at;
	if (scan.lex.broken)
		cut(&scan, from);
	out->clean = scan.lex.text;
	return !raw->no_memory;
}

bool nm_plan_has_no_section(const char *text, size_t len)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_scanned scanned;
	struct nm_diags mistakes;
	struct nm_raw raw;
	bool none;

	if (!arena)
		return false;
	nm_diags_init(&mistakes);
	nm_raw_init(&raw, arena, &mistakes);
	none = nm_plan_scan(&raw, "", text, len, &scanned) && !scanned.sections && raw.mistakes == 0;
	nm_diags_clear(&mistakes);
	nm_arena_free(arena);
	return none;
}
