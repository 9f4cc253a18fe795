/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measurements that run from one source on COS and in a process of the POSIX host. bench_run is the
 * benchmark's; the other functions are the host's (bench/cos.c, bench/posix.c) or loop.c's.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

void bench_run(void);

/* Instructions where they are counted (qemu -icount shift=0), otherwise nanoseconds. */
uint64_t bench_ticks(void);
/* The memory in use by this process, or by the whole system. */
uint64_t bench_memory_bytes(void);
/* The path of a file that does not exist yet, for the host's hypercalls. */
const char *bench_path(void);
/* A row of the results; value is in tenths. */
void bench_value(const char *name, uint64_t tenths);
/* A row without a figure, and the reason. */
void bench_none(const char *name, const char *why);
_Noreturn void bench_fail(const char *what, int error);

/* The median of count values, which it sorts. */
uint64_t bench_median(uint64_t *value, unsigned count);
/*
 * The cost of one turn of loop(n): the median of several runs of n turns, less that of the empty
 * loop. The figure includes the call, its arguments and the return, and nothing of the loop. It
 * becomes a row.
 */
void bench_loop(const char *name, void (*loop)(long n), long n);

/* Loops that differ only in the call. */
#define BENCH_LOOP(name, call)                                       \
	static void name(long n)                                     \
	{                                                            \
		for (; n != 0; n--) {                                \
			__asm__ volatile("" : "+r"(n) : : "memory"); \
			call;                                        \
		}                                                    \
	}

#endif
