/* SPDX-License-Identifier: BSD-2-Clause */
/* Touching memory that may not be there, and which signal that gives. */
#ifndef POKE_H
#define POKE_H

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf poke_env;
static void *volatile poke_address; /* of the last fault */

static void poke_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	poke_address = info->si_addr;
	siglongjmp(poke_env, sig * 100 + info->si_code);
}

static void poke_init(void)
{
	struct sigaction sa = {.sa_sigaction = poke_fault, .sa_flags = SA_SIGINFO};

	sigaction(SIGSEGV, &sa, 0);
	sigaction(SIGBUS, &sa, 0);
}

/* Read the byte, or write 1 to it: 0, or 100 times the signal and its code. */
static int poke(volatile char *p, int write)
{
	int r = sigsetjmp(poke_env, 1);

	if (r)
		return r;
	if (write)
		*p = 1;
	else
		(void)*p;
	return 0;
}

#endif
