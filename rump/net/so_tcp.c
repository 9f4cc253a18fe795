/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stream sockets over lwIP's TCP: connections, from the first segment to the last.
 *
 * I1 The control block (pcb) belongs to lwIP. Its callback_arg is the socket from tcp_adopt to
 *    tcp_forget, and NULL otherwise.
 * I2 Either side may end first:
 * - the socket is closed: tcp_forget, then tcp_close; lwIP delivers the rest and the FIN
 * - both directions are closed while the socket is open: tcp_forget, so that lwIP can free the pcb
 *   after TIME-WAIT
 * - the connection fails: lwIP calls tcp_failed and frees the pcb
 */
#include "lwip/opt.h"
#include "lwip/tcp.h"
#include "lwip/priv/tcp_priv.h"

#include "kern/callout.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "net/icmp.h"
#include "net/so_tcp.h"
#include "net/sockaddr.h"
#include "net/socket.h"

static struct list tcp_sockets = LIST_INIT(tcp_sockets); /* those with a pcb that does not listen */

static void tcp_addresses(struct socket *so, const struct tcp_pcb *pcb)
{
	ip_addr_copy(so->so_laddr, pcb->local_ip);
	ip_addr_copy(so->so_raddr, pcb->remote_ip);
	so->so_lport = pcb->local_port;
	so->so_rport = pcb->remote_port;
}

static void tcp_forget(struct socket *so)
{
	struct tcp_pcb *pcb = so->so_pcb.tcp;

	so->so_pcb.tcp = NULL;
	list_remove(&so->so_allnode);
	if (pcb == NULL)
		return;
	tcp_arg(pcb, NULL);
	if (pcb->state != LISTEN) {
		tcp_recv(pcb, NULL);
		tcp_sent(pcb, NULL);
		tcp_err(pcb, NULL);
	}
}

/* The connection ended from outside. lwIP has freed the pcb, or is about to. */
static void tcp_failed(void *arg, err_t err)
{
	struct socket *so = arg;

	if (so == NULL)
		return;
	so->so_pcb.tcp = NULL;
	list_remove(&so->so_allnode);
	if (err == ERR_RST)
		so->so_error = (so->so_state & SS_CONNECTING) != 0 ? RUMP_ECONNREFUSED
			       : (so->so_state & SS_EOF) != 0	   ? RUMP_EPIPE
								   : RUMP_ECONNRESET;
	else if (err != ERR_CLSD)
		so->so_error = so->so_softerror != 0 ? so->so_softerror : RUMP_ETIMEDOUT;
	so->so_state &= ~(SS_CONNECTING | SS_CONNECTED);
	so->so_state |= SS_EOF | SS_CANTSEND;
	socket_rwakeup(so);
	socket_wwakeup(so);
}

void socket_unreachable(unsigned proto, const ip_addr_t *local, u16_t local_port,
			const ip_addr_t *remote, u16_t remote_port, int error, bool hard)
{
	struct list *pos, *tmp;

	if (proto == IP_PROTO_UDP) {
		udp_unreachable(local_port, remote, remote_port, error);
		return;
	}
	if (proto != IP_PROTO_TCP)
		return;
	list_foreach_safe(pos, tmp, &tcp_sockets) {
		struct socket *so = list_entry(pos, struct socket, so_allnode);
		struct tcp_pcb *pcb = so->so_pcb.tcp;

		if (pcb->local_port != local_port || pcb->remote_port != remote_port ||
		    !ip_addr_cmp(&pcb->local_ip, local) || !ip_addr_cmp(&pcb->remote_ip, remote))
			continue;
		/* RFC 5927, 6: anyone could send this message, so it ends only a handshake. */
		so->so_softerror = error;
		if ((so->so_state & SS_CONNECTING) != 0 && hard) {
			tcp_forget(so);
			tcp_abort(pcb);
			tcp_failed(so, ERR_ABRT);
		}
		return;
	}
}

/* Small segments are collected in one buffer, so that a byte does not occupy a whole one. */
#define SMALL_SEGMENT 512
#define COLLECT_ROOM 4096

static struct rcvchunk *rcvchunk_alloc(struct socket *so, struct pbuf *p, unsigned len)
{
	struct rcvchunk *rc = kmem_zalloc(sizeof(*rc));

