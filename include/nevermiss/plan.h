/* SPDX-License-Identifier: MIT */
/*
 * The plan: what the owner wrote, checked and resolved, immutable once read.
 *
 * Everything named in the file is an element of one of the plan's arrays and refers to others by
 * index.  All strings and arrays belong to the plan's arena: one nm_plan_free releases all.
 */
#ifndef NEVERMISS_PLAN_H
#define NEVERMISS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/clock.h"
#include "nevermiss/diag.h"
#include "nevermiss/error.h"
#include "nevermiss/hours.h"
#include "nevermiss/ical.h"
#include "nevermiss/number.h"

#define NM_PLAN_BYTES (1u << 20) /* longest plan file, and longest included one */
#define NM_PLAN_INCLUDES 32
#define NM_PLAN_GROUPS 64        /* most `callers` sections: a class of callers is a 64-bit mask */
#define NM_PLAN_SCHEDULES 256
#define NM_PLAN_OVERRIDES 256
#define NM_PLAN_ITEMS 4096       /* most sections of every other kind */
#define NM_STEPS_MAX 64          /* most steps of a path */
#define NM_ROUNDS_MAX 10
#define NM_RING_MAX 16           /* most targets rung by one step */
#define NM_FOR_MAX 600           /* longest ring of a step, seconds (Twilio's limit) */
#define NM_FOR_DEFAULT 20        /* design.md 4.3 */

/* Where something stands: 1-based lines, first and last.  file is as the user named it. */
struct nm_pos {
	const char *file;
	int line, end_line;
};

/* A list of indices.  Not given and given but empty mean different things: a missing field of a
 * rule matches everything, an empty one nothing. */
struct nm_set {
	bool given;
	size_t n;
	const int *ids;
};

enum nm_target_kind { NM_TARGET_DESTINATION, NM_TARGET_ROTATION, NM_TARGET_LINE };

/* What stands where a step rings somebody. */
struct nm_target {
	enum nm_target_kind kind;
	int id; /* index into destinations, rotations or lines */
};

struct nm_targets {
	bool given;
	size_t n;
	const struct nm_target *items;
};

struct nm_account {
	const char *name;
	struct nm_pos pos;
	const char *driver; /* a known driver's name: sandbox, twilio, asterisk, ... */
	/* NULL when not given: */
	const char *sid, *endpoint, *domain, *user, *token_cmd, *token_env, *token_file, *carrier, *whisper;
	const char *script_dir;
	const char *hours;      /* of the sandbox: "no" makes it one that keeps none */
	const char *codes_file; /* as written */
	const char *codes;      /* what stands in it */
};

struct nm_line {
	const char *name;
	struct nm_pos pos;
	nm_number number;
	int account;      /* index */
	int handset;      /* index of the destination that this line's own phone is; -1 */
	nm_number fallback; /* where the carrier sends calls when all else fails; 0 */
	bool text_in_flow;  /* what is pushed sends the text back, so nobody else does */
};

struct nm_calendar {
	const char *name;
	struct nm_pos pos;
	const char *file;     /* as written; NULL */
	const char *path;     /* file, relative to the plan's own folder when not absolute; else the name of its copy */
	const char *url, *url_cmd, *user, *password_cmd; /* NULL when not given */
	int64_t refresh_s;    /* default 15 minutes */
	struct nm_ical *ical; /* what was read; NULL when there is nothing (a URL never fetched) */
};

struct nm_schedule {
	const char *name;
	struct nm_pos pos;
	const char *expression;       /* of `hours`; NULL when it is a calendar's */
	const struct nm_hours *hours; /* NULL when it is a calendar's */
	int calendar;                 /* index; -1 */
	int holidays;                 /* calendar that PH means; -1 */
};

/* One entry of a caller list. */
struct nm_caller_pattern {
	bool anonymous;
	bool prefix;      /* number is the digits before the `*` */
	nm_number number;
};

struct nm_callers {
	const char *name;
	struct nm_pos pos;
	size_t n;
	const struct nm_caller_pattern *patterns;
};

