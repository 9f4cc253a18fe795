/* SPDX-License-Identifier: BSD-2-Clause */
/* The core lock, start-up, and the translation of lwIP's errors (net.h). */
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/err.h"

#include "kern/component.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "net/icmp.h"
#include "net/net.h"
#include "net/netif.h"

static struct kmutex core_mutex;
static bool initialised;

void net_lock(void)
{
	mutex_enter(&core_mutex);
}

bool net_locked(void)
{
	return mutex_owned(&core_mutex);
}

/* Take in the packets to this host; true if there was one. Handling them may send more. */
static bool loop_drain(void)
{
	bool any = false, again;
	struct netif *nif;

	do {
		again = false;
		NETIF_FOREACH(nif)
		{
			if (nif->loop_first != NULL) {
				netif_poll(nif);
				again = any = true;
			}
		}
	} while (again);
	return any;
}

void net_unlock(void)
{
	loop_drain();
	netif_flush();
	net_timer_update();
	mutex_exit(&core_mutex);
}

int net_wait(struct kcv *cv, int64_t timeout_ns)
{
	KASSERT(net_locked());
	if (loop_drain())
		return 0;
	netif_flush();
	net_timer_update();
	if (timeout_ns > 0)
		return cv_timedwait_sig(cv, &core_mutex, timeout_ns);
	return cv_wait_sig(cv, &core_mutex);
}

int net_errno(int err)
{
	switch (err) {
	case ERR_OK:
		return 0;
	case ERR_MEM:
	case ERR_BUF:
		return RUMP_ENOBUFS;
	case ERR_TIMEOUT:
	case ERR_ABRT:
		return RUMP_ETIMEDOUT;
	case ERR_RTE:
		return RUMP_ENETUNREACH;
	case ERR_INPROGRESS:
		return RUMP_EINPROGRESS;
	case ERR_WOULDBLOCK:
		return RUMP_EAGAIN;
	case ERR_USE:
		return RUMP_EADDRINUSE;
	case ERR_ALREADY:
		return RUMP_EALREADY;
	case ERR_ISCONN:
		return RUMP_EISCONN;
	case ERR_CONN:
	case ERR_CLSD:
		return RUMP_ENOTCONN;
	case ERR_IF:
		return RUMP_ENETDOWN;
	case ERR_RST:
		return RUMP_ECONNRESET;
	default: /* ERR_VAL, ERR_ARG */
		return RUMP_EINVAL;
	}
}

void net_init(void)
{
	if (initialised)
		return;
	initialised = true;
	mutex_init(&core_mutex);
	net_lock();
	lwip_init();
	/*
	 * Packets to this host are not damaged on their way, but programs look at ICMP's checksum.
	 */
	NETIF_SET_CHECKSUM_CTRL(netif_list, NETIF_CHECKSUM_GEN_ICMP | NETIF_CHECKSUM_GEN_ICMP6);
	net_timer_init();
	icmp_errors_init();
	netif_config_init();
	net_unlock();
}

RUMP_COMPONENT(RUMP_COMPONENT_NET, net)
{
	net_init();
}
