/* SPDX-License-Identifier: BSD-2-Clause */
/* A benchmark as a program of the POSIX host. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

static char path[64];

uint64_t bench_ticks(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Resident memory: proc(5), statm. */
uint64_t bench_memory_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long size, resident = 0;

	if (file == NULL || fscanf(file, "%lu %lu", &size, &resident) != 2)
		bench_fail("/proc/self/statm", 0);
	fclose(file);
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

const char *bench_path(void)
{
	return path;
}

void bench_value(const char *name, uint64_t tenths)
{
	printf("%s\t%lu.%lu\n", name, tenths / 10, tenths % 10);
	fflush(stdout);
}

void bench_none(const char *name, const char *why)
{
	printf("%s\t%s\n", name, why);
}

void bench_fail(const char *what, int error)
{
	fprintf(stderr, "bench: %s: error %d\n", what, error);
	unlink(path);
	_exit(1);
}

int main(void)
{
	snprintf(path, sizeof(path), "/tmp/bench.%ld", (long)getpid());
	puts("unit\tns");
	bench_run();
	unlink(path);
	fflush(stdout);
	_exit(0); /* a rump kernel has threads that do not end */
}
