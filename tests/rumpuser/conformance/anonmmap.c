/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of rumpuser_anonmmap and rumpuser_unmap. */
#include "conf.h"
#ifdef __x86_64__
#include "x86_64/code.h"
#else
#error "write a function to machine code, as x86_64/code.h does"
#endif

#define PAGE 4096ul

static int get_anonmmap(size_t len, void **memp)
{
	return rumpuser_anonmmap(NULL, len, 0, 0, memp);
}

static const char *zeroed(void)
{
	unsigned char *mem;

	for (unsigned i = 0; i < 8; i++) {
		CHECK(rumpuser_anonmmap(NULL, 16 * PAGE, 0, 0, (void **)&mem) == 0);
		CHECK(conf_filled(mem, 0, 16 * PAGE));
		memset(mem, 0xff, 16 * PAGE);
		rumpuser_unmap(mem, 16 * PAGE);
	}
	return NULL;
}

static const char *pages(void)
{
	void *mem[4];

	for (unsigned i = 0; i < 4; i++) {
		CHECK(rumpuser_anonmmap(NULL, PAGE, 0, 0, &mem[i]) == 0);
		CHECK(conf_aligned(mem[i], PAGE));
	}
	for (unsigned i = 0; i < 4; i++)
		rumpuser_unmap(mem[i], PAGE);
	return NULL;
}

static const char *alignbits(void)
{
	void *mem;

	for (int bit = 1; bit <= 22; bit++) {
		CHECK(rumpuser_anonmmap(NULL, 3 * PAGE, bit, 0, &mem) == 0);
		CHECK(conf_aligned(mem, 1ul << bit) && conf_aligned(mem, PAGE));
		CHECK(conf_filled(mem, 0, 3 * PAGE));
		rumpuser_unmap(mem, 3 * PAGE);
	}
	return NULL;
}

static const char *hint(void)
{
	char *mem, *again;

	if (!conf_host->memory_hint)
		SKIP("a wish, which this host does not grant");
	CHECK(rumpuser_anonmmap(NULL, 64 * PAGE, 0, 0, (void **)&mem) == 0);
	rumpuser_unmap(mem, 64 * PAGE);
	CHECK(rumpuser_anonmmap(mem + 16 * PAGE, 4 * PAGE, 0, 0, (void **)&again) == 0);
	CHECK(again == mem + 16 * PAGE);
	CHECK(conf_filled(again, 0, 4 * PAGE));
	rumpuser_unmap(again, 4 * PAGE);
	return NULL;
}

static const char *hint_taken(void)
{
	unsigned char *mem, *other;

	CHECK(rumpuser_anonmmap(NULL, 4 * PAGE, 0, 0, (void **)&mem) == 0);
	memset(mem, 0x77, 4 * PAGE);
	CHECK(rumpuser_anonmmap(mem, 4 * PAGE, 0, 0, (void **)&other) == 0);
	CHECK(other + 4 * PAGE <= mem || mem + 4 * PAGE <= other);
	memset(other, 0x11, 4 * PAGE);
	CHECK(conf_filled(mem, 0x77, 4 * PAGE));
	rumpuser_unmap(other, 4 * PAGE);
	rumpuser_unmap(mem, 4 * PAGE);
	return NULL;
}

static const char *executable(void)
{
	unsigned char *mem;
	uint32_t (*code)(void);

	if (!conf_host->memory_exec)
		SKIP("memory is never executable on this host");
	for (uint32_t i = 1; i < 4; i++) {
		CHECK(rumpuser_anonmmap(NULL, 2 * PAGE, 0, 1, (void **)&mem) == 0);
		code_write(mem + PAGE, i * 1000003);
		code = (uint32_t(*)(void))(uintptr_t)(mem + PAGE);
		CHECK(code() == i * 1000003);
		rumpuser_unmap(mem, 2 * PAGE);
	}
	return NULL;
}

static const char *exec_or_error(void)
{
	void *mem;
	int error = rumpuser_anonmmap(NULL, PAGE, 0, 1, &mem);

	/* An error rather than memory that cannot be executed. */
	CHECK(conf_host->memory_exec ? error == 0 : error > 0);
	if (error == 0)
		rumpuser_unmap(mem, PAGE);
	return NULL;
}

static const char *unmapped_is_reused(void)
{
	void *mem;

	for (unsigned i = 0; i < 2048; i++) {
		CHECK(rumpuser_anonmmap(NULL, 1ul << 20, 20, 0, &mem) == 0);
		*(char *)mem = 1;
		rumpuser_unmap(mem, 1ul << 20);
	}
	return NULL;
}

static const char *pages_impossible(void)
{
	void *mem;

	CHECK(rumpuser_anonmmap(NULL, SIZE_MAX / 4, 0, 0, &mem) == RUMP_ENOMEM);
	CHECK(rumpuser_anonmmap(NULL, SIZE_MAX, 0, 0, &mem) == RUMP_ENOMEM);
	CHECK(rumpuser_anonmmap(NULL, PAGE, 0, 0, &mem) == 0);
	rumpuser_unmap(mem, PAGE);
	return NULL;
}

static const char *pages_exhaustion(void)
{
	if (conf_host->memory_steps == 0)
		SKIP("the harness names no limit");
	for (unsigned i = 0; i < 3; i++)
		CHECK(conf_exhaust(get_anonmmap, rumpuser_unmap) == RUMP_ENOMEM);
	return zeroed();
}

static const struct conf_check anonmmap_checks[] = {
	{"pages come zeroed, also when they were used before (rumpuser.h, anonmmap)", zeroed},
	{"memory starts at a page (rumpuser.h, anonmmap)", pages},
	{"every alignment to 4 MiB is kept (rumpuser.h, anonmmap)", alignbits},
	{"a free range that is wished for is given (rumpuser.h, anonmmap)", hint},
	{"a wish for a range in use gives another, and hurts nothing (rumpuser.h, anonmmap)",
	 hint_taken},
	{"code written to executable memory runs (rumpuser.h, anonmmap)", executable},
	{"executable memory is executable, or an error (rumpuser.h, anonmmap)", exec_or_error},
	{"unmapped memory can be had again, 2 GiB of it in turn (rumpuser.h, anonmmap)",
	 unmapped_is_reused},
	{"more than an address space is ENOMEM (Return values)", pages_impossible},
	{"when memory is used up anonmmap says ENOMEM, and goes on after an unmap (Return values)",
	 pages_exhaustion},
};
const struct conf_section conf_anonmmap = SECTION("anonmmap", anonmmap_checks);
