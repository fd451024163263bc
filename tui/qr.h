/* SPDX-License-Identifier: MIT */
/* A text as a QR code.  The library that makes it is loaded on first use. */
#ifndef TUI_QR_H
#define TUI_QR_H

#include <stdbool.h>

#include "nevermiss/error.h"
#include "nevermiss/mem.h"

#define QR_TEXT  512 /* longest text, bytes */
#define QR_QUIET 4   /* light modules around it, as the standard has it */

struct qr {
	int side; /* in modules, without the quiet ones */
	unsigned char *dark; /* [side * side]; malloc'd */
};

enum nm_code qr_make(const char *text, struct qr *out, struct nm_error *err) NM_WARN_UNUSED;
void qr_clear(struct qr *qr);
/* Anywhere: what is not the code's own is light. */
bool qr_dark(const struct qr *qr, int x, int y);
/* As lines of text with the quiet zone, light drawn, as on a dark terminal: two rows of modules a line in half
 * blocks, or one in ASCII. */
void qr_print(const struct qr *qr, bool ascii, struct nm_buf *out);

#endif
