/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of stream sockets: one copy in each direction.
 *
 * I1 Out: tcp_write gets the program's address, and its copy into segments is the copyin
 *    (net_tcp_copyin, see lwip/arch/hooks.h).
 * I2 The pages are touched before, so that copy fails only if another thread unmaps the memory in
 *    between. The connection is then reset, because the data to be sent does not exist.
 * I3 In: the receive queue holds lwIP's buffers. They are copied out with the core lock released.
 */
#include "lwip/opt.h"
#include "lwip/tcp.h"
#include "lwip/priv/tcp_priv.h"

#include "kern/callout.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "net/so_tcp.h"
#include "net/socket.h"

#define PAGE 4096
#define WRITE_MAX 0xf000u /* of one tcp_write: its length has 16 bits */

static bool copy_kernel, copy_failed; /* of the tcp_write under way; core lock */

void net_tcp_copyin(void *dst, const void *src, size_t len)
{
	if (copy_kernel) {
		memcpy(dst, src, len);
		return;
	}
	if (copyin(src, dst, len) != 0) {
		copy_failed = true;
		memset(dst, 0, len);
	}
}

static int pages_touch(const char *base, size_t len)
{
	size_t off = 0;
	char c;
	int error;

	while (off < len) {
		error = copyin(base + off, &c, 1);
		if (error != 0)
			return error;
		off += PAGE - ((uintptr_t)(base + off) & (PAGE - 1));
	}
	return copyin(base + len - 1, &c, 1);
}

/* Queue up to space bytes of the first vector. ENOBUFS: there was no room after all. */
static int stream_write(struct socket *so, struct uio *uio, size_t space)
{
	struct tcp_pcb *pcb = so->so_pcb.tcp;
	struct rump_iovec *iov;
	size_t n;
	u8_t flags = TCP_WRITE_FLAG_COPY;
	err_t err;
	int error;

	while (uio->uio_iov->iov_len == 0) {
		uio->uio_iov++;
		uio->uio_iovcnt--;
	}
	iov = uio->uio_iov;
	n = iov->iov_len;
	if (n > space)
		n = space;
	if (n > tcp_sndbuf(pcb))
		n = tcp_sndbuf(pcb);
	if (n > WRITE_MAX)
		n = WRITE_MAX;
	if (n == 0)
		return RUMP_ENOBUFS;
	copy_kernel = uio->uio_seg == UIO_KERNEL;
	copy_failed = false;
	if (!copy_kernel) {
		error = pages_touch(iov->iov_base, n);
		if (error != 0)
			return error;
	}
	if (n < uio->uio_resid)
		flags |= TCP_WRITE_FLAG_MORE;
	err = tcp_write(pcb, iov->iov_base, (u16_t)n, flags);
	if (err != ERR_OK)
		return err == ERR_MEM ? RUMP_ENOBUFS : RUMP_EPIPE;
	if (copy_failed) {
		tcp_abort(pcb); /* this reports to the socket */
		return RUMP_EFAULT;
	}
	iov->iov_base = (char *)iov->iov_base + n;
	iov->iov_len -= n;
	uio->uio_resid -= n;
	uio->uio_offset += (int64_t)n;
	return 0;
}

/* Wait for the peer or a reader. EAGAIN: the socket's timeout has passed. */
static int stream_wait(struct kcv *cv, int64_t until)
{
	int64_t left = 0;
	int error;

	if (until != 0) {
		left = until - clock_monotonic_ns();
		if (left <= 0)
			return RUMP_EAGAIN;
	}
	error = net_wait(cv, left);
	return error == RUMP_ETIMEDOUT ? 0 : error; /* the caller looks at the clock again */
}

static int send_state(struct socket *so, bool *wait)
{
	*wait = false;
	if (so->so_error != 0)
		return socket_error(so);
	if ((so->so_state & SS_CANTSEND) != 0)
		return RUMP_EPIPE;
	if ((so->so_state & SS_CONNECTING) != 0)
		*wait = true;
	else if ((so->so_state & SS_CONNECTED) == 0)
		return RUMP_EPIPE;
	return 0;
}

