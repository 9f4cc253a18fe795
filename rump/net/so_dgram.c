/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Datagram sockets: UDP, and raw IP (mostly for ICMP). A datagram is sent from one buffer, which
 * copyin fills. A received one waits in the queue in the buffer that it came in. If it does not fit
 * into what is left of SO_RCVBUF it is dropped, as on any network.
 */
#include "lwip/opt.h"
#include "lwip/inet_chksum.h"
#include "lwip/ip.h"
#include "lwip/prot/ip4.h"
#include "lwip/raw.h"
#include "lwip/udp.h"

#include "kern/callout.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "net/so_tcp.h"
#include "net/sockaddr.h"
#include "net/socket.h"

#define UDP_MAX_V4 65507u /* 65535 - 20 - 8: RFC 768, RFC 791 */
#define UDP_MAX_V6 65487u /* with its header of 40 bytes within lwIP's 16-bit lengths */
/* 65535 - 20: RFC 791. */
#define RAW_MAX 65515u
#define DATAGRAM_COST 256u /* charged for a buffer besides its data */

static bool dgram_queue(struct socket *so, struct pbuf *p, const ip_addr_t *addr, u16_t port)
{
	unsigned charge = p->tot_len + DATAGRAM_COST;
	struct rcvchunk *rc;

	if ((so->so_state & SS_RCVSHUT) != 0 || so->so_rcvcharge + charge > so->so_rcvbuf)
		return false;
	rc = kmem_zalloc(sizeof(*rc));
	if (rc == NULL)
		return false;
	rc->rc_p = p;
	rc->rc_len = p->tot_len;
	rc->rc_charge = charge;
	ip_addr_copy(rc->rc_addr, *addr);
	rc->rc_port = port;
	so->so_rcvlen += rc->rc_len;
	so->so_rcvcharge += charge;
	list_insert_tail(&so->so_rcvq, &rc->rc_node);
	socket_rwakeup(so);
	return true;
}

static void udp_received(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *addr,
			 u16_t port)
{
	(void)pcb;
	if (!dgram_queue(arg, p, addr, port))
		pbuf_free(p);
}

void udp_unreachable(u16_t local_port, const ip_addr_t *remote, u16_t remote_port, int error)
{
	struct udp_pcb *pcb;

	/* RFC 1122, 4.1.3.3. Only a connected socket knows which of its datagrams is meant. */
	for (pcb = udp_pcbs; pcb != NULL; pcb = pcb->next) {
		struct socket *so = pcb->recv_arg;

		if (pcb->recv != udp_received || pcb->local_port != local_port ||
		    pcb->remote_port != remote_port || (pcb->flags & UDP_FLAGS_CONNECTED) == 0 ||
		    !ip_addr_cmp(&pcb->remote_ip, remote))
			continue;
		so->so_error = error;
		socket_rwakeup(so);
		socket_wwakeup(so);
	}
}

static u8_t so_ip_type(const struct socket *so)
{
	return so->so_domain == RUMP_AF_INET ? IPADDR_TYPE_V4
	       : so->so_v6only		     ? IPADDR_TYPE_V6
					     : IPADDR_TYPE_ANY;
}

/*
 * The pcb's type depends on IPV6_V6ONLY, which may change until the socket is bound, so it is made
 * late.
 */
static int udp_pcb_get(struct socket *so)
{
	if (so->so_pcb.udp != NULL)
		return 0;
	so->so_pcb.udp = udp_new_ip_type(so_ip_type(so));
	if (so->so_pcb.udp == NULL)
		return RUMP_ENOBUFS;
	udp_recv(so->so_pcb.udp, udp_received, so);
	so->so_ops->so_apply(so);
	return 0;
}

static int udp_so_create(struct socket *so)
{
	(void)so;
	return 0;
}

static void udp_so_close(struct socket *so)
{
	if (so->so_pcb.udp != NULL)
		udp_remove(so->so_pcb.udp);
	so->so_pcb.udp = NULL;
}

static void udp_so_apply(struct socket *so)
{
	struct udp_pcb *pcb = so->so_pcb.udp;

	if (pcb == NULL)
		return;
	pcb->ttl = so->so_ttl != 0 ? so->so_ttl : UDP_TTL;
	pcb->tos = so->so_tos;
	pcb->so_options = 0;
	if ((so->so_options & (RUMP_SO_REUSEADDR | RUMP_SO_REUSEPORT)) != 0)
		ip_set_option(pcb, SOF_REUSEADDR);
	if ((so->so_options & RUMP_SO_BROADCAST) != 0)
		ip_set_option(pcb, SOF_BROADCAST);
}

