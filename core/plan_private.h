/* SPDX-License-Identifier: MIT */
/*
 * What the sources of the plan share: a plan as it is written (raw), before its values mean anything,
 * and the building of a plan from it.
 *
 *   text --plan_scan--> outline (raw, positions) --plan_read, libconfuse--> values --plan_build--> nm_plan
 */
#ifndef NM_PLAN_PRIVATE_H
#define NM_PLAN_PRIVATE_H

#include <string.h>

#include "nevermiss/plan.h"

#define NM_PLAN_MISTAKES 1000 /* most mistakes told */
#define NM_TITLE_BYTES 100
#define NM_TEXT_BYTES 4096    /* longest text option */
#define NM_MESSAGE_BYTES 1600 /* longest text message (Twilio's limit) */
#define NM_GREETING_S 10      /* a greeting whose length nobody gave */
#define NM_TURN_MIN 3600      /* shortest turn of a rotation */

/* One option as it stands in the file. */
struct nm_raw_option {
	struct nm_raw_option *next;  /* of the section */
	struct nm_raw_option *after; /* in the order of the file, for filling in the values */
	const struct nm_option_info *info;
	struct nm_pos pos;
	bool used; /* the plan was built with it */
	size_t n;
	size_t filled;
	const char **values;
};

/* One section as it stands in the file.  An include is one, with a NULL info, until it is replaced. */
struct nm_raw_section {
	struct nm_raw_section *next;
	const struct nm_raw_section *outer; /* the path of a step; NULL */
	const struct nm_section_info *info;
	const char *title; /* NULL when it has none */
	size_t number;	   /* of a step in its path, from 1 */
	struct nm_pos pos;
	struct nm_raw_option *options, **options_end;
	struct nm_raw_section *children, **children_end; /* steps of a path */
	size_t n_children;
};

#define NM_SECTION_KINDS 32 /* more than nm_sections has */

/* How the files beside a plan are read. */
struct nm_beside {
	struct nm_plan *plan;		 /* whose list of files grows */
	const struct nm_plan_file *kept; /* read in place of the disk's; borrowed */
	struct nm_ical_memory *memory;   /* of calendars; borrowed, NULL */
};

struct nm_raw {
	struct nm_arena *arena;	   /* borrowed */
	struct nm_beside *beside;  /* borrowed */
	struct nm_diags *diags;	   /* borrowed */
	struct nm_raw_section top; /* the options that stand in no section */
	struct nm_raw_section *sections, **sections_end;
	size_t count[NM_SECTION_KINDS]; /* sections of each kind, as in nm_sections */
	size_t mistakes;
	bool partial; /* something is not there (a syntax error, an unknown section): what names it may be
			 right */
	bool no_memory;
};

