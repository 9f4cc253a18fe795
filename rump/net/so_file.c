/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket as an open file: read, write, poll, kqueue, stat, close. */
#include "lwip/opt.h"

#include "kern/lwp.h"
#include "kern/string.h"
#include "net/so_tcp.h"
#include "net/socket.h"

static int file_nbio(struct file *fp)
{
	return (fp->f_flag & RUMP_O_NONBLOCK) != 0 ? SOF_NBIO : 0;
}

static int socket_read(struct file *fp, int64_t *off, struct uio *uio)
{
	struct socket *so = fp->f_data;
	int mflags = 0;
	size_t full;

	(void)off;
	return so->so_ops->so_receive(so, uio, file_nbio(fp), NULL, NULL, &mflags, &full);
}

static int socket_write(struct file *fp, int64_t *off, struct uio *uio)
{
	struct socket *so = fp->f_data;

	(void)off;
	return so->so_ops->so_send(so, uio, file_nbio(fp), NULL, 0);
}

static int socket_fioctl(struct file *fp, unsigned long req, void *data)
{
	return socket_ioctl(fp->f_data, req, data);
}

static int socket_poll(struct file *fp, int events)
{
	const int in = RUMP_POLLIN | RUMP_POLLRDNORM, out = RUMP_POLLOUT;
	struct socket *so = fp->f_data;
	int revents = 0;

	net_lock();
	if ((events & in) != 0 && socket_readable(so))
		revents |= events & in;
	if ((events & out) != 0 && socket_writable(so))
		revents |= events & out;
	if (so->so_error != 0)
		revents |= RUMP_POLLERR;
	if ((so->so_state & (SS_EOF | SS_CANTSEND)) == (SS_EOF | SS_CANTSEND))
		revents |= RUMP_POLLHUP;
	/* A stream socket that was never connected counts as hung up. */
	if (so->so_type == RUMP_SOCK_STREAM &&
	    (so->so_state & (SS_LISTEN | SS_CONNECTING | SS_CONNECTED)) == 0)
		revents |= RUMP_POLLHUP | (events & out);
	if (revents == 0) {
		selrecord(curlwp, &so->so_rsel); /* errors and hang-ups come here as well */
		if ((events & out) != 0)
			selrecord(curlwp, &so->so_wsel);
	}
	net_unlock();
	return revents;
}

static void kn_eof(struct knote *kn, const struct socket *so, bool eof)
{
	if (eof) {
		kn->kn_flags |= RUMP_EV_EOF;
		kn->kn_fflags = (uint32_t)so->so_error;
	} else
		kn->kn_flags &= ~RUMP_EV_EOF;
}

static bool kn_read(struct knote *kn, unsigned hint)
{
	struct socket *so = kn->kn_hook;
	bool ready;

	if ((hint & KN_LOCKED) == 0)
		net_lock();
	if ((so->so_state & SS_LISTEN) != 0) {
		kn->kn_data = so->so_qlen;
		ready = so->so_qlen != 0;
	} else {
		kn->kn_data = (int64_t)so->so_rcvlen;
		kn_eof(kn, so, (so->so_state & (SS_EOF | SS_RCVSHUT)) != 0);
		ready = (kn->kn_sfflags & RUMP_NOTE_LOWAT) != 0 &&
					(so->so_state & (SS_EOF | SS_RCVSHUT)) == 0 &&
					so->so_error == 0
				? kn->kn_data >= kn->kn_sdata && kn->kn_data > 0
				: socket_readable(so);
	}
	if ((hint & KN_LOCKED) == 0)
		net_unlock();
	return ready;
}

static bool kn_write(struct knote *kn, unsigned hint)
{
	struct socket *so = kn->kn_hook;
	bool ready;

	if ((hint & KN_LOCKED) == 0)
		net_lock();
	kn->kn_data = (so->so_state & SS_LISTEN) != 0 ? 0 : (int64_t)so->so_ops->so_space(so);
	kn_eof(kn, so, (so->so_state & SS_CANTSEND) != 0);
	ready = socket_writable(so);
	if ((hint & KN_LOCKED) == 0)
		net_unlock();
	return ready;
}

static const struct filterops read_filter = {
	.f_isfd = true, .f_detach = selinfo_detach, .f_event = kn_read};
static const struct filterops write_filter = {
	.f_isfd = true, .f_detach = selinfo_detach, .f_event = kn_write};

static int socket_kqfilter(struct file *fp, struct knote *kn)
{
	struct socket *so = fp->f_data;

	kn->kn_hook = so;
	switch (kn->kn_filter) {
	case RUMP_EVFILT_READ:
		kn->kn_fop = &read_filter;
		selinfo_attach(&so->so_rsel, kn);
		return 0;
	case RUMP_EVFILT_WRITE:
		kn->kn_fop = &write_filter;
		selinfo_attach(&so->so_wsel, kn);
		return 0;
	default:
		return RUMP_EINVAL;
	}
}

static int socket_stat(struct file *fp, struct rump_stat *st)
{
	(void)fp;
	memset(st, 0, sizeof(*st));
	st->st_mode = RUMP_S_IFSOCK | 0777;
	st->st_nlink = 1;
	st->st_blksize = 4096;
	return 0;
}

static int socket_close(struct file *fp)
{
	struct socket *so = fp->f_data;

	net_lock();
	if (so->so_linger.l_onoff && so->so_linger.l_linger > 0 &&
	    so->so_type == RUMP_SOCK_STREAM && (fp->f_flag & RUMP_O_NONBLOCK) == 0)
		tcp_so_linger(so);
	so->so_ops->so_close(so);
	socket_free(so);
	net_unlock();
	return 0;
}

const struct fileops socket_fileops = {
	.fo_name = "socket",
	.fo_read = socket_read,
	.fo_write = socket_write,
	.fo_ioctl = socket_fioctl,
	.fo_poll = socket_poll,
	.fo_stat = socket_stat,
	.fo_kqfilter = socket_kqfilter,
	.fo_close = socket_close,
};

void socket_file(struct lwp *l, struct socket *so, int sockflags, struct file *fp, int fd)
{
	fp->f_type = DTYPE_SOCKET;
	fp->f_ops = &socket_fileops;
	fp->f_data = so;
	fp->f_flag = FREAD | FWRITE |
		     ((sockflags & RUMP_SOCK_NONBLOCK) != 0 ? RUMP_O_NONBLOCK : 0u) |
		     ((sockflags & RUMP_SOCK_NOSIGPIPE) != 0 ? RUMP_O_NOSIGPIPE : 0u);
	fd_affix(l, fp, fd, (sockflags & RUMP_SOCK_CLOEXEC) != 0);
}
