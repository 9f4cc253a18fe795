/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "calls.h"
#include "file/file.h"
#include "mm/user.h"
#include "net/socket.h"

#define SO_TYPE 3
#define SO_RCVTIMEO 20
#define SO_SNDTIMEO 21
#define SO_ACCEPTCONN 30
#define SO_PROTOCOL 38

long sys_setsockopt(struct thread *t, const uint64_t *a)
{
	struct lx_timeval tv;
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	if ((int)a[4] < 0) {
		r = -LX_EINVAL;
	} else if ((int)a[1] == LX_SOL_SOCKET && (a[2] == SO_RCVTIMEO || a[2] == SO_SNDTIMEO)) {
		r = a[4] < sizeof(tv) ? -LX_EINVAL : user_get(t, &tv, a[3], sizeof(tv));
		if (r == 0 && (uint64_t)tv.tv_usec >= 1000000)
			r = -LX_EDOM;
		if (r == 0)
			*(a[2] == SO_RCVTIMEO ? &f->read_timeout_ns : &f->write_timeout_ns) =
				tv.tv_sec < 0 ? 1 : timeval_ns(&tv);
	} else {
		r = socket_ops(f)->setopt(t, f, (int)a[1], (int)a[2], a[3], (uint32_t)a[4]);
	}
	file_put(f);
	return r;
}

long sys_getsockopt(struct thread *t, const uint64_t *a)
{
	uint8_t value[256] = {0};
	struct socket *s;
	struct file *f;
	int32_t number = -1;
	uint32_t len;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	s = f->object;
	r = user_get(t, &len, a[4], sizeof(len));
	if (r == 0 && (int32_t)len < 0)
		r = -LX_EINVAL;
	len = MIN(len, (uint32_t)sizeof(value));
	if (r == 0 && (int)a[1] == LX_SOL_SOCKET) {
		if (a[2] == SO_TYPE)
			number = s->type;
		else if (a[2] == SO_ACCEPTCONN)
			number = s->listening;
		else if (a[2] == SO_PROTOCOL)
			number = s->protocol;
	}
	if (r == 0 && number >= 0) {
		len = MIN(len, 4u);
		memcpy(value, &number, len);
	} else if (r == 0 && (int)a[1] == LX_SOL_SOCKET &&
		   (a[2] == SO_RCVTIMEO || a[2] == SO_SNDTIMEO)) {
		struct lx_timeval tv =
			ns_timeval(a[2] == SO_RCVTIMEO ? f->read_timeout_ns : f->write_timeout_ns);

		len = MIN(len, (uint32_t)sizeof(tv));
		memcpy(value, &tv, len);
	} else if (r == 0) {
		r = socket_ops(f)->getopt(t, f, (int)a[1], (int)a[2], value, &len);
	}
	file_put(f);
	if (r == 0 &&
	    (user_put(t, a[3], value, len) < 0 || user_put(t, a[4], &len, sizeof(len)) < 0))
		r = -LX_EFAULT;
	return r;
}
