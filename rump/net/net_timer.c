/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's timers.
 *
 * I1 A timer is a function to call at an interval while something needs it. Its interval starts
 *    when the need begins.
 * I2 One callout sleeps until the first timer that is due. Without a need there is no callout, so
 *    an idle system sleeps.
 * I3 A need that begins is noticed by net_timer_update, which net_unlock calls, or by
 *    tcp_timer_needed from within lwIP.
 */
#include "lwip/opt.h"
#include "lwip/tcp.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/priv/nd6_priv.h"
#include "lwip/ip4_frag.h"
#include "lwip/ip6_frag.h"
#include "lwip/etharp.h"
#include "lwip/dhcp.h"
#include "lwip/nd6.h"
#include "lwip/netif.h"
#include "lwip/timeouts.h"

#include "kern/callout.h"
#include "kern/list.h"
#include "kern/printf.h"
#include "net/net.h"

static bool need_tcp(void)
{
	return tcp_active_pcbs != NULL || tcp_tw_pcbs != NULL;
}

/*
 * ARP entries, neighbours, addresses and fragments age while there is a link to learn them from.
 * (The loopback interface has no largest packet, hence no fragments.)
 */
static bool need_link(void)
{
	struct netif *nif;

	NETIF_FOREACH(nif)
	{
		if ((nif->flags & NETIF_FLAG_ETHARP) != 0 && netif_is_up(nif) &&
		    netif_is_link_up(nif))
			return true;
	}
	return false;
}

static bool need_dhcp(void)
{
	struct netif *nif;

	NETIF_FOREACH(nif)
	{
		if (netif_dhcp_data(nif) != NULL)
			return true;
	}
	return false;
}

static struct net_timer {
	void (*nt_fn)(void);
	bool (*nt_need)(void);
	uint32_t nt_interval_ms;
	bool nt_on;
	int64_t nt_due_ns;
} timers[] = {
	{tcp_tmr, need_tcp, TCP_TMR_INTERVAL, false, 0},
	{ip_reass_tmr, need_link, IP_TMR_INTERVAL, false, 0},
	{ip6_reass_tmr, need_link, IP6_REASS_TMR_INTERVAL, false, 0},
	{etharp_tmr, need_link, ARP_TMR_INTERVAL, false, 0},
	{nd6_tmr, need_link, ND6_TMR_INTERVAL, false, 0},
	{dhcp_fine_tmr, need_dhcp, DHCP_FINE_TIMER_MSECS, false, 0},
	{dhcp_coarse_tmr, need_dhcp, DHCP_COARSE_TIMER_MSECS, false, 0},
};
#define NTIMERS (sizeof(timers) / sizeof(timers[0]))

static struct callout tick;
static int64_t tick_due_ns; /* time that the callout is set to; 0: not set */

void net_timer_update(void)
{
	int64_t now = 0, first = 0;

	for (struct net_timer *nt = timers; nt < timers + NTIMERS; nt++) {
		if (!nt->nt_on) {
			if (!nt->nt_need())
				continue;
			if (now == 0)
				now = clock_monotonic_ns();
			nt->nt_on = true;
			nt->nt_due_ns = now + (int64_t)nt->nt_interval_ms * 1000000;
		}
		if (first == 0 || nt->nt_due_ns < first)
			first = nt->nt_due_ns;
	}
	/* A wake-up that is too early stays: it finds nothing due, and sets the next. */
	if (first == 0 || (tick_due_ns != 0 && tick_due_ns <= first))
		return;
	if (now == 0)
		now = clock_monotonic_ns();
	if (callout_schedule(&tick, first > now ? first - now : 0) == 0)
		tick_due_ns = first;
}

static void timer_run(void *arg)
{
	int64_t now;

	(void)arg;
	net_lock();
	tick_due_ns = 0;
	now = clock_monotonic_ns();
	for (struct net_timer *nt = timers; nt < timers + NTIMERS; nt++) {
		int64_t interval = (int64_t)nt->nt_interval_ms * 1000000;

		if (!nt->nt_on || nt->nt_due_ns > now)
			continue;
		nt->nt_fn();
		nt->nt_due_ns += interval;
		/* Late by more than a period: the missed calls are left out. */
		if (nt->nt_due_ns <= now)
			nt->nt_due_ns = now + interval;
		nt->nt_on = nt->nt_need();
	}
	net_unlock(); /* this sets the next */
}

void net_timer_init(void)
{
	callout_init(&tick, timer_run, NULL);
}

/* Called by lwIP when a connection is made; the need is checked when the core lock is released. */
void tcp_timer_needed(void)
{
}
