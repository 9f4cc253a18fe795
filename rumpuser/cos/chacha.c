/* SPDX-License-Identifier: BSD-2-Clause */
/* ChaCha20 (RFC 8439). */
#include "chacha.h"

#define DOUBLE_ROUNDS 10

static uint32_t rotate(uint32_t x, unsigned bits)
{
	return x << bits | x >> (32 - bits);
}

/* The quarter round (RFC 8439, 2.1). */
static void quarter(uint32_t *s, unsigned a, unsigned b, unsigned c, unsigned d)
{
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 7);
}

void chacha_block(const uint32_t key[CHACHA_KEY_WORDS], uint32_t counter,
		  const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t out[CHACHA_BLOCK_WORDS])
{
	/* The constant "expand 32-byte k" (RFC 8439, 2.3). */
	uint32_t in[CHACHA_BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

	for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++)
		in[4 + i] = key[i];
	in[12] = counter;
	for (unsigned i = 0; i < CHACHA_NONCE_WORDS; i++)
		in[13 + i] = nonce[i];
	for (unsigned i = 0; i < CHACHA_BLOCK_WORDS; i++)
		out[i] = in[i];
	for (unsigned i = 0; i < DOUBLE_ROUNDS; i++) {
		quarter(out, 0, 4, 8, 12);
		quarter(out, 1, 5, 9, 13);
		quarter(out, 2, 6, 10, 14);
		quarter(out, 3, 7, 11, 15);
		quarter(out, 0, 5, 10, 15);
		quarter(out, 1, 6, 11, 12);
		quarter(out, 2, 7, 8, 13);
		quarter(out, 3, 4, 9, 14);
	}
	for (unsigned i = 0; i < CHACHA_BLOCK_WORDS; i++)
		out[i] += in[i];
}