static int udp_so_bind(struct socket *so, const ip_addr_t *addr, u16_t port)
{
	int error;
	err_t err;

	if (so->so_lport != 0)
		return RUMP_EINVAL;
	if (!addr_is_local(addr) && !ip_addr_ismulticast(addr))
		return RUMP_EADDRNOTAVAIL;
	error = udp_pcb_get(so);
	if (error != 0)
		return error;
	err = udp_bind(so->so_pcb.udp, addr, port);
	if (err != ERR_OK)
		return net_errno(err);
	so->so_lport = so->so_pcb.udp->local_port;
	ip_addr_copy(so->so_laddr, *addr);
	if (!ip_addr_isany(addr))
		so->so_state |= SS_BOUNDADDR;
	return 0;
}

/* The source address of packets to a peer. */
static int source_select(const ip_addr_t *to, ip_addr_t *from)
{
	struct netif *nif = ip_route(from, to);
	const ip_addr_t *src = nif != NULL ? ip_netif_get_local_ip(nif, to) : NULL;

	if (src == NULL)
		return RUMP_ENETUNREACH;
	ip_addr_copy(*from, *src);
	return 0;
}

static int udp_so_connect(struct socket *so, const ip_addr_t *addr, u16_t port, bool nbio)
{
	ip_addr_t to = *addr, from;
	int error;

	(void)nbio;
	addr_loopback(&to);
	if (so->so_lport == 0) {
		error = udp_so_bind(so, so_any(so), 0);
		if (error != 0)
			return error;
	}
	if ((so->so_state & SS_BOUNDADDR) == 0) {
		from = IP_IS_V6(&to) ? *IP6_ADDR_ANY : *IP4_ADDR_ANY;
		error = source_select(&to, &from);
		if (error != 0)
			return error;
		ip_addr_copy(so->so_laddr, from);
		ip_addr_copy(so->so_pcb.udp->local_ip, from);
	}
	if (udp_connect(so->so_pcb.udp, &to, port) != ERR_OK)
		return RUMP_EADDRINUSE;
	ip_addr_copy(so->so_raddr, to);
	so->so_rport = port;
	so->so_error = 0;
	so->so_state |= SS_CONNECTED;
	return 0;
}

static int udp_so_disconnect(struct socket *so)
{
	if ((so->so_state & SS_CONNECTED) == 0)
		return 0;
	udp_disconnect(so->so_pcb.udp);
	if ((so->so_state & SS_BOUNDADDR) == 0) {
		ip_addr_copy(so->so_laddr, *so_any(so));
		ip_addr_copy(so->so_pcb.udp->local_ip, *so_any(so));
	}
	so->so_state &= ~(SS_CONNECTED | SS_CANTSEND | SS_RCVSHUT);
	so->so_rport = 0;
	return 0;
}

static int dgram_listen(struct socket *so, int backlog)
{
	(void)so;
	(void)backlog;
	return RUMP_EOPNOTSUPP;
}

static int dgram_shutdown(struct socket *so, int how)
{
	if ((so->so_state & SS_CONNECTED) == 0)
		return RUMP_ENOTCONN;
	if (how != RUMP_SHUT_WR)
		so->so_state |= SS_RCVSHUT;
	if (how != RUMP_SHUT_RD)
		so->so_state |= SS_CANTSEND;
	socket_rwakeup(so);
	socket_wwakeup(so);
	return 0;
}

static size_t dgram_space(struct socket *so)
{
	return so->so_sndbuf;
}

/* One buffer with the program's datagram, and room for headers before it. */
static int dgram_fetch(struct uio *uio, pbuf_layer layer, size_t max, struct pbuf **pp)
{
	struct pbuf *p;
	int error;

	if (uio->uio_resid > max)
		return RUMP_EMSGSIZE;
	p = pbuf_alloc(layer, (u16_t)uio->uio_resid, PBUF_RAM);
	if (p == NULL)
		return RUMP_ENOBUFS;
	error = uiomove(p->payload, uio->uio_resid, uio);
	if (error != 0) {
		pbuf_free(p);
		return error;
	}
	*pp = p;
	return 0;
}

static int dgram_send_state(struct socket *so, const ip_addr_t *to)
{
	if (so->so_error != 0)
		return socket_error(so);
	if ((so->so_state & SS_CANTSEND) != 0)
		return RUMP_EPIPE;
	if (to == NULL && (so->so_state & SS_CONNECTED) == 0)
		return RUMP_EDESTADDRREQ;
	return 0;
}

