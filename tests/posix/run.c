/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix-run DIRECTORY PROGRAM [ARG...]: posix with the storage and network rump kernels in an
 * ordinary Linux process, running an unmodified static program.
 *
 * DIRECTORY is copied into the rump kernel's tmpfs, and PROGRAM, a path there, is run. Here are the
 * start, and the services console and reboot; run_memory.c and run_thread.c have mem and sched.
 * RUN_TRACE in the environment: print each system call. RUN_CWD: the working directory.
 *
 * Not there: a thread that computes cannot be stopped from outside, so what stops one hangs.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cos/layout.h>
#include <console/control.h>
#include <console/log.h>
#include <console/program.h>
#include <network/network.h>
#include <reboot/system.h>
#include <rump/errno.h>
#include <rump/syscall.h>
#include <rump/types.h>
#include <storage/storage.h>
#include "tests/posix/run.h"
#include "tests/rumpuser/cos/fake.h"

static int exit_status;

long console_write(long stream, const void *buf, unsigned long len)
{
	return write((int)stream, buf, len);
}

long console_read(void *buf, unsigned long len)
{
	return read(0, buf, len);
}

/* A log that has lost its first bytes. */
struct cos_pair console_log_read(void *buf, unsigned long len, unsigned long position)
{
	static const char text[] = "[lost]the log\nof the host\n";
	unsigned long first = position < 6 ? 6 : position, left = sizeof(text) - 1 - first;

	if (first > sizeof(text) - 1)
		return (struct cos_pair){-COS_EINVAL, 0};
	memcpy(buf, text + first, left < len ? left : len);
	return (struct cos_pair){(long)(left < len ? left : len), (long)first};
}

long console_tty(void)
{
	return 0;
}

long console_signal(void)
{
	return -COS_EIO;
}

long console_fail(unsigned long len, unsigned long w0, unsigned long w1, unsigned long w2,
		  unsigned long w3)
{
	(void)len, (void)w0, (void)w1, (void)w2, (void)w3;
	return 0;
}

long console_exit(long status)
{
	exit_status = (int)(status > 255 ? status - 256 + 128 : status);
	return 0;
}

/* There when this is linked to measure coverage: _exit() writes no counters. */
void __gcov_dump(void) __attribute__((weak));

long reboot_system(long status)
{
	(void)status;
	fflush(NULL);
	if (__gcov_dump)
		__gcov_dump();
	_exit(exit_status);
}

/* Calls of the storage component, from no thread of posix. */

static long call(long num, unsigned long a0, unsigned long a1, unsigned long a2)
{
	struct cos_pair r = storage_syscall(num, a0, a1, a2, 0, 0);

	if (r.v0 && r.v0 != RUMP_EEXIST) {
		fprintf(stderr, "posix-run: storage call %ld: error %ld\n", num, r.v0);
		_exit(125);
	}
	return r.v1;
}

static char *area; /* shared: a path, then data */
#define AREA_DATA 4096
#define AREA_SIZE (1 << 20)

static void copy_tree(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *e;

	if (!d) {
		perror(from);
		_exit(125);
	}
	while ((e = readdir(d))) {
		char src[1024], dst[1024];
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(src, sizeof(src), "%s/%s", from, e->d_name);
		snprintf(dst, sizeof(dst), "%s/%s", to, e->d_name);
		lstat(src, &st);
		strcpy(area, dst);
		if (S_ISDIR(st.st_mode)) {
			call(RUMP_SYS_mkdir, (unsigned long)area, st.st_mode & 07777, 0);
			copy_tree(src, dst);
		} else if (S_ISREG(st.st_mode)) {
			int in = open(src, O_RDONLY);
			long out = call(RUMP_SYS_open, (unsigned long)area,
					RUMP_O_CREAT | RUMP_O_WRONLY, st.st_mode & 07777);
			ssize_t n;

			while ((n = read(in, area + AREA_DATA, AREA_SIZE - AREA_DATA)) > 0)
				call(RUMP_SYS_write, (unsigned long)out,
				     (unsigned long)area + AREA_DATA, (unsigned long)n);
			call(RUMP_SYS_close, (unsigned long)out, 0, 0);
			close(in);
		}
	}
	closedir(d);
}

/* All threads of posix call the backends as component 3. */
struct cos_pair posix_storage_syscall(long num, unsigned long a0, unsigned long a1,
				      unsigned long a2, unsigned long a3, unsigned long a4)
{
	fake_client_set(3);
	return storage_syscall(num, a0, a1, a2, a3, a4);
}

struct cos_pair posix_network_syscall(long num, unsigned long a0, unsigned long a1,
				      unsigned long a2, unsigned long a3, unsigned long a4)
{
	fake_client_set(3);
	return network_syscall(num, a0, a1, a2, a3, a4);
}

int main(int argc, char **argv)
{
	static char params[65536];
	char *p = params;

	if (argc < 3) {
		fprintf(stderr, "usage: posix-run DIRECTORY PROGRAM [ARG...]\n");
		return 125;
	}
	fake_init();
	if (mmap((void *)COS_BOOTINFO_VA, COS_PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED) {
		perror("posix-run: the page of boot information");
		return 125;
	}
	if (run_memory_init() < 0) {
		perror("memory");
		return 125;
	}
	p += sprintf(p, "RUMP_NCPU=1") + 1;
	p += sprintf(p, "RUMP_MEMLIMIT=256M") + 1;
	p += sprintf(p, "PROGRAM=%s", argv[2]) + 1;
	p += sprintf(p, "CWD=%s", getenv("RUN_CWD") ? getenv("RUN_CWD") : "/") + 1;
	for (int i = 2; i < argc; i++)
		p += sprintf(p, "ARGV%d=%s", i - 2, argv[i]) + 1;
	p += sprintf(p, "ENV0=PATH=/bin") + 1;
	fake_params = params;
	run_signals_init();
	if (storage_component_init() < 0 || network_component_init() < 0)
		return 125;
	fake_client_set(3);
	area = fake_window_map(AREA_SIZE);
	copy_tree(argv[1], "");
	if (posix_component_init() < 0)
		return 125;
	for (;;)
		pause();
}
