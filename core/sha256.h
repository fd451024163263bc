/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), for keyed hashes of what the store must know again and must not
 * tell.  Knows bytes only.
 */
#ifndef CORE_SHA_H
#define CORE_SHA_H

#include <stddef.h>
#include <stdint.h>

#define NM_SHA256_BYTES 32

struct nm_sha256 {
	uint32_t state[8];
	uint64_t len;            /* bytes by now */
	unsigned char block[64]; /* of which the first len % 64 wait */
};

void nm_sha256_init(struct nm_sha256 *hash);
void nm_sha256_add(struct nm_sha256 *hash, const void *bytes, size_t len);
/* The hash is of no use after it. */
void nm_sha256_end(struct nm_sha256 *hash, unsigned char out[static NM_SHA256_BYTES]);

/* A key of any length. */
void nm_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
		    unsigned char out[static NM_SHA256_BYTES]);

#endif