enum nm_kind { NM_PERSONAL, NM_BACKUP, NM_AI, NM_VOICEMAIL };
enum nm_role { NM_ROLE_NONE, NM_ROLE_STAFF, NM_ROLE_RECEPTIONIST, NM_ROLE_ANSWERING_SERVICE };

/* Seconds after which a phone's own voicemail picks up, or one of these. */
#define NM_OWN_VOICEMAIL_NONE (-1)
#define NM_OWN_VOICEMAIL_UNKNOWN (-2)

enum nm_caller_id { NM_CALLER_ID_DEFAULT, NM_CALLER_ID_CALLER, NM_CALLER_ID_LINE };

struct nm_destination {
	const char *name;
	struct nm_pos pos;
	enum nm_kind kind;
	enum nm_role role;
	nm_number number;    /* 0 when reached otherwise */
	int line;            /* index of the line whose handset it is or whose number it has; -1 */
	const char *address; /* SIP address; NULL */
	struct nm_set hours; /* schedules of which one must be on */
	struct nm_set away;  /* schedules of which none may be on (the emergency path ignores it) */
	int own_voicemail_s; /* or NM_OWN_VOICEMAIL_*; default unknown for people, none for AI */
	bool confirm;
	enum nm_caller_id caller_id;
	const char *greeting; /* of a voicemail; NULL */
	const char *notes;    /* NULL */
	double per_month, per_call, per_minute, per_booking; /* in the plan's currency; 0 */
};

struct nm_rotation {
	const char *name;
	struct nm_pos pos;
	size_t n;
	const int *members;   /* destinations */
	nm_local from;        /* wall clock */
	nm_time from_at, until_at; /* the same as an instant; until_at NM_TIME_MAX without `until` */
	int64_t every_s;      /* days and weeks are counted on the wall clock */
};

struct nm_step {
	struct nm_pos pos;
	struct nm_targets ring;
	int for_s;      /* NM_FOR_DEFAULT when not given */
	bool for_given;
	int confirm;    /* 1 yes, 0 no, -1 not given: the destination's own */
};

struct nm_path {
	const char *name;
	struct nm_pos pos;
	int rounds;           /* 1 when not given */
	const char *greeting; /* NULL */
	int lasts_s;          /* of the greeting; 0 without one */
	size_t n;
	const struct nm_step *steps;
};

enum nm_reject { NM_REJECT_NONE, NM_REJECT_BUSY, NM_REJECT_SILENT };

/* A rule, and the part of an override that is one.  path is -1 when it rejects. */
struct nm_rule {
	const char *name;
	struct nm_pos pos;
	struct nm_set lines, callers, during, outside;
	int path;
	enum nm_reject reject;
};

struct nm_override {
	struct nm_rule rule; /* name and pos too */
	nm_time from, until;
};

struct nm_emergency {
	bool given;
	struct nm_pos pos;
	struct nm_set lines, callers;
	char key;              /* '0'-'9', '*', '#'; 0 when none */
	struct nm_set flagged_by; /* destinations */
	int path;              /* -1 when not given, which is an error when the section is */
	struct nm_targets alert;
	int64_t acknowledge_s; /* 0 when not given */
	struct nm_targets then_alert;
	int64_t reach_human_s; /* default 60 */
};

struct nm_text_back {
	bool given;
	struct nm_pos pos;
	const char *missed, *away; /* NULL */
	int64_t once_per_s;        /* default 4 h */
	int account, from;         /* account; line; -1 */
	struct nm_set during;
};

struct nm_follow_up {
	bool given;
	struct nm_pos pos;
	int64_t within_s, retry_s; /* defaults 15 m, 30 m */
	int attempts;              /* default 3 */
	const char *then_text;     /* NULL */
	const char *survey;        /* NULL */
	struct nm_set during;
	int from;                  /* line; -1 */
};

struct nm_targets_set { /* section `targets`: the owner's goals */
	double answer_rate, rings, first_call; /* defaults 95, 3, 80 */
	int64_t callback_s, patience_s;        /* defaults 15 m, 40 s */
};

