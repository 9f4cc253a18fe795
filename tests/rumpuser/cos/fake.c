/* SPDX-License-Identifier: BSD-2-Clause */
/* COS made of POSIX threads (fake.h). */
#define sched_yield host_sched_yield /* the host's has another type */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#undef sched_yield

#include <cos/blob.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/syscall.h>
#include <cos/thread.h>
#include <cos/user.h>
#include <block/block.h>
#include <console/console.h>
#include <dev/dev.h>
#include <entropy/entropy.h>
#include <mem/mem.h>
#include <reboot/reboot.h>
#include <sched/sched.h>

#include "fake.h"

#define THREADS_MAX 4096
#define FIRST_OWN_TID 2048
#define DMA_OFFSET 0x7000000000ul
#define INTERRUPTS 4
#define LINE INTERRUPTS /* the interrupt line, after the messages */
#define WINDOW_VA (220ul << COS_SLOT_SHIFT)
#define CAP_FIRST 100

struct thread {
	bool used;
	bool permit;
	void *self;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed; /* for all waits of the fake; CLOCK_MONOTONIC */
static struct thread threads[THREADS_MAX];
static long next_tid = FIRST_OWN_TID;
static long pending[LINE + 1];
static uint8_t *window_next = (uint8_t *)WINDOW_VA;
static _Thread_local long my_tid;
static _Thread_local long my_client;

const char *fake_params = "\0";
const void *fake_blob;
size_t fake_blob_len;
long fake_devices;
long fake_last_prio;
char fake_log[4096];

void fake_init(void)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attr);
	my_tid = next_tid++;
	threads[my_tid].used = true;
}

void *fake_window_map(size_t len)
{
	void *va = mmap(window_next, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (va == MAP_FAILED)
		abort();
	window_next += (len + 0x1fff) & ~0xffful;
	return va;
}

/* Identity. */

uint64_t cos_stack_last(void)
{
	return COS_STACK_VA + ((uint64_t)(my_tid + 1) << COS_STACK_SHIFT) - 1;
}

long cos_tid(void)
{
	return my_tid;
}

long cos_client(void)
{
	return my_client;
}

void fake_client_set(long client)
{
	my_client = client;
}

long cos_component_id(void)
{
	return 7;
}

void *cos_self_get(void)
{
	return threads[my_tid].self;
}

void cos_self_set(void *word)
{
	threads[my_tid].self = word;
}

/* Threads. */

struct start {
	void (*fn)(void *);
	void *arg;
	long tid;
};

static void *thread_main(void *p)
{
	struct start start = *(struct start *)p;

	free(p);
	my_tid = start.tid;
	start.fn(start.arg);
	cos_thread_exit();
}

long cos_thread_create(void (*fn)(void *), void *arg, long prio)
{
	struct start *start = malloc(sizeof(*start));
	pthread_t thread;
	long tid;

	fake_last_prio = prio;
	pthread_mutex_lock(&lock);
	tid = next_tid++;
	threads[tid] = (struct thread){.used = true};
	pthread_mutex_unlock(&lock);
	*start = (struct start){fn, arg, tid};
	if (pthread_create(&thread, NULL, thread_main, start) != 0)
		abort();
	pthread_detach(thread);
	return tid;
}

void cos_thread_exit(void)
{
	pthread_mutex_lock(&lock);
	threads[my_tid].used = false;
	pthread_mutex_unlock(&lock);
	pthread_exit(NULL);
}

struct fake_visit {
	pthread_t thread;
	long tid;
	long client;
	void (*fn)(void *);
	void *arg;
};

static void *visit_main(void *p)
{
	struct fake_visit *v = p;

	my_tid = v->tid;
	my_client = v->client;
	v->fn(v->arg);
	return NULL;
}

struct fake_visit *fake_visit_start(long tid, long client, void (*fn)(void *), void *arg)
{
	struct fake_visit *v = malloc(sizeof(*v));

	*v = (struct fake_visit){.tid = tid, .client = client, .fn = fn, .arg = arg};
	pthread_mutex_lock(&lock);
	threads[tid] = (struct thread){.used = true};
	pthread_mutex_unlock(&lock);
	if (pthread_create(&v->thread, NULL, visit_main, v) != 0)
		abort();
	return v;
}

void fake_visit_join(struct fake_visit *v)
{
	pthread_join(v->thread, NULL);
	free(v);
}

/* sched */

long sched_park(unsigned long deadline_ns)
{
	struct timespec ts = {(time_t)(deadline_ns / COS_NS_PER_S),
			      (long)(deadline_ns % COS_NS_PER_S)};
	long result = 0;

	pthread_mutex_lock(&lock);
	while (!threads[my_tid].permit && result == 0)
		if (deadline_ns == 0 || deadline_ns / COS_NS_PER_S > INT32_MAX)
			pthread_cond_wait(&changed, &lock);
		else if (pthread_cond_timedwait(&changed, &lock, &ts) == ETIMEDOUT)
			result = -COS_ETIMEDOUT;
	if (threads[my_tid].permit)
		result = 0;
	threads[my_tid].permit = false;
	pthread_mutex_unlock(&lock);
	return result;
}

long sched_unpark(long tid)
{
	long result = 0;

	pthread_mutex_lock(&lock);
	if (threads[tid].used)
		threads[tid].permit = true;
	else
		result = -COS_EDEAD;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return result;
}

long sched_unpark_park(long tid, unsigned long deadline_ns)
{
	sched_unpark(tid);
	return sched_park(deadline_ns);
}

long sched_yield_to(long tid)
{
	(void)tid;
	return syscall(SYS_sched_yield);
}

/* The processors are the host's. */
long sched_thd_bind(long tid, long core)
{
	(void)tid, (void)core;
	return 0;
}

unsigned cos_core(void)
{
	return 0;
}

unsigned cos_ncores(void)
{
	return 1;
}

long sched_yield(void)
{
	return syscall(SYS_sched_yield);
}

/* Time. */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * COS_NS_PER_S + (uint64_t)ts.tv_nsec;
}

