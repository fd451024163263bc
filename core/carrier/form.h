/* SPDX-License-Identifier: MIT */
/* Bodies and queries of requests: application/x-www-form-urlencoded. */
#ifndef CORE_CARRIER_FORM_H
#define CORE_CARRIER_FORM_H

#include "nevermiss/mem.h"

/* Everything but the unreserved characters of RFC 3986 as %XX. */
void nm_form_escape(struct nm_buf *out, const char *text);
/* Adds key=value, after a `&` when something stands there already. */
void nm_form_add(struct nm_buf *body, const char *key, const char *value);

#endif