int tcp_so_send(struct socket *so, struct uio *uio, int flags, const ip_addr_t *to, u16_t port)
{
	int64_t until = so->so_sndtimeo_ns > 0 ? clock_monotonic_ns() + so->so_sndtimeo_ns : 0;
	bool nbio = (flags & (RUMP_MSG_DONTWAIT | SOF_NBIO)) != 0, wait;
	size_t space, since_output = 0;
	int error;

	(void)to; /* a connection has its peer */
	(void)port;
	if ((flags & RUMP_MSG_OOB) != 0)
		return RUMP_EOPNOTSUPP;
	net_lock();
	for (;;) {
		error = send_state(so, &wait);
		if (error != 0 || (uio->uio_resid == 0 && !wait))
			break;
		space = wait ? 0 : so->so_ops->so_space(so);
		if (space != 0) {
			size_t before = uio->uio_resid;

			error = stream_write(so, uio, space);
			if (error == 0) {
				since_output += before - uio->uio_resid;
				if (since_output >= WRITE_MAX) {
					tcp_output(so->so_pcb.tcp);
					since_output = 0;
				}
				continue;
			}
			if (error != RUMP_ENOBUFS)
				break;
			/*
			 * Out of memory, and nothing is under way that would wake this thread at
			 * its end.
			 */
			if (so->so_pcb.tcp->snd_queuelen == 0)
				break;
		}
		if (so->so_pcb.tcp != NULL && !wait)
			tcp_output(so->so_pcb.tcp);
		so->so_state |= SS_SNDFULL;
		error = RUMP_EAGAIN;
		if (nbio)
			break;
		error = stream_wait(&so->so_snd_cv, until);
		if (error != 0)
			break;
	}
	if (so->so_pcb.tcp != NULL && (so->so_state & SS_CONNECTED) != 0)
		tcp_output(so->so_pcb.tcp);
	net_unlock();
	return error;
}

void tcp_so_linger(struct socket *so)
{
	int64_t until = clock_monotonic_ns() + so->so_linger.l_linger * NSEC_PER_SEC;

	while (so->so_pcb.tcp != NULL && (so->so_state & SS_CONNECTED) != 0 &&
	       (so->so_pcb.tcp->unacked != NULL || so->so_pcb.tcp->unsent != NULL)) {
		so->so_state |= SS_SNDFULL;
		if (stream_wait(&so->so_snd_cv, until) != 0)
			break;
	}
}

/* Copy n bytes at off of a chunk. */
static int chunk_move(const struct rcvchunk *rc, size_t off, size_t n, struct uio *uio)
{
	const struct pbuf *p = rc->rc_p;
	int error;

	for (; off >= p->len; p = p->next)
		off -= p->len;
	while (n != 0) {
		size_t k = p->len - off;

		if (k > n)
			k = n;
		error = uiomove((char *)p->payload + off, k, uio);
		if (error != 0)
			return error;
		n -= k;
		off = 0;
		p = p->next;
	}
	return 0;
}

/*
 * Move queued data without the core lock. Until so_rcv_busy is cleared no other thread removes or
 * lengthens what is queued now; arriving data is queued after it.
 */
static int queue_move(struct socket *so, struct uio *uio, size_t total)
{
	struct rcvchunk *rc = list_first(&so->so_rcvq, struct rcvchunk, rc_node);
	size_t left = total;
	int error = 0;

	so->so_rcv_busy = true;
	net_unlock();
	while (left != 0 && error == 0) {
		size_t n = rc->rc_len < left ? rc->rc_len : left;

		error = chunk_move(rc, rc->rc_off, n, uio);
		left -= n;
		if (left != 0)
			rc = list_entry(rc->rc_node.next, struct rcvchunk, rc_node);
	}
	net_lock();
	so->so_rcv_busy = false;
	cv_broadcast(&so->so_rcv_cv);
	return error;
}

