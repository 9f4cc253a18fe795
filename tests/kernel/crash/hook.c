/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replaces port_in, and the serial line's functions, in a kernel that is otherwise the usual one:
 * reading port CRASH_PORT + n makes the kernel fail in way n. All ways end in crash_inner, which
 * crash_outer calls, so that the backtrace can be checked.
 */
#include <stdatomic.h>
#include "core.h"
#include "crash.h"
#include "log.h"
#include "machine.h"

#define NOWHERE 0xffff900000000000UL /* of the kernel's half, and not mapped */
#define STILL_TSC (1UL << 32)
#define LIMIT_TSC (1UL << 35)

uint32_t port_in_real(uint16_t port, unsigned bytes);
unsigned serial_room_real(void);
void serial_put_real(char c);
void crash_inner(unsigned how);
void crash_outer(unsigned how);

/* The other cores count at the address in the caller's second argument: that must end. */
static void others_stop(void)
{
	const volatile uint64_t *count = (const volatile uint64_t *)cpu()->thd->reg[COS_REG_RDX];
	uint64_t start = machine_tsc(), last = start, now = start, seen = 0;

	machine_panic();
	__asm__ volatile("stac");
	while (now - last < STILL_TSC && now - start < LIMIT_TSC) {
		now = machine_tsc();
		if (*count != seen)
			last = now;
		seen = *count;
	}
	log_print(now - last < STILL_TSC ? "others run on\n" : "others stopped\n");
	machine_halt(COS_HALT_PANIC);
}

__attribute__((noinline)) void crash_inner(unsigned how)
{
	switch (how) {
	case CRASH_PANIC:
		log_panic("on purpose");
	case CRASH_FRAME:
		__asm__ volatile("movq %0, %%rbp; ud2" : : "r"(NOWHERE));
		break;
	case CRASH_LOOP:
		__asm__ volatile("pushq $0; pushq $0; movq %rsp, %rbp; movq %rbp, (%rbp); ud2");
		break;
	case CRASH_STACK:
		__asm__ volatile("movq %0, %%rsp; pushq $0" : : "r"(NOWHERE));
		break;
	case CRASH_AGAIN:
		__asm__ volatile("wrgsbase %0; ud2" : : "r"(NOWHERE));
		break;
	case CRASH_OTHERS:
		others_stop();
		break;
	default:
		*(volatile uint64_t *)NOWHERE = 1;
	}
	__asm__ volatile("");
}

__attribute__((noinline)) void crash_outer(unsigned how)
{
	crash_inner(how);
	__asm__ volatile("");
}

static bool line_busy;
static uint32_t put_busy, put_free;

unsigned serial_room(void)
{
	return line_busy ? 0 : serial_room_real();
}

void serial_put(char c)
{
	if (line_busy)
		put_busy++;
	else
		put_free++;
	serial_put_real(c);
}

static uint32_t line_do(unsigned how)
{
	if (how == CRASH_LINE_SENT)
		return put_free;
	line_busy = how == CRASH_LINE_BUSY;
	put_free = 0;
	return put_busy;
}

uint32_t port_in(uint16_t port, unsigned bytes)
{
	if (port < CRASH_PORT || port >= CRASH_PORT + CRASH_WAYS)
		return port_in_real(port, bytes);
	if (port - CRASH_PORT >= CRASH_LINE_BUSY)
		return line_do(port - CRASH_PORT);
	crash_outer(port - CRASH_PORT);
	return 0;
}
