/* SPDX-License-Identifier: MIT */
/*
 * Result codes and the one error record of the program.
 *
 * A function that can fail returns enum nm_code, takes a struct nm_error *err last, and writes its
 * results only on success.  Findings about the user's plan are not errors: they go to nm_diags.
 */
#ifndef NEVERMISS_ERROR_H
#define NEVERMISS_ERROR_H

#define NM_ERROR_TEXT 512

/* Each code names what the user must do about it; design.md's exit statuses follow from it. */
enum nm_code {
	NM_OK = 0,
	NM_INPUT,    /* what was given is wrong: exit 2 */
	NM_CARRIER,  /* a carrier or the network failed: exit 3 */
	NM_REFUSED,  /* read-only, file changed, locked, a guarantee would break: exit 4 */
	NM_SYSTEM,   /* the disk, the store or the system failed: exit 2 */
	NM_NO_MEMORY /* an allocation failed: exit 2 */
};

struct nm_error {
	enum nm_code code;
	char text[NM_ERROR_TEXT]; /* lower case, names the thing, UTF-8, no newline */
};

/* Fills err (may be NULL) and returns code, so that a caller can write `return nm_fail(...)`. */
enum nm_code nm_fail(struct nm_error *err, enum nm_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* nm_fail for the one error that has nothing to add. */
enum nm_code nm_fail_memory(struct nm_error *err);

#define NM_WARN_UNUSED __attribute__((warn_unused_result))

#endif
