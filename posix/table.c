/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of system calls. A call without a function is ENOSYS; the first time a program issues it
 * the log says so.
 */
#include "base/os.h"
#include "abi/errno.h"
#include "calls.h"
#include "process/process.h"
#include "process/thread.h"

struct call {
	const char *name;
	long (*function)(struct thread *, const uint64_t *);
	uint64_t refused; /* how often it was ENOSYS */
};

static struct call table[] = {
#define HAVE(number, name) [number] = {#name, sys_##name, 0},
#define NONE(number, name) [number] = {#name, NULL, 0},
#include "calls.list.h"
};

long call_dispatch(struct thread *t, uint64_t number, const uint64_t *args)
{
	static uint64_t unknown;
	struct call *call = number < ARRAY_LEN(table) ? &table[number] : NULL;

	if (call && call->function)
		return call->function(t, args);
	if (!call || !call->name) {
		if (__atomic_fetch_add(&unknown, 1, __ATOMIC_RELAXED) == 0)
			cos_log("posix: %s: system call %lu: no such number\n", t->proc->name,
				(unsigned long)number);
	} else if (__atomic_fetch_add(&call->refused, 1, __ATOMIC_RELAXED) == 0) {
		cos_log("posix: %s: %s (system call %lu) is not implemented\n", t->proc->name,
			call->name, (unsigned long)number);
	}
	return -LX_ENOSYS;
}

const char *call_name(uint64_t number)
{
	return number < ARRAY_LEN(table) ? table[number].name : NULL;
}
