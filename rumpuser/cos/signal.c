/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals that a rump kernel raises (rumpuser_kill). The pid is a hint. If it is a client's
 * process, the signal becomes pending for the client, as by rumpuser_sp_raise. Any other signal is
 * for the component itself, which may define component_signal (signal.h); the default is that of
 * NetBSD's signal(7) for a process.
 */
#include "signal.h"

#include <reboot/reboot.h>
#include <rump/errno.h>

#include "client.h"
#include "hyp.h"

/* NetBSD's numbers (sys/signal.h). */
#define BIT(n) (1ull << (n))
#define IGNORED                                                                           \
	(BIT(16) /* URG */ | BIT(19) /* CONT */ | BIT(20) /* CHLD */ | BIT(23) /* IO */ | \
	 BIT(28) /* WINCH */ | BIT(29) /* INFO */ | BIT(32) /* PWR */)
#define STOPPING (BIT(17) /* STOP */ | BIT(18) /* TSTP */ | BIT(21) /* TTIN */ | BIT(22) /* TTOU */)
#define DUMPING                                                                         \
	(BIT(3) /* QUIT */ | BIT(4) /* ILL */ | BIT(5) /* TRAP */ | BIT(6) /* ABRT */ | \
	 BIT(7) /* EMT */ | BIT(8) /* FPE */ | BIT(10) /* BUS */ | BIT(11) /* SEGV */ | \
	 BIT(12) /* SYS */)
#define STATUS_SIGNAL 128 /* exit status after signal n: this + n */

int rumpuser_kill(int64_t pid, int netbsd_signal)
{
	struct client *c;

	if (netbsd_signal < 0 || netbsd_signal > CLIENT_SIGNAL_MAX)
		return RUMP_EINVAL;
	if (netbsd_signal == 0)
		return 0;
	c = pid > 0 && pid <= INT32_MAX ? client_of_pid((int32_t)pid) : NULL;
	if (c)
		return client_raise(c, netbsd_signal);
	if (component_signal && component_signal(netbsd_signal))
		return 0;
	if (IGNORED & BIT(netbsd_signal))
		return 0;
	if (STOPPING & BIT(netbsd_signal))
		return RUMP_EOPNOTSUPP; /* nothing could continue it */
	if (DUMPING & BIT(netbsd_signal))
		cos_panic("rump kernel ended by signal %d", netbsd_signal);
	cos_log("rumpuser: ended by signal %d\n", netbsd_signal);
	rumpuser_exit(STATUS_SIGNAL + netbsd_signal);
}
