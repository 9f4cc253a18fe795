/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * epoll, poll and select: level, edge, one-shot, nesting, eventfd, and errors. Holds file/epoll.c,
 * L4 and L5, and base/event.h, E3.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#include "show.h"

static void wait_show(int ep, int timeout)
{
	struct epoll_event ev[8];
	int n = epoll_wait(ep, ev, 8, timeout);

	if (n < 0)
		SAY("wait: errno %d", errno);
	else if (n == 0)
		SAY("wait: nothing");
	for (int i = 0; i < n; i++)
		SAY("wait: data %d events %x", ev[i].data.fd, ev[i].events);
}

static void *late_writer(void *arg)
{
	usleep(30000);
	write(*(int *)arg, "late", 4);
	return 0;
}

int main(void)
{
	int p[2], s[2], q[2];
	char buf[64];
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = 1};
	uint64_t n;
	pthread_t thread;

	pipe(p);
	pipe(q);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	int ep = (int)CALL_OK(epoll_create1(EPOLL_CLOEXEC));
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	CALL(epoll_ctl(ep, EPOLL_CTL_MOD, q[0], &ev));
	CALL(epoll_ctl(ep, EPOLL_CTL_DEL, q[0], &ev));
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &ev));
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, 99, &ev));
	CALL(epoll_ctl(ep, 55, p[0], &ev));
	int file = open("f", O_RDWR | O_CREAT, 0644);
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, file, &ev));
	CALL(epoll_wait(ep, &ev, 0, 0));
	wait_show(ep, 0);
	write(p[1], "ab", 2);
	wait_show(ep, 0);
	wait_show(ep, -1);
	read(p[0], buf, 64);
	wait_show(ep, 0);

	ev = (struct epoll_event){.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = 2};
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, s[0], &ev));
	wait_show(ep, 0);
	wait_show(ep, 0);
	write(s[1], "x", 1);
	wait_show(ep, 0);
	wait_show(ep, 0);
	write(s[1], "y", 1);
	wait_show(ep, 0);
	read(s[0], buf, 64);
	wait_show(ep, 0);
	ev = (struct epoll_event){.events = EPOLLIN | EPOLLONESHOT, .data.fd = 3};
	CALL(epoll_ctl(ep, EPOLL_CTL_ADD, q[0], &ev));
	write(q[1], "z", 1);
	wait_show(ep, 0);
	wait_show(ep, 0);
	CALL(epoll_ctl(ep, EPOLL_CTL_MOD, q[0], &ev));
	wait_show(ep, 0);
	close(s[1]);
	wait_show(ep, 0);
	close(p[1]);
	wait_show(ep, 0);
	CALL(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], 0));
	close(s[0]);
	wait_show(ep, 0);

	int e = (int)CALL_OK(eventfd(3, EFD_NONBLOCK));
	CALL(read(e, &n, 8));
	SAY("%lu", (unsigned long)n);
	CALL(read(e, &n, 8));
	n = 5;
	CALL(write(e, &n, 8));
	CALL(write(e, &n, 8));
	CALL(read(e, &n, 8));
	SAY("%lu", (unsigned long)n);
	n = UINT64_MAX;
	CALL(write(e, &n, 8));
	CALL(write(e, &n, 4));
	int sem = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
	CALL(read(sem, &n, 8));
	SAY("%lu", (unsigned long)n);
	CALL(read(sem, &n, 8));
	CALL(read(sem, &n, 8));

	/* An epoll inside an epoll, woken by another thread. */
	int outer = epoll_create1(0), r[2];
	pipe(r);
	ev = (struct epoll_event){.events = EPOLLIN, .data.fd = 4};
	epoll_ctl(ep, EPOLL_CTL_ADD, r[0], &ev);
	ev.data.fd = 5;
	CALL(epoll_ctl(outer, EPOLL_CTL_ADD, ep, &ev));
	wait_show(outer, 0);
	pthread_create(&thread, 0, late_writer, &r[1]);
	wait_show(outer, -1);
	wait_show(ep, -1);
	pthread_join(thread, 0);
	read(r[0], buf, 64);

	fd_set rd, wr;
	FD_ZERO(&rd);
	FD_ZERO(&wr);
	FD_SET(r[0], &rd);
	FD_SET(r[1], &wr);
	CALL(select(r[1] + 1, &rd, &wr, 0, &(struct timeval){0, 0}));
	CHECK(!FD_ISSET(r[0], &rd) && FD_ISSET(r[1], &wr));
	pthread_create(&thread, 0, late_writer, &r[1]);
	FD_ZERO(&rd);
	FD_SET(r[0], &rd);
	CALL(select(r[1] + 1, &rd, 0, 0, 0));
	CHECK(FD_ISSET(r[0], &rd));
	pthread_join(thread, 0);
	struct pollfd fds[4] = {
		{r[0], POLLIN, 0}, {99, POLLIN, 0}, {-1, POLLIN, 0}, {file, POLLIN | POLLOUT, 0}};
	CALL(poll(fds, 4, -1));
	SAY("%x %x %x %x", fds[0].revents, fds[1].revents, fds[2].revents, fds[3].revents);
	CALL(poll(fds + 2, 1, 10));
	FD_ZERO(&rd);
	FD_SET(99, &rd);
	CALL(select(100, &rd, 0, 0, 0));
	return 0;
}