/*
 * The errno of what lwIP's send functions return for a datagram. ERR_VAL: a broadcast without
 * SO_BROADCAST.
 */
static int dgram_errno(err_t err)
{
	return err == ERR_VAL ? RUMP_EACCES : err == ERR_BUF ? RUMP_EMSGSIZE : net_errno(err);
}

static int udp_so_send(struct socket *so, struct uio *uio, int flags, const ip_addr_t *to,
		       u16_t port)
{
	size_t len = uio->uio_resid;
	struct pbuf *p;
	ip_addr_t dst;
	int error;
	err_t err;

	if ((flags & RUMP_MSG_OOB) != 0)
		return RUMP_EOPNOTSUPP;
	error = dgram_fetch(uio, PBUF_TRANSPORT,
			    so->so_domain == RUMP_AF_INET6 && (to == NULL || IP_IS_V6(to))
				    ? UDP_MAX_V6
				    : UDP_MAX_V4,
			    &p);
	if (error != 0)
		return error;
	net_lock();
	error = dgram_send_state(so, to);
	if (error == 0 && so->so_lport == 0)
		error = udp_so_bind(so, so_any(so), 0);
	if (error == 0) {
		if (to != NULL) {
			dst = *to;
			addr_loopback(&dst);
			err = port == 0 ? ERR_ARG : udp_sendto(so->so_pcb.udp, p, &dst, port);
		} else
			err = udp_send(so->so_pcb.udp, p);
		error = dgram_errno(err);
	}
	pbuf_free(p);
	net_unlock();
	if (error != 0)
		uio->uio_resid = len; /* a datagram is sent whole or not at all */
	return error;
}

static int dgram_copyout(struct rcvchunk *rc, struct uio *uio)
{
	const struct pbuf *p = rc->rc_p;
	size_t left = rc->rc_len < uio->uio_resid ? rc->rc_len : uio->uio_resid;
	int error = 0;

	for (; left != 0 && error == 0; p = p->next) {
		size_t k = p->len < left ? p->len : left;

		error = uiomove(p->payload, k, uio);
		left -= k;
	}
	return error;
}

static int dgram_receive(struct socket *so, struct uio *uio, int flags, ip_addr_t *from,
			 u16_t *port, int *mflags, size_t *fullp)
{
	int64_t until = so->so_rcvtimeo_ns > 0 ? clock_monotonic_ns() + so->so_rcvtimeo_ns : 0;
	int64_t left = 0;
	struct rcvchunk *rc;
	int error = 0;

	if ((flags & RUMP_MSG_OOB) != 0)
		return RUMP_EOPNOTSUPP;
	net_lock();
	for (;;) {
		if (so->so_rcv_busy)
			error = net_wait(&so->so_rcv_cv, 0);
		else if ((rc = list_first(&so->so_rcvq, struct rcvchunk, rc_node)) != NULL)
			break;
		else if (so->so_error != 0)
			error = socket_error(so);
		else if ((so->so_state & SS_RCVSHUT) != 0)
			goto out;
		else if ((flags & (RUMP_MSG_DONTWAIT | SOF_NBIO)) != 0)
			error = RUMP_EAGAIN;
		else {
			if (until != 0 && (left = until - clock_monotonic_ns()) <= 0)
				error = RUMP_EAGAIN;
			else
				error = net_wait(&so->so_rcv_cv, left);
			if (error == RUMP_ETIMEDOUT)
				error = RUMP_EAGAIN;
		}
		if (error != 0)
			goto out;
	}
	if (from != NULL) {
		ip_addr_copy(*from, rc->rc_addr);
		*port = rc->rc_port;
	}
	*fullp = rc->rc_len;
	if (rc->rc_len > uio->uio_resid)
		*mflags |= RUMP_MSG_TRUNC;
	so->so_rcv_busy = true;
	net_unlock();
	error = dgram_copyout(rc, uio);
	net_lock();
	so->so_rcv_busy = false;
	if ((flags & RUMP_MSG_PEEK) == 0)
		socket_rcv_free(so, rc);
	cv_broadcast(&so->so_rcv_cv);
out:
	net_unlock();
	return error;
}

const struct sockops udp_sockops = {
	.so_create = udp_so_create,
	.so_close = udp_so_close,
	.so_bind = udp_so_bind,
	.so_connect = udp_so_connect,
	.so_disconnect = udp_so_disconnect,
	.so_listen = dgram_listen,
	.so_shutdown = dgram_shutdown,
	.so_send = udp_so_send,
	.so_receive = dgram_receive,
	.so_apply = udp_so_apply,
	.so_space = dgram_space,
};