struct nm_crm {
	bool given;
	struct nm_pos pos;
	const char *url, *token_cmd, *token_env, *token_file;
};

struct nm_value {
	bool given;
	double job, booked; /* defaults 400, 60: the guide's figures */
};

enum nm_answered_by { NM_ANSWERED_ANY, NM_ANSWERED_HUMAN, NM_ANSWERED_DESTINATION };

struct nm_guarantee {
	const char *name;
	struct nm_pos pos;
	struct nm_set lines, callers, during, outside;
	int emergency;      /* 1 only emergencies, 0 only others, -1 both */
	bool live;
	int64_t within_s;   /* -1 when not given */
	enum nm_answered_by answered_by;
	int answered_by_id; /* destination, with NM_ANSWERED_DESTINATION */
	int first, never;   /* destinations; -1 */
};

enum nm_behaviour { NM_ANSWERS, NM_NO_ANSWER, NM_BUSY, NM_DECLINED, NM_UNREACHABLE };

/* What a destination is told to do in a test call: "owner=answer@6s". */
struct nm_setting {
	int destination;
	enum nm_behaviour behaviour;
	int after_s; /* with NM_ANSWERS; -1: as long as one of its kind takes by default */
};

/* What a test expects: a destination, or one of the outcomes. */
enum nm_expect { NM_EXPECT_DESTINATION, NM_EXPECT_VOICEMAIL, NM_EXPECT_REJECTED, NM_EXPECT_LOST, NM_EXPECT_ABANDONED };

struct nm_caller {
	bool anonymous;
	nm_number number; /* 0: a number that is in nobody's group */
};

struct nm_test {
	const char *name;
	struct nm_pos pos;
	nm_time at;
	int line; /* the first line when not given */
	struct nm_caller from;
	bool emergency, nobody;
	size_t n_settings;
	const struct nm_setting *settings;
	int hangup_s; /* -1 */
	enum nm_expect expect;
	int expect_id; /* destination */
	int64_t within_s; /* -1 */
};

/* A file that a plan was read with: an included one, a calendar's, an account's codes_file. */
struct nm_plan_file {
	struct nm_plan_file *next;
	const char *name; /* as seen from the plan's folder */
	const char *bytes;
	size_t len;
};

struct nm_plan {
	struct nm_arena *arena;
	struct nm_plan_file *files; /* in the order in which they were read */
	const char *file;      /* as the user named it */
	const char *business, *timezone, *country, *currency;
	struct nm_zone *zone;
	int64_t retention_s;   /* 0: keep */
	size_t n_allow;
	const char *const *allow; /* countries beside its own */
	struct nm_targets_set targets;
	struct nm_account *accounts;         size_t n_accounts;
	struct nm_line *lines;               size_t n_lines;
	struct nm_calendar *calendars;       size_t n_calendars;
	struct nm_schedule *schedules;       size_t n_schedules;
	struct nm_callers *callers;          size_t n_callers;
	struct nm_destination *destinations; size_t n_destinations;
	struct nm_rotation *rotations;       size_t n_rotations;
	struct nm_path *paths;               size_t n_paths;
	struct nm_rule *rules;               size_t n_rules;
	struct nm_override *overrides;       size_t n_overrides;
	struct nm_guarantee *guarantees;     size_t n_guarantees;
	struct nm_test *tests;               size_t n_tests;
	struct nm_emergency emergency;
	struct nm_text_back text_back;
	struct nm_follow_up follow_up;
	struct nm_crm crm;
	struct nm_value value;
};

/*
 * Reads a plan from its text.  file is its name for messages; files it includes and calendars it
 * names are opened relative to file's folder.  Every mistake found is added to diags.  Returns
 * NM_INPUT with the number of mistakes in err when there are any; *out is set only when there are none.
 */
enum nm_code nm_plan_read(const char *file, const char *text, size_t len, struct nm_plan **out,
			  struct nm_diags *diags, struct nm_error *err) NM_WARN_UNUSED;
