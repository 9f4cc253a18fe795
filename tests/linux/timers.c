/* SPDX-License-Identifier: BSD-2-Clause */
/* alarm, setitimer, timerfd and EINTR. Holds base/timer.h, T1, and time/itimer.c, I2. */
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
static int feed = -1; /* a pipe that the third alarm writes to */

static void on_alarm(int sig)
{
	(void)sig;
	if (++fired == 3 && feed >= 0)
		write(feed, "x", 1);
}

/* Alarms until quiet(): the call to interrupt may begin later than the first of them. */
static void soon(void)
{
	struct itimerval it = {{0, 30000}, {0, 30000}};

	fired = 0;
	setitimer(ITIMER_REAL, &it, 0);
}

static void quiet(void)
{
	struct itimerval it = {{0, 0}, {0, 0}};

	setitimer(ITIMER_REAL, &it, 0);
	CHECK(fired > 0);
}

static void once(void)
{
	struct itimerval it = {{0, 0}, {0, 30000}};
	sigset_t alarm_only, before;

	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm_only, &before);
	fired = 0;
	CALL(setitimer(ITIMER_REAL, &it, 0));
	CALL(sigsuspend(&before));
	SAY("fired %d", fired);
	CALL(getitimer(ITIMER_REAL, &it));
	CALL(it.it_value.tv_sec | it.it_value.tv_usec);
	sigprocmask(SIG_SETMASK, &before, NULL);
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
	once();
	soon();
	CALL(getitimer(ITIMER_REAL, &it));
	CHECK(it.it_value.tv_usec > 0 && it.it_value.tv_usec <= 30000);
	CALL(pause());
	quiet();
	soon();
	CALL(nanosleep(&t, &left));
	quiet();
	CHECK(left.tv_sec < 10);
	soon();
	CALL(poll(0, 0, 10000));
	quiet();
	soon();
	CALL(select(0, 0, 0, 0, &(struct timeval){10, 0}));
	quiet();
	pipe(p);
	soon();
	CALL(read(p[0], &byte, 1));
	quiet();
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, 0);
	soon();
	CALL(nanosleep(&t, &left));
	quiet();
	feed = p[1];
	soon();
	CALL(read(p[0], &byte, 1));
	quiet();
	feed = -1;
	it = (struct itimerval){{0, 10000}, {0, 10000}};
	fired = 0;
	CALL(setitimer(ITIMER_REAL, &it, 0));
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