/*
 * Raw sockets: each one of the protocol gets every packet, and the stack handles the packet as
 * well.
 */
static u8_t raw_received(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *addr)
{
	struct socket *so = arg;
	struct pbuf *copy = pbuf_clone(PBUF_RAW, PBUF_RAM, p);

	(void)pcb;
	if (copy == NULL)
		return 0;
	/* IPv4 packets are passed with their header, IPv6 ones without (RFC 3542, 3). */
	if (so->so_domain == RUMP_AF_INET6)
		pbuf_remove_header(copy, ip_current_header_tot_len());
	if (!dgram_queue(so, copy, addr, 0))
		pbuf_free(copy);
	return 0;
}

static void raw_so_apply(struct socket *so)
{
	struct raw_pcb *pcb = so->so_pcb.raw;

	pcb->ttl = so->so_ttl != 0 ? so->so_ttl : RAW_TTL;
	pcb->tos = so->so_tos;
	pcb->so_options = 0;
	if ((so->so_options & RUMP_SO_BROADCAST) != 0)
		ip_set_option(pcb, SOF_BROADCAST);
	raw_set_flags(pcb, so->so_hdrincl ? RAW_FLAGS_HDRINCL : 0);
	if (!so->so_hdrincl)
		raw_clear_flags(pcb, RAW_FLAGS_HDRINCL);
}

static int raw_so_create(struct socket *so)
{
	so->so_pcb.raw =
		raw_new_ip_type(so->so_domain == RUMP_AF_INET ? IPADDR_TYPE_V4 : IPADDR_TYPE_V6,
				(u8_t)so->so_proto);
	if (so->so_pcb.raw == NULL)
		return RUMP_ENOBUFS;
	if (so->so_domain == RUMP_AF_INET6 && so->so_proto == RUMP_IPPROTO_ICMPV6) {
		so->so_pcb.raw->chksum_reqd = 1; /* RFC 3542, 3.1 */
		so->so_pcb.raw->chksum_offset = 2;
	}
	raw_recv(so->so_pcb.raw, raw_received, so);
	raw_so_apply(so);
	return 0;
}

static void raw_so_close(struct socket *so)
{
	raw_remove(so->so_pcb.raw);
}

static int raw_so_bind(struct socket *so, const ip_addr_t *addr, u16_t port)
{
	(void)port;
	if (!addr_is_local(addr))
		return RUMP_EADDRNOTAVAIL;
	raw_bind(so->so_pcb.raw, addr);
	ip_addr_copy(so->so_laddr, *addr);
	return 0;
}

static int raw_so_connect(struct socket *so, const ip_addr_t *addr, u16_t port, bool nbio)
{
	ip_addr_t to = *addr;

	(void)port;
	(void)nbio;
	addr_loopback(&to);
	raw_connect(so->so_pcb.raw, &to);
	ip_addr_copy(so->so_raddr, to);
	so->so_state |= SS_CONNECTED;
	return 0;
}

static int raw_so_disconnect(struct socket *so)
{
	raw_disconnect(so->so_pcb.raw);
	so->so_state &= ~(SS_CONNECTED | SS_CANTSEND | SS_RCVSHUT);
	return 0;
}

static int raw_so_send(struct socket *so, struct uio *uio, int flags, const ip_addr_t *to,
		       u16_t port)
{
	size_t len = uio->uio_resid;
	struct pbuf *p;
	ip_addr_t dst;
	int error;

	(void)port;
	if ((flags & RUMP_MSG_OOB) != 0)
		return RUMP_EOPNOTSUPP;
	error = dgram_fetch(uio, PBUF_IP, RAW_MAX, &p);
	if (error != 0)
		return error;
	net_lock();
	error = dgram_send_state(so, to);
	if (error == 0) {
		ip_addr_copy(dst, so->so_raddr);
		if (to != NULL)
			ip_addr_copy(dst, *to);
		addr_loopback(&dst);
		error = dgram_errno(raw_sendto(so->so_pcb.raw, p, &dst));
	}
	pbuf_free(p);
	net_unlock();
	if (error != 0)
		uio->uio_resid = len;
	return error;
}

const struct sockops raw_sockops = {
	.so_create = raw_so_create,
	.so_close = raw_so_close,
	.so_bind = raw_so_bind,
	.so_connect = raw_so_connect,
	.so_disconnect = raw_so_disconnect,
	.so_listen = dgram_listen,
	.so_shutdown = dgram_shutdown,
	.so_send = raw_so_send,
	.so_receive = dgram_receive,
	.so_apply = raw_so_apply,
	.so_space = dgram_space,
};