/* --- plan_raw.c --- */
void nm_raw_init(struct nm_raw *raw, struct nm_arena *arena, struct nm_diags *diags);
/* Adds a mistake, up to NM_PLAN_MISTAKES of them. */
void nm_raw_mistake(struct nm_raw *raw, struct nm_pos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same of an option's value, as "HEAD: PROBLEM"; a head of NULL says that memory was out. */
void nm_raw_wrong(struct nm_raw *raw, struct nm_pos pos, const char *head, const char *problem);
/* A call ran out of memory: then that is no mistake of the plan's.  True when it did. */
bool nm_raw_starved(struct nm_raw *raw, enum nm_code code);
/* Text for use in a message: short, no control characters. */
const char *nm_raw_quote(struct nm_raw *raw, const char *text);
struct nm_raw_option *nm_raw_find(const struct nm_raw_section *section, const char *name);
/* "path 'daytime'", "step 2 of path 'daytime'", "emergency" */
const char *nm_raw_where(struct nm_raw *raw, const struct nm_raw_section *section);
/* Changes that make one of a and b the other: a letter put in, left out, replaced, or two swapped. */
size_t nm_raw_distance(const char *a, const char *b);
/* Keeps the nearest of the names offered. */
struct nm_nearest {
	const char *wanted, *best;
	size_t distance;
};
void nm_nearest_offer(struct nm_nearest *nearest, const char *name);
/* "; did you mean 'x'?", or "" */
const char *nm_nearest_words(struct nm_raw *raw, const struct nm_nearest *nearest);

/* --- plan_scan.c --- */
struct nm_scanned {
	char *clean;			 /* what libconfuse gets; from the arena */
	struct nm_raw_option *first;	 /* all options in the order of the file, linked by `after` */
	struct nm_raw_section *sections; /* this file's, includes among them */
};
/* The outline of one file.  Adds its top-level options to raw->top; its sections are left in out. */
bool nm_plan_scan(struct nm_raw *raw, const char *file, const char *text, size_t len, struct nm_scanned *out);
extern const struct nm_option_info nm_include_info;

/* --- plan_beside.c --- */
/* name, relative to the folder of file; NULL when memory is out. */
const char *nm_plan_beside(struct nm_arena *arena, const char *file, const char *name);
/* The path as seen from the folder of the plan, however the plan itself was named; borrowed from it. */
const char *nm_beside_name(const char *plan, const char *path);
/* Is that file read as it was kept? */
bool nm_beside_is_kept(const struct nm_beside *beside, const char *path);
enum nm_code nm_beside_read(struct nm_beside *beside, const char *path, size_t max, struct nm_buf *out,
			    struct nm_error *err) NM_WARN_UNUSED;

/* --- plan_value.c --- */
struct nm_name {
	const char *name;
	int id;
	struct nm_pos pos;
};

struct nm_names {
	size_t n;
	struct nm_name *items; /* sorted by name, then id */
};

struct nm_build {
	struct nm_raw *raw;
	struct nm_plan *plan;
	struct nm_arena *arena;
	struct nm_names names[NM_SECTION_KINDS]; /* as in nm_sections */
	bool country_known;
};

/* Index of the section of that kind and name; -1. */
int nm_names_find(const struct nm_build *build, const char *kind, const char *name);

bool nm_value_given(const struct nm_raw_section *section, const char *name);
/* The option is this word (its default counts); marks it as read. */
bool nm_value_word(struct nm_raw_section *section, const char *name, const char *word);
/* Where to point for an option: its own line, or its section's. */
struct nm_pos nm_value_pos(const struct nm_raw_section *section, const char *name);
/* Each reads one option of a section, tells a mistake in it, and gives what stands for "not given"
 * (or the table's default) when it is not there or wrong. */
const char *nm_value_text(struct nm_build *build, struct nm_raw_section *section, const char *name);
const char *nm_value_url(struct nm_build *build, struct nm_raw_section *section, const char *name);
int64_t nm_value_duration(struct nm_build *build, struct nm_raw_section *section, const char *name,
			  int64_t least, int64_t most); /* -1 */
double nm_value_decimal(struct nm_build *build, struct nm_raw_section *section, const char *name);
int nm_value_count(struct nm_build *build, struct nm_raw_section *section, const char *name, int most);
int nm_value_yes(struct nm_build *build, struct nm_raw_section *section, const char *name);    /* 1, 0, -1 */
int nm_value_choice(struct nm_build *build, struct nm_raw_section *section, const char *name); /* -1 */
nm_number nm_value_phone(struct nm_build *build, struct nm_raw_section *section, const char *name); /* 0 */
bool nm_value_time(struct nm_build *build, struct nm_raw_section *section, const char *name, nm_time *out);
char nm_value_key(struct nm_build *build, struct nm_raw_section *section, const char *name); /* 0 */
int nm_value_own_voicemail(struct nm_build *build, struct nm_raw_section *section, const char *name,
			   int not_given);
int nm_value_reference(struct nm_build *build, struct nm_raw_section *section, const char *name); /* -1 */
struct nm_set nm_value_references(struct nm_build *build, struct nm_raw_section *section, const char *name);
struct nm_targets nm_value_targets(struct nm_build *build, struct nm_raw_section *section, const char *name);
void nm_value_patterns(struct nm_build *build, struct nm_raw_section *section, const char *name,
		       struct nm_callers *out);

/* --- plan_build.c --- */
/* Builds what raw says into plan (whose arena and file are set); mistakes go to raw's diags. */
void nm_plan_build(struct nm_raw *raw, struct nm_plan *plan);

/* --- plan_places.c, plan_rules.c --- */
/* Each builds one section into the plan; those of a kind in the order of the file. */
void nm_build_account(struct nm_build *build, struct nm_raw_section *section);
void nm_build_line(struct nm_build *build, struct nm_raw_section *section);
void nm_build_calendar(struct nm_build *build, struct nm_raw_section *section);
void nm_build_schedule(struct nm_build *build, struct nm_raw_section *section);
void nm_build_callers(struct nm_build *build, struct nm_raw_section *section);
void nm_build_destination(struct nm_build *build, struct nm_raw_section *section);
void nm_build_rotation(struct nm_build *build, struct nm_raw_section *section);
void nm_build_path(struct nm_build *build, struct nm_raw_section *section);
void nm_build_rule(struct nm_build *build, struct nm_raw_section *section);
void nm_build_override(struct nm_build *build, struct nm_raw_section *section);
void nm_build_guarantee(struct nm_build *build, struct nm_raw_section *section);
void nm_build_test(struct nm_build *build, struct nm_raw_section *section);
void nm_build_targets(struct nm_build *build, struct nm_raw_section *section);
void nm_build_emergency(struct nm_build *build, struct nm_raw_section *section);
void nm_build_text_back(struct nm_build *build, struct nm_raw_section *section);
void nm_build_follow_up(struct nm_build *build, struct nm_raw_section *section);
void nm_build_crm(struct nm_build *build, struct nm_raw_section *section);
void nm_build_value(struct nm_build *build, struct nm_raw_section *section);
/* The name that a built section bears; positions are the raw section's. */
const char *nm_build_name(struct nm_build *build, const struct nm_raw_section *section);
/* How many of the options are given. */
size_t nm_build_given(const struct nm_raw_section *section, const char *const *names, size_t n);

#endif