	if (rc == NULL)
		return NULL;
	rc->rc_p = p;
	rc->rc_len = rc->rc_charge = len;
	list_insert_tail(&so->so_rcvq, &rc->rc_node);
	so->so_rcvlen += len;
	so->so_rcvcharge += len;
	return rc;
}

static bool segment_collect(struct socket *so, struct pbuf *p)
{
	struct rcvchunk *rc;
	struct pbuf *room;
	unsigned used, len = p->tot_len;

	if (len > SMALL_SEGMENT || list_empty(&so->so_rcvq) || so->so_rcv_busy)
		return false;
	rc = list_entry(so->so_rcvq.prev, struct rcvchunk, rc_node);
	if (rc->rc_room < len) {
		room = pbuf_alloc(PBUF_RAW, COLLECT_ROOM, PBUF_RAM);
		if (room == NULL)
			return false;
		rc = rcvchunk_alloc(so, room, 0);
		if (rc == NULL) {
			pbuf_free(room);
			return false;
		}
		rc->rc_room = COLLECT_ROOM;
	}
	used = rc->rc_off + rc->rc_len;
	pbuf_copy_partial(p, (char *)rc->rc_p->payload + used, (u16_t)len, 0);
	rc->rc_room -= len;
	rc->rc_len += len;
	rc->rc_charge += len;
	so->so_rcvlen += len;
	so->so_rcvcharge += len;
	pbuf_free(p);
	return true;
}

static err_t tcp_received(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct socket *so = arg;

	(void)err;
	if (p == NULL) {
		so->so_state |= SS_EOF;
		/* The FIN was sent as well: nothing more will happen to this pcb. */
		if (pcb->state != CLOSE_WAIT) {
			tcp_forget(so);
			socket_wwakeup(so);
		}
		socket_rwakeup(so);
		return ERR_OK;
	}
	if ((so->so_state & SS_RCVSHUT) != 0) {
		tcp_recved(pcb, p->tot_len);
		pbuf_free(p);
		return ERR_OK;
	}
	/* Out of memory: lwIP keeps the segment and offers it again. */
	if (!segment_collect(so, p) && rcvchunk_alloc(so, p, p->tot_len) == NULL)
		return ERR_MEM;
	socket_rwakeup(so);
	return ERR_OK;
}

static size_t tcp_so_space(struct socket *so)
{
	const struct tcp_pcb *pcb = so->so_pcb.tcp;
	size_t queued;

	if (pcb == NULL || pcb->state == LISTEN || pcb->snd_queuelen >= TCP_SND_QUEUELEN)
		return 0;
	queued = TCP_SND_BUF - pcb->snd_buf;
	return queued < so->so_sndbuf ? so->so_sndbuf - queued : 0;
}

static err_t tcp_acked(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	struct socket *so = arg;

	(void)pcb;
	(void)len;
	if ((so->so_state & SS_SNDFULL) != 0 && tcp_so_space(so) >= socket_sndlowat(so))
		socket_wwakeup(so);
	return ERR_OK;
}

static void tcp_so_apply(struct socket *so)
{
	struct tcp_pcb *pcb = so->so_pcb.tcp;

	if (pcb == NULL)
		return;
	pcb->ttl = so->so_ttl != 0 ? so->so_ttl : TCP_TTL;
	pcb->tos = so->so_tos;
	if ((so->so_options & (RUMP_SO_REUSEADDR | RUMP_SO_REUSEPORT)) != 0)
		ip_set_option(pcb, SOF_REUSEADDR);
	else
		ip_reset_option(pcb, SOF_REUSEADDR);
	if ((so->so_options & RUMP_SO_KEEPALIVE) != 0)
		ip_set_option(pcb, SOF_KEEPALIVE);
	else
		ip_reset_option(pcb, SOF_KEEPALIVE);
	if (pcb->state == LISTEN)
		return;
	if (so->so_nodelay) {
		tcp_nagle_disable(pcb);
		tcp_output(pcb);
	} else
		tcp_nagle_enable(pcb);
	pcb->keep_idle = so->so_keepidle_s * 1000;
	pcb->keep_intvl = so->so_keepintvl_s * 1000;
	pcb->keep_cnt = so->so_keepcnt;
}

