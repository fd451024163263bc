/* SPDX-License-Identifier: MIT */
/* Bodies and queries of requests: application/x-www-form-urlencoded. */
#ifndef CORE_CARRIER_FORM_H
#define CORE_CARRIER_FORM_H

#include "nevermiss/mem.h"

/* Everything but the unreserved characters of RFC 3986 as %XX. */
void nm_form_escape(struct nm_buf *out, const char *text);
/* Adds key=value, after a `&` when something stands there already. */
void nm_form_add(struct nm_buf *body, const char *key, const char *value);
/* What nm_form_escape made of a text, back; NULL: it cannot have made that, or memory is out. */
const char *nm_form_unescape(struct nm_arena *arena, const char *text, size_t len);

#endif
