/* SPDX-License-Identifier: BSD-2-Clause */
/* alarm, setitimer, timerfd and EINTR. */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

static volatile int fired;

static void on_alarm(int sig)
{
	(void)sig;
	fired++;
}

static void soon(void)
{
	struct itimerval it = {{0, 0}, {0, 30000}};

	setitimer(ITIMER_REAL, &it, 0);
}

int main(void)
{
	struct sigaction sa = {.sa_handler = on_alarm};
	struct itimerval it;
	struct timespec t = {10, 0}, left;
	int p[2];
	char byte;

	sigaction(SIGALRM, &sa, 0);
	CALL(alarm(100));
	CALL(alarm(0) >= 99);
	CALL(alarm(0));
	soon();
	CALL(getitimer(ITIMER_REAL, &it));
	CHECK(it.it_value.tv_usec > 0 && it.it_value.tv_usec <= 30000);
	CALL(pause());
	SAY("fired %d", fired);
	soon();
	CALL(nanosleep(&t, &left));
	CHECK(left.tv_sec == 9);
	soon();
	CALL(poll(0, 0, 10000));
	soon();
	CALL(select(0, 0, 0, 0, &(struct timeval){10, 0}));
	pipe(p);
	soon();
	CALL(read(p[0], &byte, 1));
	SAY("fired %d", fired);
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, 0);
	write(p[1], "x", 1);
	soon();
	CALL(nanosleep(&t, &left));
	CALL(read(p[0], &byte, 1));
	it = (struct itimerval){{0, 10000}, {0, 10000}};
	CALL(setitimer(ITIMER_REAL, &it, 0));
	fired = 0;
	while (fired < 5)
		pause();
	SAY("fired %d", fired >= 5);
	it = (struct itimerval){{0, 0}, {0, 0}};
	CALL(setitimer(ITIMER_REAL, &it, 0));
	CALL(setitimer(99, &it, 0));
	it.it_value.tv_usec = 1000000;
	CALL(setitimer(ITIMER_REAL, &it, 0));

	uint64_t n = 0;
	int fd = (int)CALL_OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
	CALL(read(fd, &n, 8));
	struct itimerspec its = {{0, 0}, {0, 20000000}};
	CALL(timerfd_settime(fd, 0, &its, 0));
	struct pollfd pfd = {fd, POLLIN, 0};
	CALL(poll(&pfd, 1, 10000));
	CALL(read(fd, &n, 8));
	SAY("%lu", (unsigned long)n);
	CALL(read(fd, &n, 4));
	CALL(timerfd_create(77, 0));
	return 0;
}
