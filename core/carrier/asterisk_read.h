/* SPDX-License-Identifier: MIT */
/* The reader of a dialplan's own: its lines, and what was understood of them. */
#ifndef CORE_CARRIER_ASTERISK_READ_H
#define CORE_CARRIER_ASTERISK_READ_H

#include "core/carrier/asterisk.h"
#include "core/carrier/lifter.h"

struct word {
	const char *at;
	size_t len;
};

/* Whether the whole text is of this form.  `%s` stands for base; each other conversion has a pointer to
 * where it goes: `%d`, `%02d` int, `%lld` int64_t, `%.*s` struct word, up to the character behind it. */
bool nm_dialplan_match(const char *text, const char *base, const char *form, va_list *args);

/* One that says something, without blanks around it. */
struct statement {
	size_t number;     /* of the line, from 1 */
	const char *whole; /* as it stands there */
	const char *name;  /* of the context, or of the extension that begins; "" within one */
	const char *text;  /* application with its arguments; NULL for a context */
};

struct sound {
	const char *name, *text;
};

/* When which situation holds: in [from, until), or between two minutes of these days. */
struct span_rule {
	nm_time from, until;
	int situation;
};
struct hours_rule {
	int first, last; /* minutes, both in it */
	unsigned days;
	int situation;
};

struct class_rule {
	uint64_t groups; /* of the file's */
	int class;
};

struct call {
	int treatment, urgent; /* urgent: -1 */
};

struct reader {
	struct nm_lifter lifter;
	struct nm_arena *arena;
	const char *base, *handset;
	struct nm_dialplan_trunk trunk;
	const char *endpoint; /* of the trunk, for SIP addresses; NULL */
	size_t n, at;         /* statements, and the one to come */
	struct statement *statements;
	size_t n_sounds, sounds_capacity;
	struct sound *sounds; /* malloc'd */
	size_t n_groups;
	int lifted[NM_PLAN_GROUPS]; /* the lifter's group of each of the file's */
	size_t n_class_rules, n_classes;
	struct class_rule *class_rules;
	size_t n_spans, n_hours;
	struct span_rule *spans; /* ascending, not overlapping */
	struct hours_rule *hours;
	int otherwise;
	size_t n_calls;
	struct call *calls; /* [situation * n_classes + class] */
	size_t n_legs;
	struct nm_party *legs;
	size_t n_treatments;
	struct nm_treatment **treatments;
	const char *foreign; /* why it is no dialplan of ours; arena */
	enum nm_code code;   /* what else went wrong */
	struct nm_error *err;
	nm_time asked_at; /* for which `asked` is the situation */
	int asked;
};

/* Reading, a context each; all say what is foreign and then do nothing any more. */
bool nm_dialplan_failed(const struct reader *r);
/* The statement to come is what nobody of us wrote there; NULL: why is plain to see. */
void nm_dialplan_foreign(struct reader *r, const char *why);
void nm_dialplan_no_memory(struct reader *r);
/* Takes the statement to come when it begins extension `name` ("": goes on in it) and is of this form. */
bool nm_dialplan_take(struct reader *r, const char *name, const char *form, ...);
bool nm_dialplan_take_context(struct reader *r, const char *tail);
const char *nm_dialplan_text_of(struct reader *r, struct word word);

void nm_dialplan_read_main(struct reader *r);
void nm_dialplan_read_legs(struct reader *r);
void nm_dialplan_read_ring(struct reader *r);

#endif