static void tcp_adopt(struct socket *so, struct tcp_pcb *pcb)
{
	so->so_pcb.tcp = pcb;
	list_insert_tail(&tcp_sockets, &so->so_allnode);
	tcp_arg(pcb, so);
	tcp_recv(pcb, tcp_received);
	tcp_sent(pcb, tcp_acked);
	tcp_err(pcb, tcp_failed);
	tcp_so_apply(so);
}

/* The pcb. It is made when it is first needed, or when the last one ended with its connection. */
static int tcp_pcb_get(struct socket *so)
{
	struct tcp_pcb *pcb;

	if (so->so_pcb.tcp != NULL)
		return 0;
	pcb = tcp_new_ip_type(so->so_domain == RUMP_AF_INET ? IPADDR_TYPE_V4
			      : so->so_v6only		    ? IPADDR_TYPE_V6
							    : IPADDR_TYPE_ANY);
	if (pcb == NULL)
		return RUMP_ENOBUFS;
	tcp_adopt(so, pcb);
	return 0;
}

static int tcp_so_create(struct socket *so)
{
	(void)so;
	return 0;
}

/* A listening socket on the port excludes all others, whatever their options. */
static bool port_listened(const ip_addr_t *addr, u16_t port)
{
	struct tcp_pcb_listen *l;

	for (l = tcp_listen_pcbs.listen_pcbs; l != NULL; l = l->next) {
		if (l->local_port != port)
			continue;
		if (IP_IS_ANY_TYPE_VAL(l->local_ip) || IP_IS_ANY_TYPE_VAL(*addr))
			return true;
		if (IP_IS_V6(addr) == IP_IS_V6_VAL(l->local_ip) &&
		    (ip_addr_isany(&l->local_ip) || ip_addr_isany(addr) ||
		     ip_addr_cmp(&l->local_ip, addr)))
			return true;
	}
	return false;
}

static int tcp_so_bind(struct socket *so, const ip_addr_t *addr, u16_t port)
{
	int error;
	err_t err;

	if (so->so_lport != 0)
		return RUMP_EINVAL;
	if (!addr_is_local(addr))
		return RUMP_EADDRNOTAVAIL;
	if (port != 0 && port_listened(addr, port))
		return RUMP_EADDRINUSE;
	error = tcp_pcb_get(so);
	if (error != 0)
		return error;
	err = tcp_bind(so->so_pcb.tcp, addr, port);
	if (err != ERR_OK)
		return err == ERR_BUF ? RUMP_EADDRINUSE : net_errno(err);
	tcp_addresses(so, so->so_pcb.tcp);
	if (!ip_addr_isany(addr))
		so->so_state |= SS_BOUNDADDR;
	return 0;
}

static err_t tcp_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct socket *so = arg;

	(void)err; /* always ERR_OK */
	if (so == NULL)
		return ERR_OK;
	tcp_addresses(so, pcb);
	so->so_state &= ~SS_CONNECTING;
	so->so_state |= SS_CONNECTED;
	so->so_softerror = 0;
	socket_rwakeup(so);
	socket_wwakeup(so);
	return ERR_OK;
}

static int tcp_so_connect_wait(struct socket *so)
{
	int64_t until = so->so_sndtimeo_ns > 0 ? clock_monotonic_ns() + so->so_sndtimeo_ns : 0;
	int error;

	while ((so->so_state & SS_CONNECTING) != 0) {
		int64_t left = until != 0 ? until - clock_monotonic_ns() : 0;

		if (until != 0 && left <= 0)
			return RUMP_EINPROGRESS;
		error = net_wait(&so->so_snd_cv, left);
		if (error == RUMP_EINTR)
			return error;
	}
	error = socket_error(so);
	if (error == 0)
		so->so_state |= SS_CONNREPORTED;
	return error;
}

