/* SPDX-License-Identifier: MIT */
/*
 * HMAC-SHA-256: see hmac.h.  Comes in: key and data in memory.  Goes out: 32 bytes.  What was made of a key is wiped.
 */
#include "core/hmac.h"

#include <stdint.h>
#include <string.h>

#define BLOCK 64
#define LENGTH_AT (BLOCK - 8) /* of the last block: the message's length in bits */

struct sha256 {
	uint32_t h[8];
	uint64_t len; /* bytes taken so far */
	unsigned char block[BLOCK];
};

/* FIPS 180-4, 5.3.3 and 4.2.2: the first 32 bits of the fractional parts of the square roots of the first 8 primes, and
 * of the cube roots of the first 64. */
static const uint32_t initial[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t word_at(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The message schedule: FIPS 180-4, 6.2.2 step 1. */
static void spread(const unsigned char block[BLOCK], uint32_t w[64])
{
	for (size_t i = 0; i < 16; i++)
		w[i] = word_at(block + 4 * i);
	for (size_t i = 16; i < 64; i++) {
		const uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

/* Steps 2 to 4; s holds a to h. */
static void take_block(struct sha256 *hash)
{
	uint32_t w[64], s[8];

	spread(hash->block, w);
	memcpy(s, hash->h, sizeof(s));
	for (size_t i = 0; i < 64; i++) {
		const uint32_t a = s[0], e = s[4];
		const uint32_t t1 = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
				    ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
		const uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
				    ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (size_t i = 0; i < 8; i++)
		hash->h[i] += s[i];
	explicit_bzero(w, sizeof(w));
}

static void take(struct sha256 *hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len > 0) {
		const size_t at = (size_t)(hash->len % BLOCK);
		const size_t n = len < BLOCK - at ? len : BLOCK - at;

		memcpy(hash->block + at, p, n);
		hash->len += n;
		p += n;
		len -= n;
		if (at + n == BLOCK)
			take_block(hash);
	}
}

static void put_bytes(uint64_t value, size_t n, unsigned char *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(value >> 8 * (n - 1 - i));
}

/* The padding: a bit 1, zeros, and the length. */
static void finish(struct sha256 *hash, unsigned char out[NM_HMAC_BYTES])
{
	static const unsigned char padding[BLOCK] = { 0x80 };
	const size_t at = (size_t)(hash->len % BLOCK);
	unsigned char bits[8];

	put_bytes(hash->len * 8, sizeof(bits), bits);
	take(hash, padding, at < LENGTH_AT ? LENGTH_AT - at : BLOCK + LENGTH_AT - at);
	take(hash, bits, sizeof(bits));
	for (size_t i = 0; i < 8; i++)
		put_bytes(hash->h[i], 4, out + 4 * i);
	explicit_bzero(hash, sizeof(*hash));
}

static void begin(struct sha256 *hash)
{
	*hash = (struct sha256){ 0 };
	memcpy(hash->h, initial, sizeof(initial));
}

static void begin_keyed(struct sha256 *hash, const unsigned char key[BLOCK], unsigned char pad)
{
	unsigned char padded[BLOCK];

	for (size_t i = 0; i < BLOCK; i++)
		padded[i] = key[i] ^ pad;
	begin(hash);
	take(hash, padded, BLOCK);
	explicit_bzero(padded, sizeof(padded));
}

void nm_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		    unsigned char out[NM_HMAC_BYTES])
{
	unsigned char whole[BLOCK] = { 0 };
	struct sha256 hash;

	if (key_len > BLOCK) {
		begin(&hash);
		take(&hash, key, key_len);
		finish(&hash, whole);
	} else if (key_len > 0) {
		memcpy(whole, key, key_len);
	}
	begin_keyed(&hash, whole, 0x36);
	take(&hash, data, len);
	finish(&hash, out);
	begin_keyed(&hash, whole, 0x5c);
	take(&hash, out, NM_HMAC_BYTES);
	finish(&hash, out);
	explicit_bzero(whole, sizeof(whole));
}

void nm_hmac_text(const unsigned char mac[NM_HMAC_BYTES], char out[NM_HMAC_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < NM_HMAC_BYTES; i++) {
		out[2 * i] = digits[mac[i] >> 4];
		out[2 * i + 1] = digits[mac[i] & 15];
	}
	out[NM_HMAC_TEXT - 1] = '\0';
}
