/* SPDX-License-Identifier: BSD-2-Clause */
#include <cos/log.h>
#include <reboot/reboot.h>
#include "victim.h"

static volatile long zero;

long component_init(void)
{
	return 0;
}

static __attribute__((noinline)) long recurse(volatile char *above)
{
	volatile char room[1024];

	room[0] = above ? above[0] : 1;
	return zero ? 0 : recurse(room) + room[0];
}

long victim_fail(long how)
{
	switch (how) {
	case VICTIM_READ_NULL:
		return *(volatile long *)zero;
	case VICTIM_DIVIDE:
		return how / zero;
	case VICTIM_PANIC:
		cos_panic("victim: asked to");
	case VICTIM_WRITE_TEXT:
		*(volatile char *)(uintptr_t)victim_fail = 0;
		return 0;
	case VICTIM_OVERFLOW_STACK:
		return recurse(NULL);
	default:
		return how;
	}
}
