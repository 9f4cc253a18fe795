/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals that a rump kernel raises: sent to the process. */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <signal.h>
#include <unistd.h>

/* NetBSD's numbers (sys/signal.h). Linux has no EMT and no INFO. */
static const uint8_t table[] = {
	[1] = SIGHUP,	[2] = SIGINT,	 [3] = SIGQUIT,	 [4] = SIGILL,	 [5] = SIGTRAP,
	[6] = SIGABRT,	[8] = SIGFPE,	 [9] = SIGKILL,	 [10] = SIGBUS,	 [11] = SIGSEGV,
	[12] = SIGSYS,	[13] = SIGPIPE,	 [14] = SIGALRM, [15] = SIGTERM, [16] = SIGURG,
	[17] = SIGSTOP, [18] = SIGTSTP,	 [19] = SIGCONT, [20] = SIGCHLD, [21] = SIGTTIN,
	[22] = SIGTTOU, [23] = SIGIO,	 [24] = SIGXCPU, [25] = SIGXFSZ, [26] = SIGVTALRM,
	[27] = SIGPROF, [28] = SIGWINCH, [30] = SIGUSR1, [31] = SIGUSR2, [32] = SIGPWR,
};

int signal_of_netbsd(int netbsd_signal)
{
	if (netbsd_signal < 0 || netbsd_signal >= (int)sizeof(table))
		return 0;
	return table[netbsd_signal];
}

/*
 * Whichever of its processes the rump kernel means, the host has this one (rumpuser(3), Signals).
 */
int rumpuser_kill(int64_t pid, int netbsd_signal)
{
	int sig = signal_of_netbsd(netbsd_signal);

	(void)pid;
	if (sig == 0)
		return RUMP_EINVAL;
	return kill(getpid(), sig) == 0 ? 0 : errno_to_netbsd(errno);
}
