/* SPDX-License-Identifier: BSD-2-Clause */
/* ChaCha20 against RFC 8439's vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rumpuser/cos/chacha.h"

/* 2.3.2: key 00 01 .. 1f, nonce 00:00:00:09:00:00:00:4a:00:00:00:00, block 1. */
static void block_of_section_2_3_2(void **state)
{
	uint8_t key_bytes[32];
	const uint8_t nonce_bytes[12] = {0, 0, 0, 9, 0, 0, 0, 0x4a};
	const uint32_t want[CHACHA_BLOCK_WORDS] = {0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3,
						   0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
						   0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
						   0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
	uint32_t key[8], nonce[3], out[16];

	(void)state;
	for (unsigned i = 0; i < sizeof(key_bytes); i++)
		key_bytes[i] = i;
	memcpy(key, key_bytes, sizeof(key));
	memcpy(nonce, nonce_bytes, sizeof(nonce));
	chacha_block(key, 1, nonce, out);
	assert_memory_equal(out, want, sizeof(want));
}

/* A.1, test vectors 1 and 2: all zero, blocks 0 and 1. */
static void blocks_of_appendix_a_1(void **state)
{
	const uint8_t block0[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
				  0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28};
	const uint8_t block1[] = {0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a,
				  0x98, 0xba, 0x97, 0x7c, 0x73, 0x2d, 0x08, 0x0d};
	const uint32_t key[8] = {0}, nonce[3] = {0};
	uint32_t out[16];

	(void)state;
	chacha_block(key, 0, nonce, out);
	assert_memory_equal(out, block0, sizeof(block0));
	chacha_block(key, 1, nonce, out);
	assert_memory_equal(out, block1, sizeof(block1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_of_section_2_3_2),
		cmocka_unit_test(blocks_of_appendix_a_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
