/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets: making them, their queues, and waking waiters. */
#include "lwip/opt.h"
#include "lwip/ip.h"

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "net/socket.h"

/*
 * RCVBUF: lwIP's window (TCP_WND, lwip/lwipopts.h), so a stream is not limited by its socket.
 * SNDBUF: half of what lwIP queues for a connection.
 */
#define RCVBUF_DEFAULT (512 * 1024)
#define SNDBUF_DEFAULT (512 * 1024)

int socket_protocol(int domain, int type, int proto, const struct sockops **opsp, int *protop)
{
	if (domain != RUMP_AF_INET && domain != RUMP_AF_INET6)
		return RUMP_EAFNOSUPPORT;
	switch (type) {
	case RUMP_SOCK_STREAM:
		if (proto != 0 && proto != RUMP_IPPROTO_TCP)
			return RUMP_EPROTONOSUPPORT;
		*opsp = &tcp_sockops;
		*protop = RUMP_IPPROTO_TCP;
		return 0;
	case RUMP_SOCK_DGRAM:
		if (proto != 0 && proto != RUMP_IPPROTO_UDP)
			return RUMP_EPROTONOSUPPORT;
		*opsp = &udp_sockops;
		*protop = RUMP_IPPROTO_UDP;
		return 0;
	case RUMP_SOCK_RAW:
		if (proto <= 0 || proto > 255)
			return RUMP_EPROTONOSUPPORT;
		*opsp = &raw_sockops;
		*protop = proto;
		return 0;
	default:
		return RUMP_ESOCKTNOSUPPORT;
	}
}

struct socket *socket_alloc(int domain, int type, int proto, const struct sockops *ops)
{
	struct socket *so = kmem_zalloc(sizeof(*so));

	if (so == NULL)
		return NULL;
	so->so_ops = ops;
	so->so_domain = domain;
	so->so_type = type;
	so->so_proto = proto;
	so->so_v6only = domain == RUMP_AF_INET6; /* NetBSD's default, net.inet6.ip6.v6only */
	so->so_rcvbuf = RCVBUF_DEFAULT;
	so->so_sndbuf = SNDBUF_DEFAULT;
	so->so_rcvlowat = 1;
	so->so_keepidle_s = 7200; /* RFC 9293, 3.8.4 */
	so->so_keepintvl_s = 75;
	so->so_keepcnt = 8;
	cv_init(&so->so_rcv_cv);
	cv_init(&so->so_snd_cv);
	selinit(&so->so_rsel);
	selinit(&so->so_wsel);
	list_init(&so->so_rcvq);
	list_init(&so->so_acceptq);
	list_init(&so->so_acceptnode);
	list_init(&so->so_allnode);
	return so;
}

void socket_free(struct socket *so)
{
	socket_rcv_flush(so);
	list_remove(&so->so_allnode);
	KASSERT(list_empty(&so->so_acceptq));
	seldestroy(&so->so_rsel);
	seldestroy(&so->so_wsel);
	cv_destroy(&so->so_rcv_cv);
	cv_destroy(&so->so_snd_cv);
	kmem_free(so, sizeof(*so));
}

void socket_rcv_free(struct socket *so, struct rcvchunk *rc)
{
	list_remove(&rc->rc_node);
	so->so_rcvlen -= rc->rc_len;
	so->so_rcvcharge -= rc->rc_charge;
	pbuf_free(rc->rc_p);
	kmem_free(rc, sizeof(*rc));
}

void socket_rcv_flush(struct socket *so)
{
	struct rcvchunk *rc;

	while ((rc = list_first(&so->so_rcvq, struct rcvchunk, rc_node)) != NULL)
		socket_rcv_free(so, rc);
}

void socket_rwakeup(struct socket *so)
{
	cv_broadcast(&so->so_rcv_cv);
	selnotify(&so->so_rsel, KN_LOCKED);
}

void socket_wwakeup(struct socket *so)
{
	so->so_state &= ~SS_SNDFULL;
	cv_broadcast(&so->so_snd_cv);
	selnotify(&so->so_wsel, KN_LOCKED);
}

int socket_error(struct socket *so)
{
	int error = so->so_error;

	so->so_error = 0;
	return error;
}

bool socket_readable(struct socket *so)
{
	if ((so->so_state & SS_LISTEN) != 0)
		return so->so_qlen != 0;
	return (so->so_rcvlen >= so->so_rcvlowat && !list_empty(&so->so_rcvq)) ||
	       (so->so_type != RUMP_SOCK_STREAM && !list_empty(&so->so_rcvq)) ||
	       (so->so_state & (SS_EOF | SS_RCVSHUT)) != 0 || so->so_error != 0;
}

/* With less room than this, writers are not woken: they would write only a few bytes. */
size_t socket_sndlowat(struct socket *so)
{
	size_t quarter = so->so_sndbuf / 4;

	return so->so_type != RUMP_SOCK_STREAM ? 1 : quarter == 0 ? 1 : quarter;
}

/* After the answer "no" a wake-up is due: SS_SNDFULL records that. */
bool socket_writable(struct socket *so)
{
	if ((so->so_state & SS_LISTEN) != 0)
		return false;
	if (so->so_error != 0 || (so->so_state & SS_CANTSEND) != 0)
		return true;
	if (so->so_type == RUMP_SOCK_STREAM && (so->so_state & SS_CONNECTED) == 0)
		return false;
	if (so->so_ops->so_space(so) >= socket_sndlowat(so))
		return true;
	so->so_state |= SS_SNDFULL;
	return false;
}
