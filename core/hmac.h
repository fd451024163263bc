/* SPDX-License-Identifier: MIT */
/*
 * Keyed hashes: HMAC (RFC 2104) with SHA-256 (FIPS 180-4), for what a receiver must be able to check and for what must
 * be found again without being kept.  Of our own, so that nothing has to be loaded for a hash.
 */
#ifndef CORE_HMAC_H
#define CORE_HMAC_H

#include <stddef.h>

#define NM_HMAC_BYTES 32
#define NM_HMAC_TEXT (2 * NM_HMAC_BYTES + 1) /* in hexadecimal, with its NUL */

/* The keyed hash of data; both of any length. */
void nm_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		    unsigned char out[NM_HMAC_BYTES]);
/* "9f86d0...", small letters, as receivers compare it. */
void nm_hmac_text(const unsigned char mac[NM_HMAC_BYTES], char out[NM_HMAC_TEXT]);

#endif
