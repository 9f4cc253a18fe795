/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals that a process sends to itself: handlers, masks, stacks, order, restart, and what
 * sigaction keeps. Holds signal/signal.c, G5 and G6.
 *
 * glibc: its functions for signals issue other calls than musl's.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

static volatile int got[65], order[10], norder;
static char altstack[65536];
static volatile int on_alt;

static void handler(int sig)
{
	got[sig]++;
	if (norder < 10)
		order[norder++] = sig;
	char here;
	on_alt = &here >= altstack && &here < altstack + sizeof(altstack);
}

static void info_handler(int sig, siginfo_t *info, void *context)
{
	(void)context;
	SAY("signal %d code %d self %d", sig, info->si_code, info->si_pid == getpid());
	if (sig == SIGUSR2) {
		sigset_t now;
		sigprocmask(SIG_BLOCK, 0, &now);
		SAY("inside: USR1 %d USR2 %d", sigismember(&now, SIGUSR1),
		    sigismember(&now, SIGUSR2));
	}
}

static sigjmp_buf env;

static void jump(int sig)
{
	siglongjmp(env, sig);
}

static void *other_thread(void *arg)
{
	pthread_kill(*(pthread_t *)arg, SIGUSR1);
	return 0;
}

int main(void)
{
	struct sigaction sa = {.sa_handler = handler}, old;
	sigset_t set, pending;

	CALL(sigaction(SIGUSR1, &sa, 0));
	CALL(raise(SIGUSR1));
	SAY("%d", got[SIGUSR1]);
	CALL(kill(getpid(), SIGUSR1));
	SAY("%d", got[SIGUSR1]);
	CALL(sigaction(SIGUSR1, 0, &old));
	CHECK(old.sa_handler == handler);

	sigaction(SIGUSR2, &sa, 0);
	sigaction(SIGTERM, &sa, 0);
	sigaction(SIGRTMIN, &sa, 0);
	sigfillset(&set);
	CALL(sigprocmask(SIG_BLOCK, &set, 0));
	norder = 0;
	raise(SIGTERM);
	raise(SIGUSR2);
	raise(SIGUSR1);
	raise(SIGUSR1);
	raise(SIGRTMIN);
	raise(SIGRTMIN);
	sigpending(&pending);
	SAY("pending %d %d %d %d", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2),
	    sigismember(&pending, SIGTERM), sigismember(&pending, SIGINT));
	SAY("before %d", norder);
	sigemptyset(&set);
	CALL(sigprocmask(SIG_SETMASK, &set, 0));
	SAY("%d delivered; USR1 %d USR2 %d TERM %d RT %d", norder, got[SIGUSR1], got[SIGUSR2],
	    got[SIGTERM], got[SIGRTMIN]);

	sa = (struct sigaction){.sa_sigaction = info_handler, .sa_flags = SA_SIGINFO};
	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGUSR1);
	sigaction(SIGUSR2, &sa, 0);
	raise(SIGUSR2);
	kill(getpid(), SIGUSR2);
	sa.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigaction(SIGUSR2, &sa, 0);
	raise(SIGUSR2);
	sa = (struct sigaction){.sa_handler = handler, .sa_flags = SA_RESETHAND};
	sigaction(SIGUSR2, &sa, 0);
	raise(SIGUSR2);
	sigaction(SIGUSR2, 0, &old);
	CHECK(old.sa_handler == SIG_DFL);

	stack_t ss = {.ss_sp = altstack, .ss_size = sizeof(altstack)};
	CALL(sigaltstack(&ss, 0));
	sa = (struct sigaction){.sa_handler = handler, .sa_flags = SA_ONSTACK};
	sigaction(SIGUSR1, &sa, 0);
	raise(SIGUSR1);
	SAY("on alternate stack %d", on_alt);
	ss.ss_size = 10;
	CALL(sigaltstack(&ss, 0));

	signal(SIGUSR1, jump);
	int r = sigsetjmp(env, 1);
	if (r == 0)
		raise(SIGUSR1);
	SAY("jumped with %d", r);
	r = sigsetjmp(env, 1);
	if (r == 0)
		raise(SIGUSR1);
	SAY("jumped with %d", r);

	/* Integer division by zero, illegal instruction, breakpoint. */
	signal(SIGFPE, jump);
	signal(SIGILL, jump);
	signal(SIGTRAP, jump);
	signal(SIGSEGV, jump);
	volatile int zero = 0;
	if ((r = sigsetjmp(env, 1)) == 0)
		__asm__ volatile("cltd; idivl %1" : : "a"(1), "m"(zero) : "edx");
	SAY("jumped with %d", r);
	if ((r = sigsetjmp(env, 1)) == 0)
		__asm__ volatile("ud2");
	SAY("jumped with %d", r);
	if ((r = sigsetjmp(env, 1)) == 0)
		__asm__ volatile("int3");
	SAY("jumped with %d", r);
	if ((r = sigsetjmp(env, 1)) == 0)
		__asm__ volatile("hlt");
	SAY("jumped with %d", r);

	/* A handled signal interrupts a read; with SA_RESTART it goes on. */
	int p[2];
	char byte;
	pthread_t self = pthread_self(), other;
	pipe(p);
	sa = (struct sigaction){.sa_handler = handler};
	sigaction(SIGUSR1, &sa, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, 0);
	pthread_create(&other, 0, other_thread, &self);
	pthread_join(other, 0);
	sigset_t none;
	sigemptyset(&none);
	CALL(sigsuspend(&none));
	SAY("USR1 %d", got[SIGUSR1]);
	raise(SIGUSR1);
	siginfo_t info;
	struct timespec t = {0, 1000000};
	CALL(sigtimedwait(&set, &info, &t));
	CALL(sigtimedwait(&set, &info, &t));
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	CALL(read(p[0], &byte, 1));
	signal(SIGCHLD, SIG_IGN);
	CALL(raise(SIGCHLD));
	signal(SIGUSR1, SIG_IGN);
	CALL(raise(SIGUSR1));
	CALL(sigaction(SIGKILL, &sa, 0));
	return 0;
}
