/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of the component that is bench/rump.c: its thread visits the rump kernel. */
#include <rump/syscall.h>
#include <storage/storage.h>

#include "bench.h"

BENCH_LOOP(getpid_visiting, storage_syscall(RUMP_SYS_getpid, 0, 0, 0, 0, 0))

void bench_run(void)
{
	struct cos_pair pid = storage_syscall(RUMP_SYS_getpid, 0, 0, 0, 0, 0);

	if (pid.v0 != 0 || pid.v1 <= 1)
		bench_fail("getpid of a visitor", (int)pid.v0);
	bench_loop("getpid, visiting thread", getpid_visiting, 2000);
}