static int tcp_so_connect(struct socket *so, const ip_addr_t *addr, u16_t port, bool nbio)
{
	ip_addr_t to = *addr;
	int error;
	err_t err;

	if ((so->so_state & SS_LISTEN) != 0)
		return RUMP_EISCONN;
	if ((so->so_state & SS_CONNECTING) != 0)
		return nbio ? RUMP_EALREADY : tcp_so_connect_wait(so);
	if ((so->so_state & SS_CONNECTED) != 0) {
		/* The first call after a handshake in the background reports its success. */
		if ((so->so_state & SS_CONNREPORTED) != 0)
			return RUMP_EISCONN;
		so->so_state |= SS_CONNREPORTED;
		return 0;
	}
	if ((so->so_state & SS_CONNREPORTED) != 0)
		return RUMP_EISCONN; /* it was connected before, and is of no more use */
	if (so->so_error != 0)
		return socket_error(so);
	addr_loopback(&to);
	if (ip_addr_ismulticast(&to))
		return RUMP_ENETUNREACH;
	so->so_state &= ~(SS_EOF | SS_CANTSEND | SS_RCVSHUT);
	error = tcp_pcb_get(so);
	if (error != 0)
		return error;
	if (so->so_lport != 0 && so->so_pcb.tcp->local_port == 0) {
		/* The pcb, and with it the binding, was lost to a failed attempt. */
		ip_addr_t any = *so_any(so);

		err = tcp_bind(so->so_pcb.tcp,
			       (so->so_state & SS_BOUNDADDR) != 0 ? &so->so_laddr : &any,
			       (so->so_state & SS_AUTOPORT) != 0 ? 0 : so->so_lport);
		if (err != ERR_OK)
			return net_errno(err);
	}
	if (so->so_lport == 0)
		so->so_state |= SS_AUTOPORT;
	so->so_softerror = 0;
	err = tcp_connect(so->so_pcb.tcp, &to, port, tcp_connected);
	if (err != ERR_OK)
		return err == ERR_BUF ? RUMP_EADDRNOTAVAIL : net_errno(err);
	tcp_addresses(so, so->so_pcb.tcp);
	so->so_state |= SS_CONNECTING;
	if (nbio)
		return RUMP_EINPROGRESS;
	return tcp_so_connect_wait(so);
}

static int tcp_so_disconnect(struct socket *so)
{
	(void)so;
	return RUMP_EOPNOTSUPP;
}

static void tcp_inherit(struct socket *so, const struct socket *head)
{
	so->so_v6only = head->so_v6only;
	so->so_nodelay = head->so_nodelay;
	so->so_options = head->so_options;
	so->so_ttl = head->so_ttl;
	so->so_tos = head->so_tos;
	so->so_keepidle_s = head->so_keepidle_s;
	so->so_keepintvl_s = head->so_keepintvl_s;
	so->so_keepcnt = head->so_keepcnt;
	so->so_rcvbuf = head->so_rcvbuf;
	so->so_sndbuf = head->so_sndbuf;
	so->so_rcvlowat = head->so_rcvlowat;
	so->so_rcvtimeo_ns = head->so_rcvtimeo_ns;
	so->so_sndtimeo_ns = head->so_sndtimeo_ns;
	so->so_linger = head->so_linger;
}

static err_t tcp_child(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct socket *head = arg, *so;

	if (pcb == NULL)
		return ERR_VAL;
	so = err == ERR_OK && head != NULL
		     ? socket_alloc(head->so_domain, head->so_type, head->so_proto, head->so_ops)
		     : NULL;
	if (so == NULL) {
		tcp_abort(pcb);
		return ERR_ABRT;
	}
	tcp_inherit(so, head);
	tcp_adopt(so, pcb);
	tcp_addresses(so, pcb);
	so->so_state = SS_CONNECTED | SS_CONNREPORTED;
	so->so_head = head;
	list_insert_tail(&head->so_acceptq, &so->so_acceptnode);
	head->so_qlen++;
	socket_rwakeup(head);
	return ERR_OK;
}

err_t net_tcp_inpacket(struct tcp_pcb *pcb)
{
	const struct socket *so = pcb->callback_arg;

	if (pcb->state != LISTEN || so == NULL)
		return ERR_OK;
	return so->so_qlen + ((struct tcp_pcb_listen *)pcb)->accepts_pending < so->so_qlimit
		       ? ERR_OK
		       : ERR_MEM;
}

/* As much as a program may have waiting, whatever it asks for: each connection takes memory. */
#define BACKLOG_MAX 4096

