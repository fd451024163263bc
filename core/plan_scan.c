/* SPDX-License-Identifier: MIT */
/*
 * The outline of one plan file: which sections and options stand where, and how many values each has.
 * libconfuse reads the values afterwards, from a cleaned copy of the text; what it would take in
 * silence or stop at (style.md 3.12: comments in lists, ${VAR}, +=, unknown options, things given
 * twice) is found here, told, and blanked in the copy.  Knows nothing of what values mean.
 */
#include "plan_private.h"

enum { TOKEN_END = 0, TOKEN_WORD = 'w', TOKEN_TEXT = 't', TOKEN_BROKEN = '?' }; /* others: the character itself */

struct token {
	int kind;
	size_t from, until;
	struct nm_pos pos;
};

struct scan {
	struct nm_raw *raw;
	const char *file;
	char *text; /* the copy: comments and refused statements become blanks once they are passed */
	size_t len, at;
	int line;
	bool broken;  /* a syntax error: nothing after it can be trusted */
	bool refused; /* the statement holds something that is not taken */
	int long_text_from; /* line of a text over several lines, in this statement or the one before; 0 */
	int depth;
	struct nm_raw_section *open[3]; /* [0] is the top of the plan */
	struct nm_raw_section **sections_end;
	struct nm_raw_option **after;
};

const struct nm_option_info nm_include_info = { "", "include", NM_TYPE_TEXT, NULL, NULL, false, "Reads another file here." };

static struct nm_pos here(const struct scan *scan)
{
	return (struct nm_pos){ scan->file, scan->line, scan->line };
}

static void blank(struct scan *scan, size_t from, size_t until)
{
	size_t i;

	for (i = from; i < until; i++)
		if (scan->text[i] != '\n')
			scan->text[i] = ' ';
}

static const char *token_text(struct scan *scan, struct token token)
{
	const char *text = nm_arena_textn(scan->raw->arena, scan->text + token.from, token.until - token.from);

	if (!text)
		scan->raw->no_memory = true;
	return text ? text : "";
}

static const char *token_words(struct scan *scan, struct token token)
{
	return token.kind == TOKEN_END ? "the end of the file" : nm_raw_quote(scan->raw, token_text(scan, token));
}

/* A syntax error.  When a text that went over several lines ends just before, its quote is the suspect. */
static void syntax(struct scan *scan, struct nm_pos pos, const char *text)
{
	if (scan->broken)
		return;
	scan->broken = true;
	scan->raw->partial = true;
	if (scan->long_text_from) {
		const int line = pos.line;

		pos.line = scan->long_text_from;
		nm_raw_mistake(scan->raw, pos, "the text that begins here goes on over several lines: is its closing "
			       "quote missing? (line %d: %s)", line, text);
		return;
	}
	nm_raw_mistake(scan->raw, pos, "%s", text);
}

static void syntax_at(struct scan *scan, struct token token, const char *expected)
{
	const char *text;

	if (scan->broken || token.kind == TOKEN_BROKEN)
		return;
	text = nm_arena_format(scan->raw->arena, "%s is expected here, not %s", expected, token_words(scan, token));
	if (!text)
		scan->raw->no_memory = true;
	syntax(scan, token.pos, text ? text : "");
}

/* Past blanks, line ends and comments; comments become blanks.  False: a comment without an end. */
static bool skip_blanks(struct scan *scan)
{
	while (scan->at < scan->len) {
		const char *rest = scan->text + scan->at;
		const struct nm_pos pos = here(scan);
		size_t from = scan->at;

		if (*rest == ' ' || *rest == '\t' || *rest == '\n') {
			scan->line += *rest == '\n';
			scan->at++;
		} else if (*rest == '#' || !strncmp(rest, "//", 2)) {
			scan->at += strcspn(rest, "\n");
			blank(scan, from, scan->at);
		} else if (!strncmp(rest, "/*", 2)) {
			const char *end = strstr(rest + 2, "*/");

			if (!end) {
				syntax(scan, pos, "this comment has no closing */");
				return false;
			}
			for (scan->at += (size_t)(end + 2 - rest); rest < end; rest++)
				scan->line += *rest == '\n';
			blank(scan, from, scan->at);
		} else {
			return true;
		}
	}
	return true;
}

