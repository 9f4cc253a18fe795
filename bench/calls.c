/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calls: the cost of system calls, in ticks of the TSC. Under `qemu -icount shift=0` a tick is an
 * instruction, so the figures repeat; the same executable runs on Linux for comparison. Each figure
 * is the smallest of several rounds, less the cost of reading the TSC.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROUNDS 5

static int file_fd, pair[2], echo_pair[2], pipe_there[2], pipe_back[2];
static char page[4096];

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void nothing(void)
{
}

static void call_getpid(void)
{
	syscall(SYS_getpid);
}

static void call_pread(void)
{
	if (pread(file_fd, page, sizeof(page), 8192) != sizeof(page))
		exit(3);
}

static void call_pwrite(void)
{
	if (pwrite(file_fd, page, sizeof(page), 8192) != sizeof(page))
		exit(3);
}

static void call_clock(void)
{
	struct timespec t;

	syscall(SYS_clock_gettime, 1, &t);
}

static void call_tcp(void)
{
	char c = 'x';

	if (write(pair[0], &c, 1) != 1 || read(pair[0], &c, 1) != 1)
		exit(3);
}

static void call_pipe(void)
{
	char c = 'x';

	if (write(pipe_there[1], &c, 1) != 1 || read(pipe_back[0], &c, 1) != 1)
		exit(3);
}

static void call_open(void)
{
	close(open("calls.file", O_RDONLY));
}

static void call_fault(void)
{
	char *p = mmap(0, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 64; i++)
		p[i * 4096] = 1;
	munmap(p, 64 * 4096);
}

static void *tcp_echo(void *arg)
{
	char c;

	(void)arg;
	while (read(echo_pair[0], &c, 1) == 1)
		if (write(echo_pair[0], &c, 1) != 1)
			break;
	return NULL;
}

static void *pipe_echo(void *arg)
{
	char c;

	(void)arg;
	while (read(pipe_there[0], &c, 1) == 1)
		if (write(pipe_back[1], &c, 1) != 1)
			break;
	return NULL;
}

static uint64_t measure(void (*call)(void), int times)
{
	uint64_t best = UINT64_MAX;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = ticks();

		for (int i = 0; i < times; i++)
			call();
		uint64_t spent = ticks() - start;
		if (spent < best)
			best = spent;
	}
	return best / (uint64_t)times;
}

static void tcp_connect(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int one = 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
	    listen(listener, 1) != 0) {
		perror("bind");
		exit(1);
	}
	getsockname(listener, (struct sockaddr *)&addr, &len);
	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(pair[0], (struct sockaddr *)&addr, sizeof(addr)) != 0) {
		perror("connect");
		exit(3);
	}
	echo_pair[0] = accept(listener, NULL, NULL);
	setsockopt(pair[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(echo_pair[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

int main(void)
{
	pthread_t thread;

	if (chdir("/tmp") != 0 ||
	    (file_fd = open("calls.file", O_RDWR | O_CREAT | O_TRUNC, 0600)) < 0) {
		perror("calls.file");
		return 3;
	}
	for (int i = 0; i < 64; i++)
		if (write(file_fd, page, sizeof(page)) != sizeof(page))
			return 3;
	tcp_connect();
	if (pipe(pipe_there) != 0 || pipe(pipe_back) != 0)
		return 3;
	pthread_create(&thread, NULL, tcp_echo, NULL);
	pthread_create(&thread, NULL, pipe_echo, NULL);

	static const struct {
		const char *name;
		void (*call)(void);
		int times, share;
	} calls[] = {
		{"getpid", call_getpid, 2000, 1},
		{"clock_gettime (system call)", call_clock, 2000, 1},
		{"pread 4 KiB, cached", call_pread, 1000, 1},
		{"pwrite 4 KiB, cached", call_pwrite, 1000, 1},
		{"open + close", call_open, 300, 1},
		{"page fault (of 64, with mmap + munmap)", call_fault, 20, 64},
		{"pipe round trip, two threads", call_pipe, 300, 1},
		{"TCP loopback round trip, two threads", call_tcp, 300, 1},
	};
	uint64_t base = measure(nothing, 2000);

	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		calls[i].call();
		printf("%s\t%lu\n", calls[i].name,
		       (measure(calls[i].call, calls[i].times) - base) / (uint64_t)calls[i].share);
		fflush(stdout);
	}
	_exit(0);
}