uint64_t cos_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t cos_tsc(void)
{
	return __builtin_ia32_rdtsc();
}

uint64_t cos_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

/* mem */

long fake_usage, fake_limit;

long mem_map_at(unsigned long addr, unsigned long len, unsigned long flags)
{
	int prot = PROT_READ | PROT_WRITE | (flags & COS_PG_EXEC ? PROT_EXEC : 0);
	void *va = mmap((void *)addr, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert((flags & (COS_PG_WRITE | COS_PG_EXEC)) != (COS_PG_WRITE | COS_PG_EXEC) ||
	       flags & MEM_TURNS);
	return va == MAP_FAILED ? -COS_ENOMEM : (long)va;
}

long mem_map(unsigned long len, unsigned long flags)
{
	return mem_map_at(0, len, flags);
}

struct cos_pair mem_usage(void)
{
	return (struct cos_pair){fake_usage, fake_limit};
}

long mem_unmap(unsigned long addr, unsigned long len)
{
	return munmap((void *)addr, len) == 0 ? 0 : -COS_EINVAL;
}

struct cos_pair mem_stat(void)
{
	return (struct cos_pair){65536, 131072};
}

struct cos_pair dev_dma_alloc(unsigned long len, unsigned long align, long below_4g)
{
	long va = mem_map(len, 0);

	(void)align;
	(void)below_4g;
	return (struct cos_pair){va, va + (long)DMA_OFFSET};
}

struct cos_pair dev_dma_addr(unsigned long addr)
{
	return (struct cos_pair){addr >> COS_SLOT_SHIFT == COS_SLOT_SHARED ? -COS_EFAULT : 0,
				 (long)(addr + DMA_OFFSET)};
}

long dev_dma_free(unsigned long addr, unsigned long len)
{
	return mem_unmap(addr, len);
}

/* Whatever a window or the shared slot shows is the client's here. */
uint64_t cos_user_room(const void *addr)
{
	uint64_t slot = (uint64_t)(uintptr_t)addr >> COS_SLOT_SHIFT;

	return slot - COS_SLOT_WINDOW_FIRST <= COS_SLOT_SHARED - COS_SLOT_WINDOW_FIRST
		       ? ((slot + 1) << COS_SLOT_SHIFT) - (uint64_t)(uintptr_t)addr
		       : 0;
}

long cos_copy_user(void *dst, const void *src, size_t len)
{
	memcpy(dst, src, len);
	return 0;
}

long cos_copy_user_str(char *dst, const char *src, size_t max)
{
	size_t len = strnlen(src, max);

	memcpy(dst, src, len < max ? len + 1 : max);
	return (long)len;
}

/* A shared buffer, in the shared slot. */
long mem_shm_create(unsigned long len)
{
	static uint8_t *next = (uint8_t *)((unsigned long)COS_SLOT_SHARED << COS_SLOT_SHIFT);
	void *va;

	pthread_mutex_lock(&lock);
	va = mmap(next, len, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	next += (len + 0x1fffff) & ~0x1ffffful;
	pthread_mutex_unlock(&lock);
	return va == MAP_FAILED ? -COS_ENOMEM : (long)va;
}

long fake_shm_destroyed;

long mem_shm_destroy(unsigned long addr)
{
	fake_shm_destroyed++;
	return munmap((void *)addr, 4096) == 0 ? 0 : -COS_EINVAL;
}

/* entropy: numbers that the test can predict. */

struct fake_entropy fake_entropy;

struct cos_pair entropy_draw(void)
{
	fake_entropy.draws++;
	if (fake_entropy.error)
		return (struct cos_pair){fake_entropy.error, 0};
	return (struct cos_pair){fake_entropy.draws, ~(long)fake_entropy.draws};
}

/* block: one disk, "disk0", number 5. */

struct fake_disk fake_disk;

long block_find(unsigned long w0, unsigned long w1, unsigned long w2, unsigned long w3)
{
	unsigned long words[4] = {w0, w1, w2, w3};

	return strncmp((char *)words, "disk0", sizeof(words)) == 0 ? 5 : -COS_ENOENT;
}

struct cos_pair block_size(long disk)
{
	return (struct cos_pair){disk == 5 ? (long)fake_disk.len_bytes : -COS_ENOENT, 512};
}

static void disk_log(struct fake_event event)
{
	if (fake_disk.nevents < sizeof(fake_disk.event) / sizeof(fake_disk.event[0]))
		fake_disk.event[fake_disk.nevents++] = event;
}

/* Blocks every call while the disk is paused, and then carries it out at once. */
static void disk_enter(void)
{
	pthread_mutex_lock(&lock);
	fake_disk.inside++;
	if (fake_disk.inside > fake_disk.inside_max)
		fake_disk.inside_max = fake_disk.inside;
	pthread_cond_broadcast(&changed);
	while (fake_disk.paused)
		pthread_cond_wait(&changed, &lock);
	fake_disk.inside--;
}

long block_transfer(long disk, long op, unsigned long buffer, unsigned long len, unsigned long off)
{
	void *shared = (void *)buffer;
	long result;

	disk_enter();
	result = fake_disk.error;
	if (disk != 5 || buffer >> COS_SLOT_SHIFT != COS_SLOT_SHARED || len % 512 || off % 512 ||
	    off + len > fake_disk.len_bytes)
		result = -COS_EINVAL;
	if (result == 0 && op == BLOCK_READ)
		memcpy(shared, fake_disk.bytes + off, len);
	else if (result == 0)
		memcpy(fake_disk.bytes + off, shared, len);
	disk_log((struct fake_event){(int)op, off, len});
	pthread_mutex_unlock(&lock);
	return result;
}

long block_flush(long disk)
{
	long result;

	disk_enter();
	result = disk == 5 ? fake_disk.error : -COS_ENOENT;
	disk_log((struct fake_event){FAKE_FLUSH, 0, 0});
	pthread_mutex_unlock(&lock);
	return result;
}

void fake_disk_pause(bool paused)
{
	pthread_mutex_lock(&lock);
	fake_disk.paused = paused;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

int fake_disk_inside(void)
{
	int inside;

	pthread_mutex_lock(&lock);
	inside = fake_disk.inside;
	pthread_mutex_unlock(&lock);
	return inside;
}

/* dev: fake_devices of 1af4:1042, the first at 0:3.0, with a BAR of 64 bits and INTERRUPTS
 * messages. */

static uint8_t bar_memory[8192] __attribute__((aligned(4096)));

long dev_count(void)
{
	return fake_devices;
}

struct cos_pair dev_id(long dev)
{
	if (dev < 0 || dev >= fake_devices)
		return (struct cos_pair){-COS_ENODEV, 0};
	return (struct cos_pair){0x10421af4, (3 + dev) << 3};
}

/* All devices share one line; its rise is an event for the thread that serves it. */
static bool asserted[2];

static bool fake_line_is(long dev)
{
	bool is;

	pthread_mutex_lock(&lock);
	is = asserted[dev];
	pthread_mutex_unlock(&lock);
	return is;
}

void fake_line_set(long dev, bool on)
{
	pthread_mutex_lock(&lock);
	if (on && !asserted[0] && !asserted[1])
		pending[LINE]++;
	asserted[dev] = on;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

long dev_intx_line(long dev)
{
	return dev < fake_devices ? 11 : -COS_ENODEV;
}

long dev_intx_bind(long dev)
{
	static bool bound;

	if (dev >= fake_devices)
		return -COS_ENODEV;
	if (bound)
		return -COS_EEXIST;
	bound = true;
	return CAP_FIRST + LINE;
}

long dev_conf_read(long dev, unsigned long reg, unsigned long width)
{
	if (dev >= fake_devices)
		return -COS_ENODEV;
	if (reg % width || reg >= 256)
		return -COS_EINVAL;
	if (reg == 6)
		return fake_line_is(dev) ? 0x08 : 0;
	return reg == 0 ? 0x10421af4 : reg == 0x20 ? 0xfe00400c : reg == 0x24 ? 8 : 0;
}

long dev_conf_write(long dev, unsigned long reg, unsigned long width, unsigned long value)
{
	(void)width;
	(void)value;
	return dev >= fake_devices ? -COS_ENODEV : reg >= 0x10 && reg < 0x28 ? -COS_EPERM : 0;
}

struct cos_pair dev_bar_map(long dev, long bar)
{
	if (dev >= fake_devices)
		return (struct cos_pair){-COS_ENODEV, 0};
	if (bar != 4)
		return (struct cos_pair){-COS_EINVAL, 0};
	return (struct cos_pair){(long)bar_memory, sizeof(bar_memory)};
}

long dev_msix_count(long dev)
{
	return dev < fake_devices ? INTERRUPTS : -COS_ENODEV;
}

long dev_irq_bind(long dev, long msix)
{
	return dev < fake_devices && msix < INTERRUPTS ? CAP_FIRST + msix : -COS_EINVAL;
}

void fake_interrupt(long n)
{
	pthread_mutex_lock(&lock);
	pending[n]++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

/* The kernel: only COS_ARCV_WAIT. */
long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	long n = (long)cap - CAP_FIRST, events;

	(void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5, (void)results;
	if (op != COS_ARCV_WAIT || n < 0 || n > LINE)
		abort();
	pthread_mutex_lock(&lock);
	while (pending[n] == 0)
		pthread_cond_wait(&changed, &lock);
	events = pending[n];
	pending[n] = 0;
	pthread_mutex_unlock(&lock);
	return events;
}

/* The rest of libcos and the services. */

const char *cos_param(const char *key)
{
	size_t len = strlen(key);

	for (const char *p = fake_params; *p; p += strlen(p) + 1)
		if (strncmp(p, key, len) == 0 && p[len] == '=')
			return p + len + 1;
	return NULL;
}

size_t strlcpy(char *restrict dst, const char *restrict src, size_t size)
{
	snprintf(dst, size, "%s", src);
	return strlen(src);
}

const void *cos_blob(const char *name, size_t *len)
{
	*len = fake_blob_len;
	return strcmp(name, "disk") == 0 ? fake_blob : NULL;
}

void *cos_calloc(size_t count, size_t len)
{
	return calloc(count, len);
}

void cos_free(void *p)
{
	free(p);
}

void cos_log_write(const char *text, size_t len)
{
	size_t at = strlen(fake_log);

	fwrite(text, 1, len, stderr);
	if (at + len < sizeof(fake_log))
		memcpy(fake_log + at, text, len);
}

void (*fake_exit)(long status);
long fake_stopped;

long reboot_exit(long status)
{
	fake_exit(status);
	abort();
}

struct cos_pair reboot_status(long comp)
{
	return (struct cos_pair){comp != fake_stopped, 1};
}
