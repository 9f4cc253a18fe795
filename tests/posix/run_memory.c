/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem for one program. The program's memory is a file in memory, mapped twice: where the program
 * has it, and at the window where posix and the backends see it. There is one address space: a
 * second mem_as_create, as after exec beside threads that compute, gives the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cos/layout.h>
#include <mem/mem.h>
#include <mem/program.h>
#include "tests/posix/run.h"
#include "tests/rumpuser/cos/fake.h"

#define SLOT 100	      /* of the program's window */
#define MMAP_TOP 0x50000000ul /* below the stack (PROGRAM_TOP in build.mk) */
#define MMAP_END 0x10000000ul /* above programs of a fixed address and the heap */

static int memory = -1; /* the program's, offset = address */
static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;

int run_memory_init(void)
{
	memory = memfd_create("program", MFD_CLOEXEC);
	return memory < 0 ? -1 : ftruncate(memory, (off_t)COS_SLOT(1ul));
}

/* Regions, sorted by address. */
struct region {
	struct region *next;
	uint64_t start, end;
	unsigned prot;
};
static struct region *regions;

static int host_prot(unsigned prot)
{
	return (prot & COS_PG_READ ? PROT_READ : 0) | (prot & COS_PG_WRITE ? PROT_WRITE : 0) |
	       (prot & COS_PG_EXEC ? PROT_EXEC : 0);
}

static void show(uint64_t start, uint64_t len, unsigned prot)
{
	if (mmap((void *)start, len, host_prot(prot), MAP_SHARED | MAP_FIXED, memory,
		 (off_t)start) == MAP_FAILED ||
	    mmap((void *)(MEM_WINDOW(SLOT) + start), len, host_prot(prot & ~(unsigned)COS_PG_EXEC),
		 MAP_SHARED | MAP_FIXED, memory, (off_t)start) == MAP_FAILED) {
		perror("mmap");
		abort();
	}
}

static void hide(uint64_t start, uint64_t len)
{
	munmap((void *)start, len);
	munmap((void *)(MEM_WINDOW(SLOT) + start), len);
	fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)start, (off_t)len);
}

static bool is_free(uint64_t start, uint64_t end)
{
	for (struct region *r = regions; r; r = r->next)
		if (r->start < end && start < r->end)
			return false;
	return true;
}

/* Take [start, end) out of the list. */
static void cut(uint64_t start, uint64_t end)
{
	for (struct region **p = &regions; *p;) {
		struct region *r = *p, *tail;

		if (r->end <= start || r->start >= end) {
			p = &r->next;
		} else if (r->start < start && r->end > end) {
			tail = malloc(sizeof(*tail));
			*tail = (struct region){r->next, end, r->end, r->prot};
			r->end = start;
			r->next = tail;
			return;
		} else if (r->start < start) {
			r->end = start;
			p = &r->next;
		} else if (r->end > end) {
			r->start = end;
			return;
		} else {
			*p = r->next;
			free(r);
		}
	}
}

static void insert(uint64_t start, uint64_t end, unsigned prot)
{
	struct region **p = &regions, *r = malloc(sizeof(*r));

	while (*p && (*p)->start < start)
		p = &(*p)->next;
	*r = (struct region){*p, start, end, prot};
	*p = r;
}

struct cos_pair mem_as_create(void)
{
	return (struct cos_pair){PROGRAM, SLOT};
}

long mem_as_destroy(long as)
{
	(void)as;
	return 0;
}

long mem_as_stop(long as)
{
	(void)as;
	return 0;
}

static long find_free(uint64_t len)
{
	uint64_t at = MMAP_TOP - len;

	while (at > MMAP_END && !is_free(at, at + len))
		at -= 4096;
	return at > MMAP_END ? (long)at : -COS_ENOMEM;
}

long mem_as_map(long as, unsigned long hint, unsigned long len, unsigned long flags)
{
	long addr = (long)hint;

	(void)as;
	pthread_mutex_lock(&memory_lock);
	if (flags & MEM_FIXED && flags & MEM_NOREPLACE && !is_free(hint, hint + len)) {
		addr = -COS_EEXIST;
	} else if (!(flags & MEM_FIXED) &&
		   (!hint || hint >= MMAP_TOP || !is_free(hint, hint + len))) {
		addr = find_free(len);
	}
	if (addr > 0) {
		cut((uint64_t)addr, (uint64_t)addr + len);
		hide((uint64_t)addr, len);
		show((uint64_t)addr, len, (unsigned)flags & 7);
		insert((uint64_t)addr, (uint64_t)addr + len, (unsigned)flags & 7);
	}
	pthread_mutex_unlock(&memory_lock);
	return addr;
}

