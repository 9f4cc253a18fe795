/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cost of a rump kernel: its start, the shortest system call, a page from its cache, and bulk
 * transfers through a file and through a connection.
 */
#include "bench.h"

#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/socket.h>

#include "rumpuser.h"

#define PAGE 4096
#define CHUNK (64 << 10)
#define FILE_BYTES (256l << 20)
#define STREAM_BYTES (64l << 20)
#define LOOPBACK 0x0100007f /* 127.0.0.1 in network byte order */

static char chunk[CHUNK];
static int file, there, here;
static rump_pid_t pid;

static long must(long result, const char *what)
{
	if (result < 0)
		bench_fail(what, -1);
	return result;
}

/* bytes bytes took ticks; the row is for a page. */
static void bench_bulk(const char *name, uint64_t ticks, long bytes)
{
	bench_value(name, ticks * 10 / (uint64_t)(bytes / PAGE));
}

static void start(void)
{
	uint64_t memory = bench_memory_bytes(), ticks = bench_ticks();
	int error = rump_init();

	ticks = bench_ticks() - ticks;
	if (error)
		bench_fail("rump_init", error);
	bench_value("rump_init", ticks * 10);
	bench_value("rump_init, KiB", (bench_memory_bytes() - memory) * 10 / 1024);
}

static void page_read(void)
{
	must(rump_sys_pread(file, chunk, PAGE, 2 * PAGE) - PAGE, "pread");
}

BENCH_LOOP(loop_getpid, rump_sys_getpid())
BENCH_LOOP(loop_pread, page_read())

static void processes(void)
{
	int error;

	bench_loop("getpid, thread without an lwp", loop_getpid, 2000);
	error = rump_pub_lwproc_rfork(RUMP_RFCFDG);
	if (error)
		bench_fail("rfork", error);
	pid = rump_sys_getpid();
	bench_loop("getpid, bound lwp", loop_getpid, 2000);
}

static void file_copy(int from, int to)
{
	for (long done = 0; done < FILE_BYTES; done += CHUNK) {
		must(rump_sys_read(from, chunk, CHUNK) - CHUNK, "read");
		must(rump_sys_write(to, chunk, CHUNK) - CHUNK, "write");
	}
}

static void files(void)
{
	struct rump_tmpfs_args args = {.ta_version = RUMP_TMPFS_ARGS_VERSION, .ta_root_mode = 0755};
	uint64_t ticks;
	int copy;

	must(rump_sys_mkdir("/t", 0755), "mkdir");
	must(rump_sys_mount("tmpfs", "/t", 0, &args, sizeof(args)), "mount");
	file = (int)must(rump_sys_open("/t/from", RUMP_O_RDWR | RUMP_O_CREAT, 0600), "from");
	copy = (int)must(rump_sys_open("/t/to", RUMP_O_RDWR | RUMP_O_CREAT, 0600), "to");
	for (long done = 0; done < FILE_BYTES; done += CHUNK)
		must(rump_sys_write(file, chunk, CHUNK) - CHUNK, "write");
	bench_loop("pread of 4 KiB, cached", loop_pread, 500);
	must(rump_sys_lseek(file, 0, RUMP_SEEK_SET), "lseek");
	ticks = bench_ticks();
	file_copy(file, copy);
	bench_bulk("copy of a file, 4 KiB", bench_ticks() - ticks, FILE_BYTES);
	rump_sys_close(file);
	rump_sys_close(copy);
	must(rump_sys_unlink("/t/from"), "unlink");
	must(rump_sys_unlink("/t/to"), "unlink");
}

static void *stream_send(void *arg)
{
	static char sent[CHUNK];

	if (rump_pub_lwproc_newlwp(pid) != 0)
		bench_fail("newlwp", 0);
	for (long done = 0; done < STREAM_BYTES; done += CHUNK)
		must(rump_sys_write(there, sent, CHUNK) - CHUNK, "send");
	rump_sys_close(there);
	rump_pub_lwproc_releaselwp();
	return arg;
}

static void connection_make(void)
{
	struct rump_sockaddr_in addr = {
		.sin_len = sizeof(addr), .sin_family = RUMP_AF_INET, .sin_addr = LOOPBACK};
	struct rump_sockaddr *any = (struct rump_sockaddr *)&addr;
	rump_socklen_t len = sizeof(addr);
	int listener = (int)must(rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0), "socket");

	must(rump_sys_bind(listener, any, sizeof(addr)), "bind");
	must(rump_sys_listen(listener, 1), "listen");
	must(rump_sys_getsockname(listener, any, &len), "getsockname");
	there = (int)must(rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0), "socket");
	must(rump_sys_connect(there, any, sizeof(addr)), "connect");
	here = (int)must(rump_sys_accept(listener, NULL, NULL), "accept");
	rump_sys_close(listener);
}

static void sockets(void)
{
	uint64_t ticks;
	long done = 0, part;

	connection_make();
	ticks = bench_ticks();
	if (rumpuser_thread_create(stream_send, NULL, "bench", 0, -1, -1, NULL) != 0)
		bench_fail("thread_create", 0);
	while ((part = must(rump_sys_read(here, chunk, CHUNK), "receive")) > 0)
		done += part;
	ticks = bench_ticks() - ticks;
	if (done != STREAM_BYTES)
		bench_fail("what was received", 0);
	bench_bulk("TCP over loopback, 4 KiB", ticks, STREAM_BYTES);
}

void bench_run(void)
{
	start();
	processes();
	sockets();
	files();
	rump_pub_lwproc_releaselwp();
}
