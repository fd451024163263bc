/* SPDX-License-Identifier: MIT */
/*
 * See sha256.h.  No library that is loaded anyway offers it, and one that does takes longer to load than all else that
 * a command does.
 */
#include "core/sha256.h"

#include <string.h>

#define BLOCK 64

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
static const uint32_t rounds[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void expand(const unsigned char *block, uint32_t words[static 64])
{
	for (size_t i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (size_t i = 16; i < 64; i++) {
		const uint32_t a = words[i - 15], b = words[i - 2];

		words[i] = words[i - 16] + words[i - 7] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) +
			   (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
	}
}

/* FIPS 180-4, 6.2.2; its a to h are s[0] to s[7]. */
static void mix(uint32_t state[static 8], const unsigned char *block)
{
	uint32_t words[64], s[8];

	expand(block, words);
	memcpy(s, state, sizeof(s));
	for (size_t i = 0; i < 64; i++) {
		const uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]),
			       majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]),
			       one = s[7] + (rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)) + choice +
				     rounds[i] + words[i],
			       two = (rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)) + majority;

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += one;
		s[0] = one + two;
	}
	for (size_t i = 0; i < 8; i++)
		state[i] += s[i];
}

void nm_sha256_init(struct nm_sha256 *hash)
{
	*hash = (struct nm_sha256){ .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
					       0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

void nm_sha256_add(struct nm_sha256 *hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	while (len > 0) {
		const size_t filled = hash->len % BLOCK, room = BLOCK - filled, n = len < room ? len : room;

		memcpy(hash->block + filled, at, n);
		hash->len += n;
		at += n;
		len -= n;
		if (n == room)
			mix(hash->state, hash->block);
	}
}

void nm_sha256_end(struct nm_sha256 *hash, unsigned char out[static NM_SHA256_BYTES])
{
	static const unsigned char padding[BLOCK] = { 0x80 };
	const uint64_t bits = hash->len * 8;
	const size_t filled = hash->len % BLOCK;
	unsigned char length[8];

	for (size_t i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	nm_sha256_add(hash, padding, filled < 56 ? 56 - filled : 120 - filled);
	nm_sha256_add(hash, length, sizeof(length));
	for (size_t i = 0; i < NM_SHA256_BYTES; i++)
		out[i] = (unsigned char)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

void nm_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
		    unsigned char out[static NM_SHA256_BYTES])
{
	unsigned char block[BLOCK] = { 0 }, pad[BLOCK];
	struct nm_sha256 hash;

	nm_sha256_init(&hash);
	if (key_len > BLOCK) {
		nm_sha256_add(&hash, key, key_len);
		nm_sha256_end(&hash, block);
		nm_sha256_init(&hash);
	} else if (key_len > 0) {
		memcpy(block, key, key_len);
	}
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] = block[i] ^ 0x36;
	nm_sha256_add(&hash, pad, BLOCK);
	nm_sha256_add(&hash, bytes, len);
	nm_sha256_end(&hash, out);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] = block[i] ^ 0x5c;
	nm_sha256_init(&hash);
	nm_sha256_add(&hash, pad, BLOCK);
	nm_sha256_add(&hash, out, NM_SHA256_BYTES);
	nm_sha256_end(&hash, out);
	explicit_bzero(block, sizeof(block));
	explicit_bzero(pad, sizeof(pad));
	explicit_bzero(&hash, sizeof(hash));
}
