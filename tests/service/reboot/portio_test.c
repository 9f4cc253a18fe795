/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O instructions, as the assembler encodes them, for a component with a device of two ports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <cos/syscall.h>
#include <dev/control.h>
#include <mem/control.h>

#include "service/reboot/portio.h"

#define COMP 7
#define CODE_AT 0x401006 /* two bytes before a word ends */
#define PORT 0xc040

static uint8_t code[16];
static uint32_t ports[2];
static uint64_t frame[COS_NREGS];
static unsigned frame_sets;

struct cos_pair mem_peek(long comp, unsigned long addr)
{
	uint64_t word = 0;

	assert_int_equal(comp, COMP);
	assert_int_equal(addr % 8, 0);
	for (unsigned i = 0; i < 8; i++) {
		uint64_t at = addr + i - CODE_AT;

		word |= at < sizeof(code) ? (uint64_t)code[at] << 8 * i : 0;
	}
	return (struct cos_pair){0, (long)word};
}

struct cos_pair dev_port_read(long comp, unsigned long port, unsigned long width_bytes)
{
	assert_int_equal(comp, COMP);
	if (port - PORT > 1)
		return (struct cos_pair){-COS_EPERM, 0};
	return (struct cos_pair){0, (long)(ports[port - PORT] & ((1ul << 8 * width_bytes) - 1))};
}

long dev_port_write(long comp, unsigned long port, unsigned long width_bytes, unsigned long value)
{
	assert_int_equal(comp, COMP);
	assert_int_equal(value >> 8 * width_bytes, 0);
	if (port - PORT > 1)
		return -COS_EPERM;
	ports[port - PORT] = (uint32_t)value;
	return 0;
}

long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	(void)a2, (void)a3, (void)a4, (void)a5, (void)results;
	assert_int_equal(cap, COS_CAP_SELF);
	assert_int_equal(op, COS_SELF_CALLER_SET);
	frame[a0] = a1;
	frame_sets++;
	return 0;
}

#define TRY(...) try((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static bool try(const uint8_t *bytes, size_t n)
{
	memset(code, 0xcc, sizeof(code));
	memcpy(code, bytes, n);
	memset(frame, 0, sizeof(frame));
	frame[COS_REG_IP] = CODE_AT;
	frame[COS_REG_RAX] = 0x1122334455667788;
	frame[COS_REG_RDX] = 0xabcd0000c040;
	frame_sets = 0;
	return portio_handle(COMP, frame);
}

static void reads(void **state)
{
	(void)state;
	ports[0] = 0xdeadbeef;
	assert_true(TRY(0xec)); /* in al, dx */
	assert_int_equal(frame[COS_REG_RAX], 0x11223344556677ef);
	assert_int_equal(frame[COS_REG_IP], CODE_AT + 1);
	assert_true(TRY(0x66, 0xed)); /* in ax, dx */
	assert_int_equal(frame[COS_REG_RAX], 0x112233445566beef);
	assert_int_equal(frame[COS_REG_IP], CODE_AT + 2);
	assert_true(TRY(0xed)); /* in eax, dx */
	assert_int_equal(frame[COS_REG_RAX], 0xdeadbeef);
	assert_int_equal(frame[COS_REG_IP], CODE_AT + 1);
}

static void writes(void **state)
{
	(void)state;
	assert_true(TRY(0xee)); /* out dx, al */
	assert_int_equal(ports[0], 0x88);
	assert_true(TRY(0x66, 0xef)); /* out dx, ax */
	assert_int_equal(ports[0], 0x7788);
	assert_int_equal(frame[COS_REG_IP], CODE_AT + 2);
	assert_true(TRY(0xef)); /* out dx, eax */
	assert_int_equal(ports[0], 0x55667788);
	assert_int_equal(frame[COS_REG_RAX], 0x1122334455667788);
}

static void leaves_the_rest_a_failure(void **state)
{
	(void)state;
	assert_false(TRY(0xe4, 0x40)); /* in al, 0x40: not its port */
	assert_false(TRY(0x66, 0xe7, 0x41));
	assert_false(TRY(0xf4)); /* hlt */
	assert_false(TRY(0x6c)); /* ins */
	assert_false(TRY(0x66, 0x90));
	assert_int_equal(frame_sets, 0);
}

static void knows_immediate_ports(void **state)
{
	const uint8_t in[PORTIO_CODE_MAX] = {0x66, 0xe5, 0x60}, out[PORTIO_CODE_MAX] = {0xe6, 0x80};
	struct portio io;

	(void)state;
	assert_true(portio_decode(in, 0, &io));
	assert_true(!io.write && io.width_bytes == 2 && io.port == 0x60 && io.length_bytes == 3);
	assert_true(portio_decode(out, 0, &io));
	assert_true(io.write && io.width_bytes == 1 && io.port == 0x80 && io.length_bytes == 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(writes),
		cmocka_unit_test(leaves_the_rest_a_failure),
		cmocka_unit_test(knows_immediate_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
