/* SPDX-License-Identifier: MIT */
/*
 * Writing a CPL script: a list of subactions, each of which stands there once however often it is used, and
 * an upper bound of what the server's compiled form of it takes.
 */
#ifndef CORE_CARRIER_CPL_SCRIPT_H
#define CORE_CARRIER_CPL_SCRIPT_H

#include "nevermiss/mem.h"

/* What a subaction is about; its name begins so. */
enum nm_cpl_subject { NM_CPL_RINGS, NM_CPL_CALLERS, NM_CPL_TIMES, NM_CPL_SUBJECTS };

/* A piece of a script, and at most how many bytes it becomes. */
struct nm_cpl_piece {
	struct nm_buf xml;
	size_t compiled;
};

void nm_cpl_piece_init(struct nm_cpl_piece *piece);
void nm_cpl_piece_clear(struct nm_cpl_piece *piece);
/* open, any attributes, then either inside and (after what stands in it) close, or empty. */
void nm_cpl_open(struct nm_cpl_piece *piece, const char *element);
void nm_cpl_set(struct nm_cpl_piece *piece, const char *attribute, const char *value);
void nm_cpl_set_number(struct nm_cpl_piece *piece, const char *attribute, int value);
void nm_cpl_inside(struct nm_cpl_piece *piece);
void nm_cpl_empty(struct nm_cpl_piece *piece);
void nm_cpl_close(struct nm_cpl_piece *piece, const char *element);
/* Everything goes on in this subaction. */
void nm_cpl_sub(struct nm_cpl_piece *piece, const char *id);

struct nm_cpl_script {
	struct nm_arena *arena; /* borrowed: ids and texts */
	struct nm_cpl_piece piece;
	size_t n, capacity;
	struct nm_cpl_subaction {
		const char *id, *xml;
	} *subactions; /* malloc'd */
	size_t count[NM_CPL_SUBJECTS], compiled[NM_CPL_SUBJECTS];
};

void nm_cpl_script_init(struct nm_cpl_script *script, struct nm_arena *arena);
void nm_cpl_script_clear(struct nm_cpl_script *script);
/* The id of the subaction that is this piece, new or as before; the piece is cleared.  NULL: memory. */
const char *nm_cpl_share(struct nm_cpl_script *script, enum nm_cpl_subject subject, struct nm_cpl_piece *body);
/* The last one: where a call comes in. */
void nm_cpl_incoming(struct nm_cpl_script *script, const char *id);

#endif