static void refuse_environment(struct scan *scan)
{
	nm_raw_mistake(scan->raw, here(scan), "'${' would read the environment, which a plan does not: write the text "
		       "in single quotes, or '\\${' in double ones");
	scan->refused = true;
}

/* Octal and hexadecimal escapes and control characters have no place in names and texts. */
static void check_escape(struct scan *scan, char c)
{
	if (!c || !strchr("0123456789xabefvr", c))
		return;
	nm_raw_mistake(scan->raw, here(scan), "the escape '\\%c' is not taken: write the character itself, or '\\\\' for "
		       "a backslash", c);
	scan->refused = true;
}

static bool scan_text(struct scan *scan, char quote)
{
	const struct nm_pos from = here(scan);

	for (scan->at++; scan->at < scan->len; scan->at++) {
		const char c = scan->text[scan->at], next = scan->text[scan->at + 1];

		if (c == quote) {
			scan->at++;
			if (scan->line > from.line)
				scan->long_text_from = from.line;
			return true;
		}
		if (c == '\\' && (quote == '"' || next == '\'' || next == '\\')) {
			check_escape(scan, quote == '"' ? next : 0);
			scan->line += next == '\n';
			scan->at++;
		} else if (c == '\n') {
			scan->line++;
		} else if (c == '$' && next == '{' && quote == '"') {
			refuse_environment(scan);
		}
	}
	scan->at = scan->len;
	syntax(scan, from, "this text has no closing quote");
	return false;
}

static void scan_word(struct scan *scan)
{
	scan->at += strcspn(scan->text + scan->at, " \t\n#\"'={}()+,*");
	if (scan->text[scan->at - 1] == '$' && scan->text[scan->at] == '{') {
		refuse_environment(scan);
		scan->at += strcspn(scan->text + scan->at, "}\n");
		scan->at += scan->text[scan->at] == '}';
	}
}

static struct token next_token(struct scan *scan)
{
	struct token token = { .kind = TOKEN_BROKEN };
	const bool clear = skip_blanks(scan);
	char c;

	token.from = token.until = scan->at;
	token.pos = here(scan);
	if (!clear || scan->broken)
		return token;
	c = scan->text[scan->at];
	if (!c) {
		token.kind = TOKEN_END;
	} else if (strchr("{}()=,", c) || (c == '+' && scan->text[scan->at + 1] == '=')) {
		scan->at += c == '+' ? 2 : 1;
		token.kind = c;
	} else if (c == '+' || c == '*') {
		syntax(scan, token.pos, "'+' and '*' stand in quotes: \"+15125550100\", \"+1900*\"");
	} else if (c == '"' || c == '\'') {
		token.kind = scan_text(scan, c) ? TOKEN_TEXT : TOKEN_BROKEN;
	} else {
		scan_word(scan);
		token.kind = TOKEN_WORD;
	}
	token.until = scan->at;
	return token;
}

static bool is_value(struct token token)
{
	return token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT;
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
	static const char *const words[] = { "token", "password", "passwd", "pass", "secret", "auth_token", "api_key",
					     "apikey", "api_token", "api_password", "key", "access_token", "bearer" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(name, words[i]))
			return true;
	return false;
}