/* The same for the file itself (bounded by NM_PLAN_BYTES). */
enum nm_code nm_plan_read_file(const char *file, struct nm_plan **out, struct nm_diags *diags,
			       struct nm_error *err) NM_WARN_UNUSED;
/* Reads a text that was kept: the files that were kept with it are read as they were then, any other
 * from the disk. */
enum nm_code nm_plan_read_kept(const char *file, const char *text, size_t len, const struct nm_plan_file *kept,
			       struct nm_plan **out, struct nm_diags *diags, struct nm_error *err) NM_WARN_UNUSED;
/* Both that and a memory of calendars, which is asked first and told of each that is new; either may be NULL. */
enum nm_code nm_plan_read_remembering(const char *file, const char *text, size_t len,
				      const struct nm_plan_file *kept, struct nm_ical_memory *memory,
				      struct nm_plan **out, struct nm_diags *diags,
				      struct nm_error *err) NM_WARN_UNUSED;
/* Is there nothing in a plan's text but blanks, comments and options at its top, so that it is no plan yet?  False too when
 * that has a mistake (it is not UTF-8, a comment has no end, nothing has that name), or memory is out. */
bool nm_plan_has_no_section(const char *text, size_t len);
/* NULL when none has that name. */
const struct nm_plan_file *nm_plan_find_file(const struct nm_plan_file *files, const char *name);
void nm_plan_free(struct nm_plan *plan);

/* Why a section cannot have this name ("is empty"); NULL when it can. */
const char *nm_name_problem(const char *name);
/* The same of a section of one kind ("destination"): most names stand in lists and on command lines too. */
const char *nm_section_name_problem(const char *kind, const char *name);
/* May no section of kind a have the name of one of kind b?  What a step rings (destinations, rotations, lines) goes by
 * one name each; every other kind has its names for itself. */
bool nm_kinds_share_names(const char *a, const char *b);
/* Index by name; -1 when there is none. */
int nm_plan_find_line(const struct nm_plan *plan, const char *name);
/* The line that has the number; -1 when none has, and for 0. */
int nm_plan_find_number(const struct nm_plan *plan, nm_number number);
/* Is it the number of a line or a destination? */
bool nm_plan_owns(const struct nm_plan *plan, nm_number number);
/* Numbers of that country may be called: it is the plan's own, or one of `allow`. */
bool nm_plan_allows(const struct nm_plan *plan, const char *country);
/* The rule against toll fraud, of a number that is to be called or texted: never a premium number, and none
 * outside the plan's countries but one that is free to call wherever it is. */
enum nm_toll { NM_TOLL_FINE, NM_TOLL_PREMIUM, NM_TOLL_ABROAD };
enum nm_toll nm_plan_toll(const struct nm_plan *plan, nm_number number);
/* Whether a number may get texts: the same rule, and none to a toll-free number, at which no phone gets them, but for one
 * that the plan itself has. */
enum nm_textable { NM_TEXTABLE, NM_TEXTABLE_PREMIUM, NM_TEXTABLE_ABROAD, NM_TEXTABLE_TOLL_FREE };
enum nm_textable nm_plan_textable(const struct nm_plan *plan, nm_number number);
/* Why calls may not go to a number; `who` has it ("destination ann").  "" when they may (number 0: it is none);
 * NULL when memory is out. */
const char *nm_toll_words(const struct nm_plan *plan, nm_number number, const char *who, struct nm_arena *arena);
/* The number at which a destination is reached: of the line whose phone it is, else its own; 0: by an address, or it is
 * a voicemail. */
nm_number nm_destination_number(const struct nm_plan *plan, const struct nm_destination *destination);
/* Is it one phone that both ring: has it one number (of a line's handset that is the line's), or one address? */
bool nm_destination_same_phone(const struct nm_plan *plan, const struct nm_destination *a,
			       const struct nm_destination *b);
/* Whom the agent tells by text what goes wrong: the first person whom an emergency alerts, else the first personal
 * destination whose phone is known; -1: nobody. */