/* The reader has taken n bytes: drop them, and open the window. */
static void queue_consume(struct socket *so, size_t n)
{
	struct tcp_pcb *pcb = so->so_pcb.tcp;
	size_t open = n, hold, max;

	so->so_rcvlen -= n;
	so->so_rcvcharge -= n;
	while (n != 0) {
		struct rcvchunk *rc = list_first(&so->so_rcvq, struct rcvchunk, rc_node);
		unsigned k = rc->rc_len < n ? rc->rc_len : (unsigned)n;

		rc->rc_off += k;
		rc->rc_len -= k;
		rc->rc_charge -= k;
		n -= k;
		if (rc->rc_len == 0)
			socket_rcv_free(so, rc);
	}
	if (pcb == NULL || pcb->state == LISTEN)
		return;
	/* The receive buffer is smaller than lwIP's window: the first bytes read do not open it. */
	max = TCP_WND_MAX(pcb);
	hold = so->so_rcvbuf < max ? max - so->so_rcvbuf : 0;
	if (so->so_withheld < hold) {
		size_t k = hold - so->so_withheld < open ? hold - so->so_withheld : open;

		so->so_withheld += k;
		open -= k;
	}
	for (; open != 0; open -= open < 0xffff ? open : 0xffff)
		tcp_recved(pcb, (u16_t)(open < 0xffff ? open : 0xffff));
}

static int receive_state(struct socket *so, bool *end)
{
	*end = false;
	if (so->so_error != 0)
		return socket_error(so);
	if ((so->so_state & (SS_EOF | SS_RCVSHUT)) != 0)
		*end = true;
	else if ((so->so_state & (SS_CONNECTED | SS_CONNECTING)) == 0)
		return RUMP_ENOTCONN;
	return 0;
}

int tcp_so_receive(struct socket *so, struct uio *uio, int flags, ip_addr_t *from, u16_t *port,
		   int *mflags, size_t *fullp)
{
	int64_t until = so->so_rcvtimeo_ns > 0 ? clock_monotonic_ns() + so->so_rcvtimeo_ns : 0;
	bool peek = (flags & RUMP_MSG_PEEK) != 0, all = (flags & RUMP_MSG_WAITALL) != 0, end;
	size_t want, total, before, orig = uio->uio_resid;
	int error = 0;

	(void)mflags;
	(void)fullp;
	if (from != NULL)
		*port = 0; /* a connection has its peer */
	if ((flags & RUMP_MSG_OOB) != 0)
		return RUMP_EINVAL;
	net_lock();
	while (uio->uio_resid != 0) {
		if (so->so_rcv_busy) {
			error = net_wait(&so->so_rcv_cv, 0);
			if (error != 0)
				break;
			continue;
		}
		want = peek && all ? uio->uio_resid : all ? 1 : so->so_rcvlowat;
		if (want > uio->uio_resid)
			want = uio->uio_resid;
		/*
		 * Less than requested is enough if no more can come, or the caller must not wait.
		 */
		if (so->so_rcvlen != 0 &&
		    (so->so_rcvlen >= want || so->so_rcvlen >= so->so_rcvbuf / 2 ||
		     (so->so_state & (SS_EOF | SS_RCVSHUT)) != 0 || so->so_error != 0 ||
		     (flags & (RUMP_MSG_DONTWAIT | SOF_NBIO)) != 0)) {
			total = so->so_rcvlen < uio->uio_resid ? so->so_rcvlen : uio->uio_resid;
			before = uio->uio_resid;
			error = queue_move(so, uio, total);
			if (!peek)
				queue_consume(so, before - uio->uio_resid);
			if (error != 0 || peek || !all)
				break;
			continue;
		}
		if (uio->uio_resid != orig && so->so_error != 0)
			break; /* the next call reports the error */
		error = receive_state(so, &end);
		if (error != 0 || end)
			break;
		error = RUMP_EAGAIN;
		if ((flags & (RUMP_MSG_DONTWAIT | SOF_NBIO)) != 0)
			break;
		error = stream_wait(&so->so_rcv_cv, until);
		if (error != 0)
			break;
	}
	net_unlock();
	return error;
}
