/* SPDX-License-Identifier: BSD-2-Clause */
/* sim.h: one nanosecond is one tick, memory is the host's, and the log goes to stderr. */
#include "sim.h"

static _Thread_local void *self_word;

/* Component 1 has the roles of all that sched asks for; the others have none. */
const struct cos_system __cos_system = {.ncomponents = 16};
const uint32_t __cos_roles[17] = {
	[1] = 1U << COMPONENT_BOOT | 1U << COMPONENT_DEV | 1U << COMPONENT_REBOOT,
};

void *cos_self_get(void)
{
	return self_word;
}

void cos_self_set(void *word)
{
	self_word = word;
}

long cos_component_id(void)
{
	return SIM_SCHED;
}

void cos_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

void cos_log_kernel(const char *text, size_t len)
{
	fwrite(text, 1, len, stderr);
}

uint64_t cos_tsc_at_ns(uint64_t ns)
{
	return ns;
}

uint64_t cos_ns_to_ticks(uint64_t ns)
{
	return ns;
}

uint64_t cos_ticks_to_ns(uint64_t ticks)
{
	return ticks;
}

long mem_map(unsigned long len_bytes, unsigned long prot_flags)
{
	unsigned long len = (len_bytes + 4095) & ~4095UL;
	void *page = aligned_alloc(4096, len);

	assert_true(prot_flags & MEM_WIRED);
	memset(page, 0, len);
	return (long)page;
}

long mem_unmap(unsigned long addr, unsigned long len_bytes)
{
	(void)len_bytes;
	free((void *)addr);
	return 0;
}

void sched_entry(void)
{
}

long create(void (*function)(unsigned long), unsigned long arg, long prio)
{
	long tid = sched_thd_create((unsigned long)function, arg, prio);

	assert_true(tid >= 0);
	return tid;
}
