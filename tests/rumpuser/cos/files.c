/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of storage in a booted system: files in tmpfs by system calls across two domains. Ends
 * the system with status 0 if all checks passed.
 */
#include <cos/abi.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include <mem/mem.h>
#include <reboot/system.h>
#include <sched/sched.h>
#include <storage/storage.h>
#include <rump/errno.h>
#include <rump/syscall.h>
#include <rump/types.h>

#define THREADS 4
#define ROUNDS 50
#define PART 8192 /* of the shared buffer, for each thread */

static char *shared;
static struct cos_sem finished;
static long failures;

static void expect(const char *what, struct cos_pair is, long error, long value)
{
	if (is.v0 == error && (error || is.v1 == value))
		return;
	cos_log("files: %s: error %ld result %ld, not %ld %ld\n", what, is.v0, is.v1, error, value);
	__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

static struct cos_pair call(long num, const void *a0, unsigned long a1, unsigned long a2)
{
	return storage_syscall(num, (unsigned long)a0, a1, a2, 0, 0);
}

static void write_and_read(char *part, long n)
{
	char *path = part, *data = part + 256, *back = part + 4352;
	struct cos_pair fd;

	cos_snprintf(path, 256, "/dir/file%ld", n);
	for (unsigned i = 0; i < 4096; i++)
		data[i] = (char)(i * (unsigned)(n + 3));
	fd = call(RUMP_SYS_open, path, RUMP_O_RDWR | RUMP_O_CREAT | RUMP_O_TRUNC, 0644);
	expect("open", fd, 0, fd.v1);
	expect("write", call(RUMP_SYS_write, (void *)fd.v1, (unsigned long)data, 4096 - 512), 0,
	       4096 - 512);
	expect("pread",
	       storage_syscall(RUMP_SYS_pread, (unsigned long)fd.v1, (unsigned long)back, 100, 0,
			       1000),
	       0, 100);
	if (memcmp(back, data + 1000, 100) != 0)
		expect("what was read", (struct cos_pair){1, 0}, 0, 0);
	expect("read at the end", call(RUMP_SYS_read, (void *)fd.v1, (unsigned long)back, 100), 0,
	       0);
	expect("close", call(RUMP_SYS_close, (void *)fd.v1, 0, 0), 0, 0);
	if (n % 2)
		expect("unlink", call(RUMP_SYS_unlink, path, 0, 0), 0, 0);
}

static void thread(void *arg)
{
	long n = (long)arg;

	for (long i = 0; i < ROUNDS; i++)
		write_and_read(shared + n * PART, n * ROUNDS + i);
	cos_sem_post(&finished);
}

long component_init(void)
{
	struct cos_pair fd;
	char *path;

	shared = (char *)mem_shm_create(THREADS * PART);
	if ((long)shared < 0)
		return (long)shared;
	path = shared;
	strlcpy(path, "/dir", 64);
	expect("an address of ours", call(RUMP_SYS_mkdir, &failures, 0755, 0), RUMP_EFAULT, 0);
	expect("mkdir", call(RUMP_SYS_mkdir, path, 0755, 0), 0, 0);
	expect("mkdir again", call(RUMP_SYS_mkdir, path, 0755, 0), RUMP_EEXIST, 0);
	strlcpy(path, "/none/file", 64);
	expect("open nowhere", call(RUMP_SYS_open, path, RUMP_O_RDONLY, 0), RUMP_ENOENT, 0);
	strlcpy(path, "/dir", 64);
	fd = call(RUMP_SYS_open, path, RUMP_O_RDONLY, 0);
	expect("open", fd, 0, fd.v1);
	expect("close", call(RUMP_SYS_close, (void *)fd.v1, 0, 0), 0, 0);
	expect("close again", call(RUMP_SYS_close, (void *)fd.v1, 0, 0), RUMP_EBADF, 0);
	expect("no such call", call(7777, 0, 0, 0), RUMP_ENOSYS, 0);
	for (long n = 0; n < THREADS; n++)
		if (cos_thread_create(thread, (void *)n, SCHED_PRIO_SERVICE + n) < 0)
			expect("a thread", (struct cos_pair){1, 0}, 0, 0);
	for (long n = 0; n < THREADS; n++)
		cos_sem_wait(&finished, 0);
	cos_log("files: %ld failures\n", failures);
	reboot_system(failures != 0);
	return 0;
}
