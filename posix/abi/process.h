/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's memory, threads, futexes, limits and accounting. */
#ifndef POSIX_ABI_PROCESS_H
#define POSIX_ABI_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include "abi/time.h"

/* memory */
#define LX_PROT_READ 1
#define LX_PROT_WRITE 2
#define LX_PROT_EXEC 4
#define LX_PROT_GROWSDOWN 0x01000000
#define LX_PROT_GROWSUP 0x02000000
#define LX_MAP_SHARED 0x01
#define LX_MAP_PRIVATE 0x02
#define LX_MAP_SHARED_VALIDATE 0x03
#define LX_MAP_TYPE 0x0f
#define LX_MAP_FIXED 0x10
#define LX_MAP_ANONYMOUS 0x20
#define LX_MAP_POPULATE 0x8000
#define LX_MAP_FIXED_NOREPLACE 0x100000
#define LX_MREMAP_MAYMOVE 1
#define LX_MREMAP_FIXED 2
#define LX_MREMAP_DONTUNMAP 4
#define LX_MS_ASYNC 1
#define LX_MS_INVALIDATE 2
#define LX_MS_SYNC 4

/* threads */
#define LX_CLONE_VM 0x00000100ul
#define LX_CLONE_FS 0x00000200ul
#define LX_CLONE_FILES 0x00000400ul
#define LX_CLONE_SIGHAND 0x00000800ul
#define LX_CLONE_VFORK 0x00004000ul
#define LX_CLONE_THREAD 0x00010000ul
#define LX_CLONE_SYSVSEM 0x00040000ul
#define LX_CLONE_SETTLS 0x00080000ul
#define LX_CLONE_PARENT_SETTID 0x00100000ul
#define LX_CLONE_CHILD_CLEARTID 0x00200000ul
#define LX_CLONE_DETACHED 0x00400000ul
#define LX_CLONE_CHILD_SETTID 0x01000000ul
struct lx_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size, cgroup;
};
#define LX_FUTEX_WAIT 0
#define LX_FUTEX_WAKE 1
#define LX_FUTEX_REQUEUE 3
#define LX_FUTEX_CMP_REQUEUE 4
#define LX_FUTEX_WAKE_OP 5
#define LX_FUTEX_WAIT_BITSET 9
#define LX_FUTEX_WAKE_BITSET 10
#define LX_FUTEX_PRIVATE 128
#define LX_FUTEX_CLOCK_REALTIME 256
#define LX_FUTEX_WAITERS 0x80000000u
#define LX_FUTEX_OWNER_DIED 0x40000000u
#define LX_FUTEX_TID_MASK 0x3fffffffu
struct lx_robust_list_head {
	uint64_t next;
	int64_t futex_offset;
	uint64_t pending;
};
#define LX_ARCH_SET_GS 0x1001
#define LX_ARCH_SET_FS 0x1002
#define LX_ARCH_GET_FS 0x1003
#define LX_ARCH_GET_GS 0x1004

/* limits, accounting, names */
#define LX_RLIMIT_STACK 3
#define LX_RLIMIT_NPROC 6
#define LX_RLIMIT_NOFILE 7
#define LX_RLIM_NLIMITS 16
#define LX_RLIM_INFINITY (~0ull)
struct lx_rlimit {
	uint64_t cur;
	uint64_t max;
};
struct lx_rusage {
	struct lx_timeval ru_utime, ru_stime;
	int64_t ru_maxrss, ru_rest[13];
};
struct lx_tms {
	int64_t utime, stime, cutime, cstime;
};
struct lx_sysinfo {
	int64_t uptime;
	uint64_t loads[3];
	uint64_t totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	uint16_t procs;
	uint16_t pad;
	uint64_t totalhigh, freehigh;
	uint32_t mem_unit;
};
struct lx_utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

_Static_assert(sizeof(struct lx_sysinfo) == 112, "Linux's struct sysinfo");
_Static_assert(sizeof(struct lx_rusage) == 144, "Linux's struct rusage");

#endif
