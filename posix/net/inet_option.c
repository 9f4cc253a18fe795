/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options of the network backend. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "file/file.h"
#include "mm/user.h"
#include "net/inet_socket.h"
#include "process/thread.h"

/* Advice about timing or queues: accepted, without effect. */
static bool is_advice(int level, int name)
{
	if (level == LX_SOL_SOCKET)
		return name == 12 /* SO_PRIORITY */ || name == 49 /* SO_INCOMING_CPU */;
	if (level == 6)
		return name == 3 /* TCP_CORK */ || name == 7 /* TCP_SYNCNT */ ||
		       name == 9 /* TCP_DEFER_ACCEPT */ || name == 12 /* TCP_QUICKACK */ ||
		       name == 18 /* TCP_USER_TIMEOUT */;
	return level == 0 &&
	       (name == 10 /* IP_MTU_DISCOVER */ || name == 24 /* IP_BIND_ADDRESS_NO_PORT */);
}

long inet_setopt(struct thread *t, struct file *f, int level, int name, uint64_t value,
		 uint32_t len)
{
	const struct sockopt *opt = sockopt_find(level, name);

	if (!opt)
		return is_advice(level, name) ? 0 : -LX_ENOPROTOOPT;
	if (opt->kind == SOCKOPT_ERROR)
		return -LX_ENOPROTOOPT;
	if (opt->kind == SOCKOPT_INT && len < 4)
		return -LX_EINVAL;
	if (opt->kind == SOCKOPT_LINGER && len < sizeof(struct rump_linger))
		return -LX_EINVAL;
	if (opt->kind == SOCKOPT_INT)
		len = 4;
	if (len > sizeof(inet_args(t)->option))
		return -LX_EINVAL;
	if (user_get(t, inet_args(t)->option, value, len) < 0)
		return -LX_EFAULT;
	return network_call(RUMP_SYS_setsockopt, f->backend_fd, opt->nb_level, opt->nb_name,
			    inet_args(t)->option, len);
}

long inet_getopt(struct thread *t, struct file *f, int level, int name, void *value, uint32_t *len)
{
	const struct sockopt *opt = sockopt_find(level, name);
	struct inet *s = f->object;
	int32_t number;
	long r;

	if (level == LX_SOL_SOCKET && name == 39) { /* SO_DOMAIN */
		number = s->family;
	} else if (is_advice(level, name)) {
		number = 0;
	} else if (!opt) {
		return -LX_ENOPROTOOPT;
	} else if (opt->kind == SOCKOPT_ERROR) {
		r = inet_error(t, f);
		number = (int32_t)-r;
	} else {
		inet_args(t)->len = MIN(*len, (uint32_t)sizeof(inet_args(t)->option));
		r = network_call(RUMP_SYS_getsockopt, f->backend_fd, opt->nb_level, opt->nb_name,
				 inet_args(t)->option, &inet_args(t)->len);
		if (r < 0)
			return r;
		*len = MIN(*len, inet_args(t)->len);
		memcpy(value, inet_args(t)->option, *len);
		if (opt->kind == SOCKOPT_INT && *len == 4 && opt->nb_level == RUMP_SOL_SOCKET &&
		    (opt->nb_name < 0x1000)) { /* a flag: NetBSD returns its bit, Linux 1 */
			memcpy(&number, value, 4);
			number = number != 0;
			memcpy(value, &number, 4);
		}
		return 0;
	}
	*len = MIN(*len, 4u);
	memcpy(value, &number, *len);
	return 0;
}
