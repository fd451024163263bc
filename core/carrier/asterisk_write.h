/* SPDX-License-Identifier: MIT */
/* The writer of a dialplan's own: what it writes into, and the contexts that ring. */
#ifndef CORE_CARRIER_ASTERISK_WRITE_H
#define CORE_CARRIER_ASTERISK_WRITE_H

#include "core/carrier/asterisk.h"

#define NM_DP_NAME_MAX 79 /* characters of a context, and of a mailbox */

/* A phone that is called for itself. */
struct leg {
	const char *token; /* as Dial takes it */
	bool confirm, line_id;
};

/* What a sound says. */
struct said {
	const char *name, *text;
};

struct writer {
	const struct nm_route *route;
	const struct nm_dialplan_trunk *trunk;
	struct nm_buf *out;
	struct nm_arena *arena;
	const char *base;    /* "nevermiss-main" */
	const char *handset; /* how the line's own phone is dialled */
	char exten[32];      /* whose first statement comes next; "" within one */
	size_t n_classes;    /* those that differ in their groups: the first of each */
	const struct nm_route_class **classes;
	size_t n_legs, legs_capacity;
	struct leg *legs; /* malloc'd */
	size_t n_sounds, sounds_capacity;
	struct said *sounds; /* malloc'd */
	struct nm_error *err;
	enum nm_code code;
};

/* What was wrong first is kept; nothing is written any more that matters. */
void nm_writer_refuse(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What came of an allocation; "" for NULL, which is remembered. */
const char *nm_writer_kept(struct writer *w, const char *text);
void nm_writer_context(struct writer *w, const char *tail);
/* The extension whose statements come next, and one of them. */
void nm_writer_begin(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void nm_writer_say(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A name that is harmless, behind something that is. */
const char *nm_writer_name(struct writer *w, const char *before, const char *name);

/* Gives everybody in it who needs one a call of their own; to be done before any context is written. */
void nm_writer_number_legs(struct writer *w, const struct nm_treatment *treatment);
void nm_writer_sounds(struct writer *w, const struct nm_treatment *treatment);
void nm_writer_legs(struct writer *w);
void nm_writer_ring(struct writer *w);
void nm_writer_accept(struct writer *w);

#endif
