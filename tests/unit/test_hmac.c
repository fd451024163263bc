/* SPDX-License-Identifier: MIT */
/* Keyed hashes: the vectors of RFC 4231, and lengths around a block's end against another implementation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/hmac.h"

static void expect(const void *key, size_t key_len, const void *data, size_t len, const char *hex)
{
	unsigned char mac[NM_HMAC_BYTES];
	char text[NM_HMAC_TEXT];

	nm_hmac_sha256(key, key_len, data, len, mac);
	nm_hmac_text(mac, text);
	assert_int_equal(strncmp(text, hex, strlen(hex)), 0);
	assert_int_equal(strlen(text), NM_HMAC_TEXT - 1);
}

static void rfc_4231(void **state)
{
	static const char large[] = "This is a test using a larger than block-size key and a larger than block-size "
				    "data. The key needs to be hashed before being used by the HMAC algorithm.";
	unsigned char key[131], data[50];

	(void)state;
	memset(key, 0x0b, sizeof(key));
	expect(key, 20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	expect("Jefe", 4, "what do ya want for nothing?", 28,
	       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	expect(key, 20, data, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	expect(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
	       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	expect(key, 131, large, sizeof(large) - 1,
	       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
	for (size_t i = 0; i < 25; i++)
		key[i] = (unsigned char)(i + 1);
	memset(data, 0xcd, sizeof(data));
	expect(key, 25, data, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	memset(key, 0x0c, sizeof(key));
	expect(key, 20, "Test With Truncation", 20, "a3b6167473100ee06e0c796c2955552b"); /* the RFC gives half */
}

/* Key and data are (7 i + key length) and (13 i + length) modulo 256; the hashes are Python's. */
static void lengths_around_a_block(void **state)
{
	static const struct {
		size_t key, len;
		const char *hex;
	} cases[] = {
		{ 0, 0, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
		{ 63, 55, "74a8fff2013d976c0373fe555d88dc1cd4df2450c3f71ae27ec5a8c2e39d5878" },
		{ 64, 56, "bcb1e9d5f9580cc3fdf83852ccd13bd551309bcfca4ec688c407c05526082308" },
		{ 65, 63, "9ab6c3091c125bf786fd61723195a920fa7b665915cb2a0ca4bdd4688fd44a5a" },
		{ 64, 64, "81a723cf3d7908c58a506cac2bd81a47e88ffdad60fbba71af3dfca324b4e7f3" },
		{ 1, 119, "de053fcb256a4fd13002a5dd0e19c99a9bc8145a6acee133d8e5b2fe651c776c" },
		{ 128, 120, "9f6822c2b4f09050070337a29f5f6c7514ffe3869fc500eb0a145746b7f806ff" },
		{ 200, 1000, "0ff07f3b86a86916e4e98cbd66916f28332fbd64aecee8b5fade3ba350f007a9" },
	};
	unsigned char key[200], data[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t j = 0; j < cases[i].key; j++)
			key[j] = (unsigned char)(7 * j + cases[i].key);
		for (size_t j = 0; j < cases[i].len; j++)
			data[j] = (unsigned char)(13 * j + cases[i].len);
		expect(key, cases[i].key, data, cases[i].len, cases[i].hex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_4231),
		cmocka_unit_test(lengths_around_a_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
