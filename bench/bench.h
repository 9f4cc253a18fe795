/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measurements that run on COS and in a process of the POSIX host from one source. bench_run is the
 * benchmark's; the rest is the host's (bench/cos.c, bench/posix.c), and loop.c.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

void bench_run(void);

/* Instructions, where they are counted (qemu -icount shift=0); otherwise nanoseconds. */
uint64_t bench_ticks(void);
/* What this process, or the system with all that is in it, has taken of memory. */
uint64_t bench_memory_bytes(void);
/* A file that is not there yet, for the host's hypercalls. */
const char *bench_path(void);
/* A row of the results; value is in tenths. */
void bench_value(const char *name, uint64_t tenths);
/* One without a figure, and why. */
void bench_none(const char *name, const char *why);
_Noreturn void bench_fail(const char *what, int error);

/* Of count values, which it puts in order. */
uint64_t bench_median(uint64_t *value, unsigned count);
/*
 * What one turn of loop(n) takes: the median of several times n turns, less what the empty loop
 * takes. So the figure has the call and its arguments in it, and the return, and nothing of the
 * loop. It is a row.
 */
void bench_loop(const char *name, void (*loop)(long n), long n);

/* Loops that differ in nothing but the call. */
#define BENCH_LOOP(name, call)                                       \
	static void name(long n)                                     \
	{                                                            \
		for (; n != 0; n--) {                                \
			__asm__ volatile("" : "+r"(n) : : "memory"); \
			call;                                        \
		}                                                    \
	}

#endif