static void unknown_option(struct scan *scan, struct token token, const char *name)
{
	struct nm_raw_section *section = scan_top(scan);
	struct nm_nearest nearest = { .wanted = name };
	const char *where = nm_raw_where(scan->raw, section);
	size_t i;

	if (is_secret(name)) {
		nm_raw_mistake(scan->raw, token.pos, "unknown option '%s' in %s: secrets do not stand in a plan; name them "
			       "with %s", name, where, strcmp(section_name(section), "calendar") ?
			       "token_cmd, token_env or token_file" : "password_cmd or url_cmd");
		return;
	}
	for (i = 0; i < nm_options_count; i++)
		if (!strcmp(nm_options[i].section, section_name(section)))
			nm_nearest_offer(&nearest, nm_options[i].name);
	nm_raw_mistake(scan->raw, token.pos, "unknown option '%s' in %s%s", nm_raw_quote(scan->raw, name), where,
		       nm_nearest_words(scan->raw, &nearest));
}

/* The values after the equal sign: how many, and whether in braces. False on a syntax error. */
static bool scan_values(struct scan *scan, size_t *n, bool *braces)
{
	struct token token = next_token(scan);

	*n = 1;
	*braces = token.kind == '{';
	if (!*braces) {
		if (!is_value(token))
			syntax_at(scan, token, "a value");
		return is_value(token);
	}
	for (*n = 0, token = next_token(scan); token.kind != '}'; token = next_token(scan)) {
		if (!is_value(token)) {
			syntax_at(scan, token, "a value or the closing brace of the list");
			return false;
		}
		++*n;
		token = next_token(scan);
		if (token.kind == '}')
			return true;
		if (token.kind != ',') {
			syntax_at(scan, token, "a comma or the closing brace of the list");
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
static void scan_assignment(struct scan *scan, struct token name_token, bool append)
{
	struct nm_raw_section *section = scan_top(scan);
	const char *name = token_text(scan, name_token);
	const struct nm_option_info *info = nm_option_find(section_name(section), name);
	const struct nm_raw_option *first;
	bool braces, taken = false;
	size_t n;

	if (!scan_values(scan, &n, &braces))
		return;
	name_token.pos.end_line = scan->line;
	first = info ? nm_raw_find(section, name) : NULL;
	if (!info)
		unknown_option(scan, name_token, name);
	else if (info->type == NM_TYPE_SECTION)
		nm_raw_mistake(scan->raw, name_token.pos, "%s is a section: write %s { ... }", name, name);
	else if (append)
		nm_raw_mistake(scan->raw, name_token.pos, "'%s +=' is not taken: write the whole list after one '='", name);
	else if (first)
		nm_raw_mistake(scan->raw, name_token.pos, "'%s' is given twice in %s, first on line %d", name,
			       nm_raw_where(scan->raw, section), first->pos.line);
	else if (braces && !nm_option_is_list(info->type))
		nm_raw_mistake(scan->raw, name_token.pos, "'%s' takes one value, not a list", name);
	else
		taken = !scan->refused && add_option(scan, section, info, name_token.pos, n);
	if (!taken) {
		scan->raw->partial |= info && !first;
		blank(scan, name_token.from, scan->at);
	}
}

/* include("other.conf") */
static void scan_include(struct scan *scan, struct token name)
{
	struct token file = next_token(scan), close;
	struct nm_raw_section *include;

	if (!is_value(file)) {
		syntax_at(scan, file, "a file's name");
		return;
	}
	close = next_token(scan);
	if (close.kind != ')') {
		syntax_at(scan, close, "a closing bracket");
		return;
	}
	if (strcmp(token_text(scan, name), "include") || scan->depth || scan->refused) {
		if (!scan->refused)
			nm_raw_mistake(scan->raw, name.pos, scan->depth ? "include(\"...\") stands outside of sections" :
				       "the only word with brackets is include(\"other.conf\")");
		scan->raw->partial = true;
		blank(scan, name.from, scan->at);
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
static void skip_section(struct scan *scan, struct token name)
{
	int braces = 1;

	scan->raw->partial = true;
	while (braces) {
		const struct token token = next_token(scan);

		if (token.kind == TOKEN_END)
			syntax(scan, name.pos, "this section has no closing brace");
		if (token.kind == TOKEN_END || token.kind == TOKEN_BROKEN)
			return;
		braces += (token.kind == '{') - (token.kind == '}');
	}
	blank(scan, name.from, scan->at);
}

static void unknown_section(struct scan *scan, struct token token, const char *name)
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
static bool section_fits(struct scan *scan, struct token name, const struct nm_section_info *info)
{
	const struct nm_raw_section *outer = scan_top(scan);
	const bool step = !strcmp(info->name, "step");
	const char *text;

	if (step && scan->depth == 0) {
		nm_raw_mistake(scan->raw, name.pos, "a step stands inside of a path: path NAME { step { ring = ... } }");
		return false;
	}
	if (step ? !strcmp(section_name(outer), "path") : scan->depth == 0)
		return true;
	text = nm_arena_format(scan->raw->arena, "%s begins inside of %s, which is still open since line %d: is its closing "
			       "brace missing?", info->name, nm_raw_where(scan->raw, outer), outer->pos.line);
	if (!text)
		scan->raw->no_memory = true;
	syntax(scan, name.pos, text ? text : "");
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
static bool section_counts(struct scan *scan, struct token name, const struct nm_section_info *info)
{
	const bool step = !strcmp(info->name, "step");
	size_t *count = step ? &scan_top(scan)->n_children : &scan->raw->count[info - nm_sections];
	const size_t most = step ? NM_STEPS_MAX : most_of(info->name);

	++*count;
	if (*count == most + 1)
		nm_raw_mistake(scan->raw, name.pos, "more than %zu %s sections%s", most, info->name,
			       step ? " in one path" : "");
	return *count <= most;
}

/* The name of a section, its quotes taken off; NULL (and told) when it cannot be one. */
static const char *section_title(struct scan *scan, struct token title)
{
	const char *text, *problem = NULL;

	if (title.kind == TOKEN_TEXT) {
		title.from++;
		title.until--;
	}
	text = token_text(scan, title);
	if (!*text)
		problem = "is empty";
	else if (strlen(text) > NM_TITLE_BYTES)
		problem = "is longer than 100 bytes";
	else if (strpbrk(text, "\\\n\t"))
		problem = "holds a backslash, tab or line end: plain words are taken";
	if (problem)
		nm_raw_mistake(scan->raw, title.pos, "this name %s", problem);
	return problem || scan->refused ? NULL : text;
}

static void open_section(struct scan *scan, struct token name, const struct nm_section_info *info, const char *title)
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
static void scan_section(struct scan *scan, struct token name, struct token after)
{
	const char *word = token_text(scan, name), *title = NULL;
	const struct nm_section_info *info = nm_section_find(word);
	const bool titled = is_value(after);
	bool taken = info != NULL;

	if (titled) {
		const struct token brace = next_token(scan);

		if (brace.kind != '{') {
			syntax_at(scan, info ? brace : after, info ? "an opening brace" : "'=', or a section's brace,");
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
	if (scan->broken)
		return;
	if (taken && titled && info->titled)
		title = section_title(scan, after);
	if (titled && info && !info->titled)
		blank(scan, after.from, after.until);
	if (taken && info->titled && !title)
		taken = false;
	if (taken && section_counts(scan, name, info))
		open_section(scan, name, info, title);
	else
		skip_section(scan, name);
}

/* One statement, or a closing brace.  False at the end. */
static bool scan_statement(struct scan *scan)
{
	const int long_text_from = scan->long_text_from;
	struct token name = next_token(scan), after;

	scan->refused = false;
	if (name.kind == TOKEN_WORD && scan->text[name.from] == ';') {
		nm_raw_mistake(scan->raw, name.pos, "an option ends with its value: no ';' is needed");
		scan->at = name.from + 1;
		blank(scan, name.from, scan->at);
		return true;
	}
	if (name.kind == '}' && scan->depth) {
		scan->open[scan->depth--]->pos.end_line = name.pos.line;
		return true;
	}
	if (name.kind == TOKEN_END) {
		if (scan->depth)
			syntax(scan, scan_top(scan)->pos, "this section has no closing brace");
		return false;
	}
	if (name.kind != TOKEN_WORD) {
		if (name.kind == '}')
			syntax(scan, name.pos, "this closing brace closes nothing");
		else
			syntax_at(scan, name, "the name of an option or a section");
		return false;
	}
	after = next_token(scan);
	if (after.kind == '=' || after.kind == '+')
		scan_assignment(scan, name, after.kind == '+');
	else if (after.kind == '{' || is_value(after))
		scan_section(scan, name, after);
	else if (after.kind == '(')
		scan_include(scan, name);
	else
		syntax_at(scan, after, nm_section_find(token_text(scan, name)) ? "a name or an opening brace" : "'='");
	if (scan->long_text_from == long_text_from)
		scan->long_text_from = 0;
	return !scan->broken && !scan->raw->no_memory;
}

/* Length of the UTF-8 sequence at s (RFC 3629: shortest form, no surrogates); 0 when it is none. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
	const size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 :
			 s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : 0;
	size_t i;

	if (!n || n > left)
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
	    (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return n;
}

/* Only text: UTF-8 without control characters. */
static bool check_bytes(struct scan *scan)
{
	const unsigned char *s = (const unsigned char *)scan->text;
	size_t i, n;

	for (i = 0; i < scan->len; i += n) {
		n = utf8_length(s + i, scan->len - i);
		if (!n)
			nm_raw_mistake(scan->raw, here(scan), "this is not UTF-8 (byte 0x%02X): save the file as UTF-8", s[i]);
		else if ((s[i] < ' ' && s[i] != '\t' && s[i] != '\n') || s[i] == 0x7F)
			nm_raw_mistake(scan->raw, here(scan), "control character 0x%02X: only tabs and line ends are taken", s[i]);
		else {
			scan->line += s[i] == '\n';
			continue;
		}
		scan->raw->partial = true;
		return false;
	}
	scan->line = 1;
	return true;
}

/* A copy of the text with one kind of line end, room for closing braces, and no byte order mark. */
static bool copy_text(struct scan *scan, const char *text, size_t len)
{
	size_t i;

	scan->text = nm_arena_alloc(scan->raw->arena, len + sizeof scan->open / sizeof scan->open[0] + 1, 1);
	if (!scan->text) {
		scan->raw->no_memory = true;
		return false;
	}
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
		nm_raw_mistake(scan->raw, here(scan), "the file begins with a byte order mark: save it as UTF-8 without one");
		text += 3;
		len -= 3;
	}
	for (i = 0; i < len; i++)
		if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
			scan->text[scan->len++] = text[i];
	return true;
}

/* After a syntax error libconfuse gets what stands before the statement, its sections closed. */
static void cut(struct scan *scan, size_t from)
{
	size_t left;

	memset(scan->text + from, 0, scan->len - from);
	for (left = 0; left < (size_t)scan->depth; left++)
		scan->text[from + left] = '}';
	for (; scan->depth; scan->depth--)
		scan->open[scan->depth]->pos.end_line = scan->line;
}

bool nm_plan_scan(struct nm_raw *raw, const char *file, const char *text, size_t len, struct nm_scanned *out)
{
	struct scan scan = { .raw = raw, .file = file, .line = 1 };
	size_t from = 0;

	*out = (struct nm_scanned){ .clean = NULL };
	scan.open[0] = &raw->top;
	scan.sections_end = &out->sections;
	scan.after = &out->first;
	if (!copy_text(&scan, text, len) || !check_bytes(&scan))
		return false;
	while (scan_statement(&scan))
		from = scan.at;
	if (scan.broken)
		cut(&scan, from);
	out->clean = scan.text;
	return !raw->no_memory;
}
