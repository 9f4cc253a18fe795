/* SPDX-License-Identifier: BSD-2-Clause */
/* ChaCha20 (RFC 8439, 2.3) */
#ifndef RUMPUSER_COS_CHACHA_H
#define RUMPUSER_COS_CHACHA_H

#include <stdint.h>

#define CHACHA_KEY_WORDS 8
#define CHACHA_NONCE_WORDS 3
#define CHACHA_BLOCK_WORDS 16

/* One block of the key stream. Words are little endian in the RFC's byte strings. */
void chacha_block(const uint32_t key[CHACHA_KEY_WORDS], uint32_t counter,
		  const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t out[CHACHA_BLOCK_WORDS]);

#endif
