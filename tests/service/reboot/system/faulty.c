/* SPDX-License-Identifier: BSD-2-Clause */
/* faulty.h: fails by a page fault, a panic, or in other ways. */
#include <cos/log.h>
#include <mem/mem.h>
#include <reboot/reboot.h>
#include "faulty.h"

#define LARGE (6UL << 20) /* has super-pages */

static volatile long zero;
static char *volatile large;

long component_init(void)
{
	long pages = mem_map(LARGE, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);

	if (pages < 0)
		return pages;
	large = (char *)pages;
	large[LARGE - 1] = 'L';
	return 0;
}

static __attribute__((noinline)) long recurse(volatile char *above)
{
	volatile char room[1024];

	room[0] = above ? above[0] : 1;
	return zero ? 0 : recurse(room) + room[0];
}

long faulty_fail(long how)
{
	switch (how) {
	case FAULTY_READ_NULL:
		return *(volatile long *)zero;
	case FAULTY_DIVIDE:
		return how / zero;
	case FAULTY_PANIC:
		cos_panic("faulty: asked to");
	case FAULTY_WRITE_TEXT:
		*(volatile char *)(uintptr_t)faulty_fail = 0;
		return 0;
	case FAULTY_OVERFLOW_STACK:
		return recurse(NULL);
	default:
		return how;
	}
}
