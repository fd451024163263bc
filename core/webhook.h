/* SPDX-License-Identifier: MIT */
/*
 * Signed messages to a server that somebody else writes, as Standard Webhooks has them:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (1.0.0).
 */
#ifndef CORE_WEBHOOK_H
#define CORE_WEBHOOK_H

#include <stddef.h>

#include "nevermiss/error.h"

/* The value of the header webhook-signature ("v1,..."), malloc'd.  `before` is what is signed ahead of the body:
 * "ID.TIMESTAMP.".  A secret "whsec_..." is base64 behind that, any other is its own bytes.  NM_CARRIER: it begins so
 * and is not; nothing of it is in err. */
enum nm_code nm_webhook_signature(const char *secret, const char *before, const char *body, size_t len, char **out,
				  struct nm_error *err) NM_WARN_UNUSED;

#endif
