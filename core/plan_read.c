/* SPDX-License-Identifier: MIT */
/*
 * From a plan's text to a plan: includes are followed, libconfuse reads the values.  In: text, or a
 * file's name; out: a plan, or mistakes with their lines.  The only file that knows libconfuse, which
 * has no user pointer: hence the one writable static of this library, set only while a text is parsed.
 */
#include <confuse.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "plan_private.h"

#include "nevermiss/edit.h"

struct reader {
	struct nm_raw *raw;
	struct nm_arena *kept;	    /* the plan's: names of files stay in its positions */
	cfg_opt_t *grammar;	    /* of the top level, made from nm_options */
	size_t files;		    /* read so far */
	struct nm_raw_option *next; /* the option whose values come next */
	struct nm_pos problem;
	const char *words; /* libconfuse's own, when it and plan_scan.c do not agree */
};

/* The file being read, and those that include it. */
struct source {
	const struct source *outer;
	const char *file;
	dev_t device;
	ino_t inode; /* 0: not of the disk, or not there */
};

static struct reader *parsing;

/* --- what libconfuse calls --- */

/* The next value, in the order of the text: it belongs to the next option that still wants one. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct reader *reader = parsing;
	struct nm_raw_option *option;

	(void)cfg;
	while (reader->next && reader->next->filled == reader->next->n)
		reader->next = reader->next->after;
	option = reader->next;
	if (!option || strcmp(option->info->name, opt->name))
		return -1;
	option->values[option->filled] = nm_arena_text(reader->raw->arena, value);
	if (!option->values[option->filled++]) {
		reader->raw->no_memory = true;
		return -1;
	}
	/* libconfuse keeps a copy of this; we have ours. */
	*(const char **)result = "";
	return 0;
}

static int take_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	const char *ignored;

	return argc == 1 ? take_value(cfg, opt, argv[0], &ignored) : -1;
}

__attribute__((format(printf, 2, 0)))
static void take_error(cfg_t *cfg, const char *format, va_list args)
{
	struct nm_buf words;

	nm_buf_init(&words, NM_ERROR_TEXT);
	nm_buf_vaddf(&words, format, args);
	parsing->words = nm_arena_text(parsing->raw->arena, words.data);
	parsing->problem.line = cfg->line;
	nm_buf_clear(&words);
}

/* --- the grammar --- */

static cfg_opt_t option_grammar(const struct nm_option_info *info)
{
	const cfg_opt_t text = CFG_STR_CB(info->name, NULL, CFGF_NODEFAULT, take_value);
	const cfg_opt_t list = CFG_STR_LIST_CB(info->name, NULL, CFGF_NODEFAULT, take_value);

	return nm_option_is_list(info->type) ? list : text;
}

/* The options of a section ("" for the top level), steps of a path and sections of the top included. */
static cfg_opt_t *section_grammar(struct nm_arena *arena, const char *section, cfg_opt_t *steps)
{
	const cfg_opt_t end = CFG_END(), include = CFG_FUNC("include", take_include);
	cfg_opt_t *grammar;
	size_t i, n = *section ? 1 : nm_sections_count + 2;

	for (i = 0; i < nm_options_count; i++)
		n += !strcmp(nm_options[i].section, section);
	grammar = nm_arena_alloc(arena, n, sizeof *grammar);
	for (i = 0, n = 0; grammar && i < nm_options_count; i++) {
		const cfg_opt_t step = CFG_SEC("step", steps, CFGF_MULTI | CFGF_NODEFAULT);

		if (strcmp(nm_options[i].section, section))
			continue;
		grammar[n++] = nm_options[i].type == NM_TYPE_SECTION ? step : option_grammar(&nm_options[i]);
	}
	if (!grammar)
		return NULL;
	if (!*section)
		grammar[n++] = include;
	grammar[n] = end;
	return grammar;
}

static cfg_opt_t *whole_grammar(struct nm_arena *arena)
{
	const cfg_opt_t end = CFG_END();
	cfg_opt_t *top = section_grammar(arena, "", NULL), *steps = section_grammar(arena, "step", NULL);
	size_t i, n = 0;

	if (!top || !steps)
		return NULL;
	while (top[n].name)
		n++;
	for (i = 0; i < nm_sections_count; i++) {
		cfg_opt_t *options = section_grammar(arena, nm_sections[i].name, steps);
		const cfg_opt_t section =
			CFG_SEC(nm_sections[i].name, options,
				CFGF_MULTI | CFGF_NODEFAULT | (nm_sections[i].titled ? CFGF_TITLE : 0));

		if (!options)
			return NULL;
		if (strcmp(nm_sections[i].name, "step"))
			top[n++] = section;
	}
	top[n] = end;
	return top;
}

/* --- one text --- */

