/* SPDX-License-Identifier: MIT */
/* Signing: see webhook.h.  What was made of the secret is wiped. */
#include "core/webhook.h"

#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/hmac.h"

#define PREFIX  "whsec_"
#define VERSION "v1,"

static void wipe(void *bytes, size_t len)
{
	if (bytes != NULL)
		explicit_bzero(bytes, len);
	free(bytes);
}

/* The key's bytes, in room for `size` of them. */
static enum nm_code read_key(const char *secret, unsigned char *key, size_t *len, struct nm_error *err)
{
	const bool coded = strncmp(secret, PREFIX, strlen(PREFIX)) == 0;

	if (coded && (!nm_base64_read(secret + strlen(PREFIX), key, len) || *len == 0))
		return nm_fail(err, NM_CARRIER,
			       "the token begins with " PREFIX
			       ", and what follows is no base64: give it whole, as the CRM shows it");
	if (!coded) {
		*len = strlen(secret);
		memcpy(key, secret, *len);
	}
	return NM_OK;
}

enum nm_code nm_webhook_signature(const char *secret, const char *before, const char *body, size_t len, char **out,
				  struct nm_error *err)
{
	const size_t size = strlen(secret) + 1, head = strlen(before);
	size_t key_len = 0;
	unsigned char *key = malloc(size), mac[NM_HMAC_BYTES];
	char *whole = malloc(head + len + 1);
	char *signature = malloc(sizeof(VERSION) + NM_BASE64_SIZE(sizeof(mac)));
	enum nm_code code = key != NULL && whole != NULL && signature != NULL ? read_key(secret, key, &key_len, err)
									      : nm_fail_memory(err);

	if (code == NM_OK) {
		memcpy(whole, before, head);
		if (len > 0)
			memcpy(whole + head, body, len);
		nm_hmac_sha256(key, key_len, whole, head + len, mac);
		memcpy(signature, VERSION, sizeof(VERSION));
		nm_base64_write(mac, sizeof(mac), signature + strlen(VERSION));
		*out = signature;
	} else {
		free(signature);
	}
	wipe(key, size);
	free(whole);
	return code;
}
