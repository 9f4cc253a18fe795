/* SPDX-License-Identifier: BSD-2-Clause */
/* What the COS host guarantees beyond the suite, or what only a booted system shows. */
#include "cos_cases.h"

#include <cos/string.h>
#include <rump/errno.h>

#include "rumpuser.h"

#define STR2(x) #x
#define STR(x) STR2(x)
#define CHECK(cond)                                              \
	do {                                                     \
		if (!(cond))                                     \
			return "line " STR(__LINE__) ": " #cond; \
	} while (0)

/* mov $N, %eax; ret */
static void code_write(uint8_t *to, uint32_t n)
{
	to[0] = 0xb8;
	memcpy(to + 1, &n, sizeof(n));
	to[5] = 0xc3;
}

static int code_call(void *mem)
{
	return ((int (*)(void))mem)();
}

static const char *case_executable(void)
{
	uint8_t *mem, *wish = (uint8_t *)0x7fff0000ul;

	CHECK(rumpuser_anonmmap(wish, 0x10000, 0, 1, (void **)&mem) == 0);
	CHECK(mem == wish);
	for (uint32_t n = 0; n < 16; n++)
		code_write(mem + n * 4096, n);
	for (int n = 0; n < 16; n++)
		CHECK(code_call(mem + n * 4096) == n);
	/* Written and executed again. */
	for (uint32_t n = 0; n < 100; n++) {
		code_write(mem + 4096, n);
		CHECK(code_call(mem + 4096) == (int)n);
	}
	rumpuser_unmap(mem, 0x10000);
	CHECK(rumpuser_anonmmap(NULL, 0x10000, 20, 1, (void **)&mem) == 0);
	CHECK(((uintptr_t)mem & 0xfffff) == 0);
	CHECK(mem[0] == 0 && mem[0xffff] == 0);
	rumpuser_unmap(mem, 0x10000);
	return NULL;
}

static const char *case_wish(void)
{
	uint8_t *mem, *other, *wish = (uint8_t *)0x50000000ul;

	CHECK(rumpuser_anonmmap(wish, 0x3000, 0, 0, (void **)&mem) == 0);
	CHECK(mem == wish);
	for (unsigned i = 0; i < 0x3000; i++)
		CHECK(mem[i] == 0);
	mem[0x2fff] = 1;
	CHECK(rumpuser_anonmmap(wish + 0x2000, 0x3000, 0, 0, (void **)&other) == 0);
	CHECK(other + 0x3000 <= mem || other >= mem + 0x3000);
	rumpuser_unmap(mem, 0x3000);
	rumpuser_unmap(other, 0x3000);
	/* An address that is never free. */
	CHECK(rumpuser_anonmmap((void *)0x400000ul, 0x1000, 0, 0, (void **)&mem) == 0);
	CHECK(mem != (void *)0x400000ul);
	mem[0] = 1;
	rumpuser_unmap(mem, 0x1000);
	return NULL;
}

/* The composition limits the domain to 32 MiB. */
static const char *case_exhausted(void)
{
	static void *pieces[256];
	unsigned n = 0;
	void *mem;
	int error;

	CHECK(rumpuser_malloc(64ul << 20, 16, &mem) == RUMP_ENOMEM);
	CHECK(rumpuser_anonmmap(NULL, 64ul << 20, 0, 0, &mem) == RUMP_ENOMEM);
	CHECK(rumpuser_anonmmap(NULL, 64ul << 20, 0, 1, &mem) == RUMP_ENOMEM);
	for (; n < 256; n++) {
		error = rumpuser_malloc(256 << 10, 4096, &pieces[n]);
		if (error)
			break;
		memset(pieces[n], 0x5a, 256 << 10);
	}
	CHECK(error == RUMP_ENOMEM);
	CHECK(n >= 64 && n < 128); /* half of the 32 MiB at least */
	while (n > 0)
		rumpuser_free(pieces[--n], 256 << 10);
	CHECK(rumpuser_malloc(4 << 20, 1 << 20, &mem) == 0);
	memset(mem, 0, 4 << 20);
	rumpuser_free(mem, 4 << 20);
	return NULL;
}

const struct cos_case cos_cases[] = {
	{"memory is executable once it is written, again and again", case_executable},
	{"an address is granted if it is free, also below 2 GiB", case_wish},
	{"the composition limits memory, and what was given back is there again", case_exhausted},
};
const size_t cos_ncases = sizeof(cos_cases) / sizeof(cos_cases[0]);