/* Both readings must agree: every option has got its values. */
static bool values_complete(const struct nm_scanned *scanned)
{
	const struct nm_raw_option *option;

	for (option = scanned->first; option; option = option->after)
		if (option->filled != option->n)
			return false;
	return true;
}

static void keep_complete(const struct nm_scanned *scanned)
{
	struct nm_raw_option *option;

	for (option = scanned->first; option; option = option->after)
		option->n = option->filled;
}

static void read_values(struct reader *reader, const char *file, const struct nm_scanned *scanned)
{
	cfg_t *cfg = cfg_init(reader->grammar, CFGF_NONE);
	int result;

	if (!cfg) {
		reader->raw->no_memory = true;
		return;
	}
	cfg_set_error_function(cfg, take_error);
	reader->next = scanned->first;
	reader->words = NULL;
	reader->problem = (struct nm_pos){ file, 0, 0 };
	parsing = reader;
	result = *scanned->clean ? cfg_parse_buf(cfg, scanned->clean) : CFG_SUCCESS;
	parsing = NULL;
	cfg_free(cfg);
	if (reader->raw->no_memory || (result == CFG_SUCCESS && values_complete(scanned)))
		return;
	reader->raw->partial = true;
	keep_complete(scanned);
	nm_raw_mistake(reader->raw, reader->problem, "this cannot be read%s%s", reader->words ? ": " : "",
		       reader->words ? reader->words : "");
}

static void read_includes(struct reader *reader, const struct source *source, struct nm_raw_section *section);

static void read_text(struct reader *reader, const struct source *source, const char *text, size_t len)
{
	struct nm_scanned scanned;

	if (len > NM_PLAN_BYTES) {
		nm_raw_mistake(reader->raw, (struct nm_pos){ source->file, 0, 0 },
			       "the file is larger than %u bytes, the most that is read", NM_PLAN_BYTES);
		reader->raw->partial = true;
		return;
	}
	if (!nm_plan_scan(reader->raw, source->file, text, len, &scanned))
		return;
	read_values(reader, source->file, &scanned);
	if (!reader->raw->no_memory)
		read_includes(reader, source, scanned.sections);
}

/* --- files --- */

static bool is_open(const struct source *source, const struct source *again)
{
	for (; source; source = source->outer)
		if (!strcmp(source->file, again->file) ||
		    (source->inode && source->device == again->device && source->inode == again->inode))
			return true;
	return false;
}

/* Is there such a file?  Told when not. */
static bool find_file(struct reader *reader, const struct nm_raw_section *include, struct source *source)
{
	const char *quoted = nm_raw_quote(reader->raw, include->options->values[0]);
	struct stat status;

	if (nm_beside_is_kept(reader->raw->beside, source->file))
		return true;
	if (stat(source->file, &status)) {
		nm_raw_mistake(reader->raw, include->pos, "'%s' cannot be included: there is no such file", quoted);
		return false;
	}
	if (!S_ISREG(status.st_mode)) {
		nm_raw_mistake(reader->raw, include->pos, "'%s' cannot be included: it is not a regular file",
			       quoted);
		return false;
	}
	source->device = status.st_dev;
	source->inode = status.st_ino;
	return true;
}

/* Finds the file that is meant; false, and told, when it cannot be taken. */
static bool find_include(struct reader *reader, const struct nm_raw_section *include, struct source *source)
{
	const char *name = include->options->values[0];
	struct nm_raw *raw = reader->raw;

	if (!*name) {
		nm_raw_mistake(raw, include->pos, "include(\"\") names no file");
		return false;
	}
	source->file = nm_plan_beside(reader->kept, source->outer->file, name);
	if (!source->file) {
		raw->no_memory = true;
		return false;
	}
	if (!find_file(reader, include, source))
		return false;
	if (is_open(source->outer, source))
		nm_raw_mistake(raw, include->pos, "'%s' includes itself, here or through other files",
			       nm_raw_quote(raw, name));
	else if (reader->files++ < NM_PLAN_INCLUDES)
		return true;
	else if (reader->files == NM_PLAN_INCLUDES + 1)
		nm_raw_mistake(raw, include->pos, "more than %d files are included: include at most %d",
			       NM_PLAN_INCLUDES, NM_PLAN_INCLUDES);
	return false;
}

static void read_include(struct reader *reader, const struct source *outer,
			 const struct nm_raw_section *include)
{
	struct source source = { .outer = outer };
	struct nm_raw *raw = reader->raw;
	struct nm_error err = { .code = NM_OK };
	enum nm_code code;
	struct nm_buf text;

	raw->partial = true; /* until it is read */
	if (!find_include(reader, include, &source))
		return;
	nm_buf_init(&text, NM_PLAN_BYTES);
	code = nm_beside_read(raw->beside, source.file, NM_PLAN_BYTES, &text, &err);
	if (!code) {
		raw->partial = false;
		read_text(reader, &source, text.data, text.len);
	} else if (!nm_raw_starved(raw, code)) {
		nm_raw_mistake(raw, include->pos, "'%s' cannot be included: %s",
			       nm_raw_quote(raw, source.file), err.text);
	}
	nm_buf_clear(&text);
}

