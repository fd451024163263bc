/* SPDX-License-Identifier: MIT */
/*
 * Star codes as rows: which carrier, what for, what is dialled, and who says so.  The rows of this build
 * stand in codes_table.c; an account's own rows (its codes_file) go ahead of them.
 *
 * A code is digits, `*` and `#` with `{number}` (E.164 with its plus), `{national}` (ten digits) and
 * `{seconds}` in it.
 */
#ifndef CORE_CARRIER_CODES_TABLE_H
#define CORE_CARRIER_CODES_TABLE_H

#include "nevermiss/carrier.h"

#define NM_CODES_BYTES (64u << 10) /* most of a codes_file */
#define NM_CODES_ROWS  256

enum nm_codes_for {
	NM_CODES_ALL,       /* every call, the phone rings no more: CFU */
	NM_CODES_NO_ANSWER, /* CFNRy */
	NM_CODES_BUSY,      /* CFB */
	NM_CODES_NO_ANSWER_BUSY, /* one code for both */
	NM_CODES_UNREACHABLE,    /* CFNRc */
	NM_CODES_EVERYTHING,     /* takes all of them back; nothing to set */
	NM_CODES_KINDS
};

struct nm_codes_row {
	const char *carrier;
	enum nm_codes_for what;
	const char *set, *cancel; /* set NULL: for NM_CODES_EVERYTHING */
	const char *source;       /* who says so */
	bool verified;
	const char *note; /* what other sources say, what else is known; NULL */
};

/* The codes of one carrier. */
struct nm_codes {
	const char *carrier;
	const struct nm_codes_row *rows[NM_CODES_KINDS]; /* NULL: no such code is known */
};

/* Those of the account's carrier; its own rows live in the arena.  NM_INPUT: it names none that is known. */
enum nm_code nm_codes_find(const struct nm_account *account, struct nm_arena *arena, struct nm_codes *out,
			   struct nm_error *err) NM_WARN_UNUSED;
/* Can it be dialled how long the phone rings?  Also for a carrier that is not known. */
bool nm_codes_timed(const struct nm_account *account);
/* Does the account's carrier have a code for this?  Also true of a carrier that is not known. */
bool nm_codes_has(const struct nm_account *account, enum nm_codes_for what);
/* Are these the bytes of a codes_file?  NM_INPUT names the line that is not right. */
enum nm_code nm_codes_check(const char *text, struct nm_error *err) NM_WARN_UNUSED;
/* The rows of this build, for the manual and the tests. */
extern const struct nm_codes_row nm_codes_rows[];
extern const size_t nm_codes_rows_count;
/* "no-answer": as a codes_file writes it. */
const char *nm_codes_name(enum nm_codes_for what);

#endif