static int tcp_so_listen(struct socket *so, int backlog)
{
	struct tcp_pcb *pcb;
	int error;
	err_t err;

	if ((so->so_state & (SS_CONNECTING | SS_CONNECTED)) != 0)
		return RUMP_EINVAL;
	/* One more connection than the backlog may wait, as on other systems. */
	so->so_qlimit = 1 + (backlog < 0	     ? 0u
			     : backlog > BACKLOG_MAX ? BACKLOG_MAX
						     : (unsigned)backlog);
	if ((so->so_state & SS_LISTEN) != 0)
		return 0;
	error = tcp_pcb_get(so);
	if (error == 0 && so->so_pcb.tcp->local_port == 0) {
		so->so_lport = 0;
		error = tcp_so_bind(so, so_any(so), 0);
	}
	if (error != 0)
		return error;
	if (port_listened(&so->so_pcb.tcp->local_ip, so->so_lport))
		return RUMP_EADDRINUSE;
	pcb = tcp_listen_with_backlog_and_err(so->so_pcb.tcp, TCP_DEFAULT_LISTEN_BACKLOG, &err);
	if (pcb == NULL)
		return net_errno(err);
	so->so_pcb.tcp = pcb;
	list_remove(&so->so_allnode);
	tcp_arg(pcb, so);
	tcp_accept(pcb, tcp_child);
	so->so_state |= SS_LISTEN;
	so->so_state &= ~(SS_EOF | SS_CANTSEND | SS_RCVSHUT);
	return 0;
}

static void tcp_so_close(struct socket *so)
{
	struct tcp_pcb *pcb = so->so_pcb.tcp;
	struct socket *child;

	while ((child = list_first(&so->so_acceptq, struct socket, so_acceptnode)) != NULL) {
		list_remove(&child->so_acceptnode);
		so->so_qlen--;
		child->so_head = NULL;
		child->so_linger.l_onoff = 1; /* its data will never be read: reset it */
		child->so_linger.l_linger = 0;
		tcp_so_close(child);
		socket_free(child);
	}
	if (pcb == NULL)
		return;
	tcp_forget(so);
	if (pcb->state == LISTEN) {
		tcp_close(pcb);
		return;
	}
	if (so->so_linger.l_onoff && so->so_linger.l_linger == 0 &&
	    (so->so_state & SS_CONNECTED) != 0) {
		tcp_abort(pcb);
		return;
	}
	/* lwIP resets a connection if not all data was taken: by the reader, that has to mean. */
	if (list_empty(&so->so_rcvq))
		pcb->rcv_wnd += (tcpwnd_size_t)so->so_withheld;
	if (tcp_close(pcb) != ERR_OK)
		tcp_abort(pcb);
}

/* Stop listening, and wake the threads in accept. */
static void tcp_unlisten(struct socket *so)
{
	tcp_so_close(so);
	so->so_state &= ~SS_LISTEN;
	so->so_state |= SS_EOF | SS_CANTSEND;
	so->so_lport = 0;
	socket_rwakeup(so);
}

static int tcp_so_shutdown(struct socket *so, int how)
{
	if ((so->so_state & SS_LISTEN) != 0) {
		if (how != RUMP_SHUT_WR)
			tcp_unlisten(so);
		return 0;
	}
	if ((so->so_state & SS_CONNECTED) == 0)
		return RUMP_ENOTCONN;
	if (how != RUMP_SHUT_WR)
		so->so_state |= SS_RCVSHUT;
	if (how != RUMP_SHUT_RD && (so->so_state & SS_CANTSEND) == 0) {
		so->so_state |= SS_CANTSEND;
		if (so->so_pcb.tcp != NULL) {
			tcp_shutdown(so->so_pcb.tcp, 0, 1);
			if ((so->so_state & SS_EOF) != 0)
				tcp_forget(so);
		}
	}
	socket_rwakeup(so);
	socket_wwakeup(so);
	return 0;
}

const struct sockops tcp_sockops = {
	.so_create = tcp_so_create,
	.so_close = tcp_so_close,
	.so_bind = tcp_so_bind,
	.so_connect = tcp_so_connect,
	.so_disconnect = tcp_so_disconnect,
	.so_listen = tcp_so_listen,
	.so_shutdown = tcp_so_shutdown,
	.so_send = tcp_so_send,
	.so_receive = tcp_so_receive,
	.so_apply = tcp_so_apply,
	.so_space = tcp_so_space,
};