/* Puts the sections of a file into the plan, those of its includes where they are included. */
static void read_includes(struct reader *reader, const struct source *source, struct nm_raw_section *section)
{
	struct nm_raw *raw = reader->raw;

	while (section && !raw->no_memory) {
		struct nm_raw_section *next = section->next;

		if (section->info) {
			section->next = NULL;
			*raw->sections_end = section;
			raw->sections_end = &section->next;
		} else if (section->options->filled) {
			const bool partial = raw->partial;

			read_include(reader, source, section);
			raw->partial |= partial;
		}
		section = next;
	}
}

/* --- the plan --- */

static enum nm_code read_plan(struct nm_beside *beside, const char *text, size_t len, struct nm_diags *diags,
			      struct nm_error *err)
{
	struct nm_plan *plan = beside->plan;
	const size_t before = diags->n;
	struct reader reader = { .files = 0 };
	struct source source = { .file = plan->file };
	struct stat status;
	struct nm_arena *arena = nm_arena_new();
	struct nm_raw raw;

	if (!arena)
		return nm_fail_memory(err);
	nm_raw_init(&raw, arena, diags);
	raw.beside = beside;
	raw.top.pos = (struct nm_pos){ plan->file, 1, 1 };
	reader.raw = &raw;
	reader.kept = plan->arena;
	reader.grammar = whole_grammar(arena);
	if (!stat(plan->file, &status)) {
		source.device = status.st_dev;
		source.inode = status.st_ino;
	}
	raw.no_memory = !reader.grammar;
	if (!raw.no_memory)
		read_text(&reader, &source, text, len);
	if (!raw.no_memory)
		nm_plan_build(&raw, plan);
	nm_arena_free(arena);
	nm_diags_sort(diags);
	if (raw.no_memory || diags->failed)
		return nm_fail_memory(err);
	if (raw.mistakes)
		return nm_fail(err, NM_INPUT, "%s: %s%zu mistake%s, the first on line %d", plan->file,
			       raw.mistakes > NM_PLAN_MISTAKES ? "more than " : "",
			       raw.mistakes > NM_PLAN_MISTAKES ? (size_t)NM_PLAN_MISTAKES : raw.mistakes,
			       raw.mistakes == 1 ? "" : "s", diags->items[before].line);
	return NM_OK;
}

/* beside has no plan yet. */
static enum nm_code read_beside(struct nm_beside *beside, const char *file, const char *text, size_t len,
				struct nm_plan **out, struct nm_diags *diags, struct nm_error *err)
{
	struct nm_plan *plan;
	enum nm_code code;

	if (parsing)
		return nm_fail(err, NM_SYSTEM, "another plan is being read");
	plan = calloc(1, sizeof *plan);
	if (plan)
		plan->arena = nm_arena_new();
	if (plan && plan->arena)
		plan->file = nm_arena_text(plan->arena, file);
	if (!plan || !plan->file) {
		nm_plan_free(plan);
		return nm_fail_memory(err);
	}
	beside->plan = plan;
	code = read_plan(beside, text, len, diags, err);
	if (code)
		nm_plan_free(plan);
	else
		*out = plan;
	return code;
}

enum nm_code nm_plan_read_kept(const char *file, const char *text, size_t len,
			       const struct nm_plan_file *kept, struct nm_plan **out, struct nm_diags *diags,
			       struct nm_error *err)
{
	struct nm_beside beside = { .kept = kept };

	return read_beside(&beside, file, text, len, out, diags, err);
}

enum nm_code nm_plan_read_remembering(const char *file, const char *text, size_t len,
				      const struct nm_plan_file *kept, struct nm_ical_memory *memory,
				      struct nm_plan **out, struct nm_diags *diags, struct nm_error *err)
{
	struct nm_beside beside = { .kept = kept, .memory = memory };

	return read_beside(&beside, file, text, len, out, diags, err);
}

enum nm_code nm_plan_read(const char *file, const char *text, size_t len, struct nm_plan **out,
			  struct nm_diags *diags, struct nm_error *err)
{
	return nm_plan_read_kept(file, text, len, NULL, out, diags, err);
}

enum nm_code nm_plan_read_file(const char *file, struct nm_plan **out, struct nm_diags *diags,
			       struct nm_error *err)
{
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_PLAN_BYTES);
	code = nm_file_read(file, NM_PLAN_BYTES, &text, err);
	if (!code)
		code = nm_plan_read(file, text.data, text.len, out, diags, err);
	nm_buf_clear(&text);
	return code;
}
