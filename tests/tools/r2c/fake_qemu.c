/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for QEMU where the tests of r2c want a guest that behaves as they say, FAKE_QEMU:
 *	exit N		sends WIRE_EXIT N
 *	echo		sends back what it is sent, until its end
 *	flood N		sends N bytes of a pattern to stdout, then exits with 0
 *	endless		sends bytes until it is sent a signal, and is killed by that
 *	signal		prints "up", waits for a signal, prints its number and is killed by it
 *	deaf		prints "up" and takes no notice of anything
 *	fail		sends WIRE_FAILED
 *	garble		sends what is no frame
 *	panic		logs, and ends as isa-debug-exit does for status 3
 *	halt N		as isa-debug-exit does for status N, without a word
 *	reset		ends as QEMU does for a reset, with -no-reboot
 *	crash		is killed by a signal
 *	broken		complains on stderr and ends with 1
 *	keep		copies its kernel and its first disk to FAKE_OUT, then exits with 0
 * Its process id goes to the file FAKE_PID, if that is set.
 */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "run/wire_frame.h"

static int log_fd = -1, frames_fd = -1;
static const char *kernel = "", *disk = "";
static struct frame_reader reader = {.greeted = true};

static void arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		sscanf(argv[i], "socket,id=log,fd=%d", &log_fd);
		sscanf(argv[i], "socket,id=frames,fd=%d", &frames_fd);
		if (!strcmp(argv[i - 1], "-kernel"))
			kernel = argv[i];
		if (strstr(argv[i], "id=disk0,"))
			disk = strstr(argv[i], "file=") + 5;
	}
	if (frames_fd < 0 || log_fd < 0)
		exit(99);
}

static void put(int fd, const void *data, size_t len)
{
	for (const char *at = data; len;) {
		ssize_t n = write(fd, at, len);
		if (n < 0)
			exit(98);
		at += n;
		len -= (size_t)n;
	}
}

static void send(int type, const void *payload, size_t len)
{
	struct buffer out = {0};

	frame_put(&out, type, payload, len);
	put(frames_fd, out.data, out.len);
	buffer_free(&out);
}

static void send_u32(int type, uint32_t n)
{
	send(type, &n, sizeof(n));
}

/* The next frame that r2c sends; wait: until there is one. False: none. */
static bool receive(struct frame *frame, bool wait)
{
	char bytes[4096];

	while (frame_next(&reader, frame) != FRAME_GOT) {
		struct pollfd p = {frames_fd, POLLIN, 0};
		if (poll(&p, 1, wait ? -1 : 0) <= 0)
			return false;
		ssize_t n = read(frames_fd, bytes, sizeof(bytes));
		if (n <= 0)
			exit(97);
		frame_feed(&reader, bytes, (size_t)n);
	}
	return true;
}

static void echo(void)
{
	struct frame frame;
	uint64_t total = 0, acknowledged = 0;

	while (receive(&frame, true)) {
		if (frame.type != WIRE_STDIN)
			continue;
		if (!frame.len)
			break;
		total += frame.len;
		if (total - acknowledged > WIRE_WINDOW)
			send(WIRE_FAILED, "more than the window", 20);
		send(WIRE_STDOUT, frame.payload, frame.len);
		if (total - acknowledged > WIRE_WINDOW / 2) {
			send_u32(WIRE_ACK, (uint32_t)(total - acknowledged));
			acknowledged = total;
		}
	}
	send_u32(WIRE_EXIT, 0);
}

static void flood(unsigned long n)
{
	char part[1000];

	for (unsigned long i = 0; i < n;) {
		size_t len = 0;
		while (len < sizeof(part) && i < n) {
			part[len++] = (char)('a' + i % 26);
			i++;
		}
		send(WIRE_STDOUT, part, len);
	}
	send_u32(WIRE_EXIT, 0);
}

static void signalled(bool talk)
{
	struct frame frame;

	for (;;) {
		if (talk)
			send(WIRE_STDOUT, "more\n", 5);
		if (!receive(&frame, !talk) || frame.type != WIRE_SIGNAL)
			continue;
		char text[16];
		send(WIRE_STDOUT, text,
		     (size_t)snprintf(text, sizeof(text), "got %d\n", frame.payload[0]));
		send_u32(WIRE_EXIT, 256u + frame.payload[0]);
		return;
	}
}

static void copy(const char *from, const char *name)
{
	char command[4096];

	snprintf(command, sizeof(command), "cp '%s' '%s/%s'", from, getenv("FAKE_OUT"), name);
	if (*from && system(command) != 0)
		exit(96);
}

int main(int argc, char **argv)
{
	const char *todo = getenv("FAKE_QEMU"), *pid = getenv("FAKE_PID");
	const char *space = todo ? strchr(todo, ' ') : NULL;
	unsigned long n = space ? strtoul(space, NULL, 10) : 0;

	arguments(argc, argv);
	if (!todo)
		return 95;
	if (pid) {
		FILE *file = fopen(pid, "w");
		if (!file)
			return 94;
		fprintf(file, "%d\n", (int)getpid());
		fclose(file);
	}
	if (!strncmp(todo, "halt", 4))
		return (int)(n << 1 | 1);
	if (!strcmp(todo, "broken")) {
		fprintf(stderr, "qemu: no such thing\n");
		return 1;
	}
	put(log_fd, "the fake logs\n", 14);
	send_u32(WIRE_HELLO, 1);
	if (!strcmp(todo, "signal") || !strcmp(todo, "deaf"))
		send(WIRE_STDOUT, "up\n", 3);
	if (!strncmp(todo, "exit", 4))
		send_u32(WIRE_EXIT, (uint32_t)n);
	else if (!strcmp(todo, "echo"))
		echo();
	else if (!strncmp(todo, "flood", 5))
		flood(n);
	else if (!strcmp(todo, "endless"))
		signalled(true);
	else if (!strcmp(todo, "signal"))
		signalled(false);
	else if (!strcmp(todo, "deaf"))
		for (;;)
			pause();
	else if (!strcmp(todo, "fail"))
		send(WIRE_FAILED, "disk on fire", 12);
	else if (!strcmp(todo, "garble"))
		put(frames_fd, "this is no frame", 16);
	else if (!strcmp(todo, "panic"))
		return 3 << 1 | 1;
	else if (!strcmp(todo, "reset"))
		return 0;
	else if (!strcmp(todo, "crash"))
		raise(SIGKILL);
	if (!strcmp(todo, "keep")) {
		copy(kernel, "kernel");
		copy(disk, "disk");
		send_u32(WIRE_EXIT, 0);
	}
	return 1;
}
