/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions on I/O ports: which they are, and what becomes of the registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <cos/syscall.h>
#include <dev/dev.h>
#include <mem/mem.h>
#include "service/reboot/port.h"

#define COMP 9
#define CODE_VA 0x400000ul

static uint8_t code[64];
static struct {
	unsigned long port, width, value;
	long write;
	unsigned calls;
} seen;
static uint64_t set[COS_NREGS];

struct cos_pair mem_peek(long comp, unsigned long addr)
{
	struct cos_pair pair = {-COS_EFAULT, 0};

	if (comp == COMP && addr % 8 == 0 && addr >= CODE_VA && addr < CODE_VA + sizeof(code)) {
		pair.v0 = 0;
		memcpy(&pair.v1, code + (addr - CODE_VA), 8);
	}
	return pair;
}

struct cos_pair dev_port(long comp, unsigned long port, unsigned long width, long write,
			 unsigned long value)
{
	assert_int_equal(comp, COMP);
	seen.port = port;
	seen.width = width;
	seen.write = write;
	seen.value = value;
	seen.calls++;
	return (struct cos_pair){port == 0x60 || port == 0xc040 ? 0 : -COS_EPERM,
				 0x1122334455667788};
}

long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	(void)a2, (void)a3, (void)a4, (void)a5, (void)results;
	assert_int_equal(cap, COS_CAP_SELF);
	assert_int_equal(op, COS_SELF_FRAME_SET);
	set[a0] = a1;
	return 0;
}

/* The bytes at offset at of the code; the result of emulating them, with rax and rdx so. */
static bool run(unsigned at, const char *bytes, size_t len, uint64_t rax, uint64_t rdx)
{
	uint64_t reg[COS_NREGS] = {0};

	memset(code, 0x90, sizeof(code));
	memcpy(code + at, bytes, len);
	memset(set, 0, sizeof(set));
	memset(&seen, 0, sizeof(seen));
	reg[COS_REG_IP] = CODE_VA + at;
	reg[COS_REG_RAX] = rax;
	reg[COS_REG_RDX] = rdx;
	return port_emulate(COMP, reg);
}

static void reads(void **state)
{
	(void)state;
	assert_true(run(0, "\xec", 1, 0xaaaaaaaaaaaaaaaa, 0x12340000c040)); /* in %dx, %al */
	assert_int_equal(seen.port, 0xc040);
	assert_int_equal(seen.width, 1);
	assert_int_equal(seen.write, 0);
	assert_int_equal(set[COS_REG_RAX], 0xaaaaaaaaaaaaaa88);
	assert_int_equal(set[COS_REG_IP], CODE_VA + 1);
	assert_true(run(0, "\x66\xed", 2, 0xaaaaaaaaaaaaaaaa, 0xc040)); /* in %dx, %ax */
	assert_int_equal(seen.width, 2);
	assert_int_equal(set[COS_REG_RAX], 0xaaaaaaaaaaaa7788);
	assert_int_equal(set[COS_REG_IP], CODE_VA + 2);
	assert_true(run(7, "\xed", 1, 0xaaaaaaaaaaaaaaaa, 0xc040)); /* in %dx, %eax */
	assert_int_equal(seen.width, 4);
	assert_int_equal(set[COS_REG_RAX], 0x55667788);
	assert_true(run(6, "\x66\xe5\x60", 3, 0, 0)); /* in $0x60, %ax: over the border of a word */
	assert_int_equal(seen.port, 0x60);
	assert_int_equal(seen.width, 2);
	assert_int_equal(set[COS_REG_IP], CODE_VA + 9);
}

static void writes(void **state)
{
	(void)state;
	assert_true(run(0, "\xee", 1, 0x1234, 0xc040)); /* out %al, %dx */
	assert_int_equal(seen.write, 1);
	assert_int_equal(seen.width, 1);
	assert_int_equal(seen.value & 0xff, 0x34);
	assert_int_equal(set[COS_REG_RAX], 0);
	assert_int_equal(set[COS_REG_IP], CODE_VA + 1);
	assert_true(run(0, "\xef", 1, 0x12345678, 0xc040)); /* out %eax, %dx */
	assert_int_equal(seen.width, 4);
	assert_true(run(0, "\xe6\x60", 2, 7, 0)); /* out %al, $0x60 */
	assert_int_equal(seen.port, 0x60);
	assert_int_equal(set[COS_REG_IP], CODE_VA + 2);
}

static void others_fail(void **state)
{
	(void)state;
	assert_false(run(0, "\xec", 1, 0, 0x3f8)); /* not its port */
	assert_int_equal(seen.calls, 1);
	assert_int_equal(set[COS_REG_IP], 0);
	assert_false(run(0, "\xf4", 1, 0, 0xc040));	/* hlt */
	assert_false(run(0, "\x6c", 1, 0, 0xc040));	/* insb */
	assert_false(run(0, "\xf3\xec", 2, 0, 0xc040)); /* rep in: no such thing */
	assert_false(run(0, "\x0f\x30", 2, 0, 0xc040)); /* wrmsr */
	assert_int_equal(seen.calls, 0);
	/* The last byte that can be read. */
	assert_true(run(63, "\xec", 1, 0, 0xc040));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(writes),
		cmocka_unit_test(others_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