long mem_as_unmap(long as, unsigned long addr, unsigned long len)
{
	(void)as;
	pthread_mutex_lock(&memory_lock);
	cut(addr, addr + len);
	hide(addr, len);
	pthread_mutex_unlock(&memory_lock);
	return 0;
}

long mem_as_protect(long as, unsigned long addr, unsigned long len, unsigned long prot)
{
	(void)as;
	pthread_mutex_lock(&memory_lock);
	for (uint64_t at = addr; at < addr + len; at += 4096) {
		if (is_free(at, at + 4096)) {
			pthread_mutex_unlock(&memory_lock);
			return -COS_ENOENT;
		}
	}
	cut(addr, addr + len);
	insert(addr, addr + len, (unsigned)prot);
	show(addr, len, (unsigned)prot);
	pthread_mutex_unlock(&memory_lock);
	return 0;
}

long mem_as_remap(long as, unsigned long addr, unsigned long old, unsigned long len,
		  unsigned long flags, unsigned long to)
{
	long r = (long)addr;

	pthread_mutex_lock(&memory_lock);
	struct region *whole = regions;

	while (whole && !(whole->start <= addr && whole->end >= addr + old))
		whole = whole->next;
	if (!whole) {
		r = -COS_ENOENT;
	} else if (flags & MEM_FIXED) {
		r = (long)to;
	} else if (len > old && !is_free(addr + old, addr + len)) {
		r = flags & MEM_MAYMOVE ? find_free(len) : -COS_ENOMEM;
	}
	pthread_mutex_unlock(&memory_lock);
	if (r < 0)
		return r;
	if (r != (long)addr) {
		mem_as_map(as, (unsigned long)r, len, COS_PG_READ | COS_PG_WRITE | MEM_FIXED);
		memcpy((void *)(MEM_WINDOW(SLOT) + (unsigned long)r),
		       (void *)(MEM_WINDOW(SLOT) + addr), old < len ? old : len);
		mem_as_unmap(as, addr, old);
	} else if (len < old) {
		mem_as_unmap(as, addr + len, old - len);
	} else if (len > old) {
		mem_as_map(as, addr + old, len - old, COS_PG_READ | COS_PG_WRITE | MEM_FIXED);
		pthread_mutex_lock(&memory_lock);
		cut(addr, addr + len);
		insert(addr, addr + len, COS_PG_READ | COS_PG_WRITE);
		pthread_mutex_unlock(&memory_lock);
	}
	return r;
}

long mem_as_discard(long as, unsigned long addr, unsigned long len)
{
	(void)as;
	fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)addr, (off_t)len);
	return 0;
}

struct cos_pair mem_as_query(long as, unsigned long addr)
{
	struct cos_pair out = {-COS_ENOENT, 0};

	(void)as;
	pthread_mutex_lock(&memory_lock);
	for (struct region *r = regions; r; r = r->next) {
		if (r->end > addr) {
			out = (struct cos_pair){(long)(r->start | r->prot), (long)r->end};
			break;
		}
	}
	pthread_mutex_unlock(&memory_lock);
	return out;
}

long mem_shm_create(unsigned long len)
{
	return (long)fake_window_map(len);
}

long mem_shm_destroy(unsigned long addr)
{
	(void)addr;
	return 0;
}

/* Copies that recover from a fault: the kernel makes the access. */
long cos_copy_user(void *dst, const void *src, size_t len)
{
	struct iovec to = {dst, len}, from = {(void *)(uintptr_t)src, len};

	if (len == 0)
		return 0;
	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)len ? 0 : -COS_EFAULT;
}

long cos_copy_user_str(char *dst, const char *src, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (cos_copy_user(dst + i, src + i, 1) < 0)
			return -COS_EFAULT;
		if (!dst[i])
			return (long)i;
	}
	return (long)max;
}

long cos_cas_user(uint32_t *p, uint32_t old, uint32_t new_value)
{
	uint32_t probe;

	if (cos_copy_user(&probe, p, 4) < 0)
		return -COS_EFAULT;
	return __atomic_compare_exchange_n(p, &old, new_value, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}