int nm_plan_owner(const struct nm_plan *plan);
int nm_plan_find_destination(const struct nm_plan *plan, const char *name);
int nm_plan_find_schedule(const struct nm_plan *plan, const char *name);
int nm_plan_find_callers(const struct nm_plan *plan, const char *name);
int nm_plan_find_path(const struct nm_plan *plan, const char *name);
int nm_plan_find_rotation(const struct nm_plan *plan, const char *name);
/* How many steps of a path ring nobody but people before one that does not: `rounds` repeats them. */
size_t nm_path_leading(const struct nm_plan *plan, const struct nm_path *path);
const char *nm_plan_target_name(const struct nm_plan *plan, struct nm_target target);

bool nm_set_has(const struct nm_set *set, int id);

/* "anonymous", "+15125550199" or national: for --from and tests.  "unknown" is in no group. */
enum nm_code nm_caller_read(const struct nm_plan *plan, const char *text, struct nm_caller *out,
			    struct nm_error *err) NM_WARN_UNUSED;
void nm_caller_write(struct nm_caller caller, char out[static NM_NUMBER_TEXT]);
/* "owner=answer@6s|answer|noanswer|busy|declined|unreachable" */
enum nm_code nm_setting_read(const struct nm_plan *plan, const char *text, struct nm_setting *out,
			     struct nm_error *err) NM_WARN_UNUSED;

const char *nm_kind_name(enum nm_kind kind);           /* "personal" */
bool nm_kind_human(enum nm_kind kind);                 /* design.md 4: personal or backup */
const char *nm_behaviour_name(enum nm_behaviour behaviour); /* "noanswer" */

/*
 * The language as a table: what the manual, completion, forms and the reader itself use.
 */
enum nm_option_type {
	NM_TYPE_TEXT, NM_TYPE_NUMBER, NM_TYPE_PERCENT, NM_TYPE_AMOUNT, NM_TYPE_COUNT, NM_TYPE_DURATION,
	NM_TYPE_PHONE, NM_TYPE_YES_NO, NM_TYPE_CHOICE, NM_TYPE_LOCAL_TIME, NM_TYPE_HOURS, NM_TYPE_ZONE,
	NM_TYPE_COUNTRY, NM_TYPE_COUNTRIES, NM_TYPE_REFERENCE, NM_TYPE_REFERENCES, NM_TYPE_TARGETS,
	NM_TYPE_PATTERNS, NM_TYPE_SETTINGS, NM_TYPE_SECTION, NM_TYPE_OWN_VOICEMAIL, NM_TYPE_KEY
};

struct nm_option_info {
	const char *section;   /* "" for the top level */
	const char *name;
	enum nm_option_type type;
	const char *values;    /* choices separated by '|', of a text or country those that are usual; or the kind of section
	                          a reference names (words that it takes as well stand before it); NULL */
	const char *fallback;  /* default as a person would write it; NULL when it must be given or is simply absent */
	bool required;
	const char *help;      /* one sentence */
};

extern const struct nm_option_info nm_options[];
extern const size_t nm_options_count;

struct nm_section_info {
	const char *name;
	bool titled;           /* section NAME { ... } */
	bool single;           /* may stand only once */
	const char *help;
};

extern const struct nm_section_info nm_sections[];
extern const size_t nm_sections_count;

/* Options of which a section takes one: whoever sets one takes the others out. */
struct nm_alternatives {
	const char *section;
	const char *options; /* separated by '|' */
};

extern const struct nm_alternatives nm_alternatives[];
extern const size_t nm_alternatives_count;

/* Options that only a destination that rings has, NULL at the end: a voicemail takes the call at once. */
extern const char *const nm_ringing_options[];

/* NULL when there is none of that name; section "" is the top level. */
const struct nm_option_info *nm_option_find(const char *section, const char *name);
const struct nm_section_info *nm_section_find(const char *name);
bool nm_option_is_list(enum nm_option_type type);
/* Is the word one of those that '|' separates? */
bool nm_word_listed(const char *words, const char *word);

#endif
