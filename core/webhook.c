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

/* The key's bytes, malloc'd with room for `size`. */
static unsigned char *key_of(const char *secret, size_t size, size_t *len)
{
	unsigned char *key = malloc(size);

	if (key == NULL)
		return NULL;
	if (strncmp(secret, PREFIX, strlen(PREFIX)) == 0 &&
	    nm_base64_read(secret + strlen(PREFIX), key, len))
		return key;
	*len = strlen(secret);
	memcpy(key, secret, *len);
	return key;
}

char *nm_webhook_signature(const char *secret, const char *before, const char *body, size_t len)
{
	const size_t size = strlen(secret) + 1, head = strlen(before);
	size_t key_len = 0;
	unsigned char *key = key_of(secret, size, &key_len), mac[NM_HMAC_BYTES];
	char *whole = malloc(head + len + 1);
	char *signature = malloc(sizeof(VERSION) + NM_BASE64_SIZE(sizeof(mac)));

	if (key != NULL && whole != NULL && signature != NULL) {
		memcpy(whole, before, head);
		if (len > 0)
			memcpy(whole + head, body, len);
		nm_hmac_sha256(key, key_len, whole, head + len, mac);
		memcpy(signature, VERSION, sizeof(VERSION));
		nm_base64_write(mac, sizeof(mac), signature + strlen(VERSION));
	} else {
		free(signature);
		signature = NULL;
	}
	wipe(key, size);
	free(whole);
	return signature;
}
