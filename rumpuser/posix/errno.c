/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's errno numbers as NetBSD's. */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>

#define SAME(e)             \
	{                   \
		e, RUMP_##e \
	}

static const struct {
	int host, netbsd;
} table[] = {
	SAME(EPERM),	     SAME(ENOENT),	 SAME(ESRCH),		SAME(EINTR),
	SAME(EIO),	     SAME(ENXIO),	 SAME(E2BIG),		SAME(ENOEXEC),
	SAME(EBADF),	     SAME(ECHILD),	 SAME(EDEADLK),		SAME(ENOMEM),
	SAME(EACCES),	     SAME(EFAULT),	 SAME(ENOTBLK),		SAME(EBUSY),
	SAME(EEXIST),	     SAME(EXDEV),	 SAME(ENODEV),		SAME(ENOTDIR),
	SAME(EISDIR),	     SAME(EINVAL),	 SAME(ENFILE),		SAME(EMFILE),
	SAME(ENOTTY),	     SAME(ETXTBSY),	 SAME(EFBIG),		SAME(ENOSPC),
	SAME(ESPIPE),	     SAME(EROFS),	 SAME(EMLINK),		SAME(EPIPE),
	SAME(EDOM),	     SAME(ERANGE),	 SAME(EAGAIN),		SAME(EINPROGRESS),
	SAME(EALREADY),	     SAME(ENOTSOCK),	 SAME(EDESTADDRREQ),	SAME(EMSGSIZE),
	SAME(EPROTOTYPE),    SAME(ENOPROTOOPT),	 SAME(EPROTONOSUPPORT), SAME(ESOCKTNOSUPPORT),
	SAME(EOPNOTSUPP),    SAME(EPFNOSUPPORT), SAME(EAFNOSUPPORT),	SAME(EADDRINUSE),
	SAME(EADDRNOTAVAIL), SAME(ENETDOWN),	 SAME(ENETUNREACH),	SAME(ENETRESET),
	SAME(ECONNABORTED),  SAME(ECONNRESET),	 SAME(ENOBUFS),		SAME(EISCONN),
	SAME(ENOTCONN),	     SAME(ESHUTDOWN),	 SAME(ETOOMANYREFS),	SAME(ETIMEDOUT),
	SAME(ECONNREFUSED),  SAME(ELOOP),	 SAME(ENAMETOOLONG),	SAME(EHOSTDOWN),
	SAME(EHOSTUNREACH),  SAME(ENOTEMPTY),	 SAME(EUSERS),		SAME(EDQUOT),
	SAME(ESTALE),	     SAME(ENOLCK),	 SAME(ENOSYS),		SAME(EOVERFLOW),
	SAME(EILSEQ),	     SAME(ECANCELED),	 SAME(EBADMSG),		SAME(ENODATA),
	SAME(EPROTO),	     SAME(EREMOTE),	 SAME(EIDRM),		SAME(ENOMSG),
	SAME(ENOSR),	     SAME(ENOSTR),	 SAME(ETIME),		SAME(EMULTIHOP),
	SAME(ENOLINK),
};

int errno_to_netbsd(int host_errno)
{
	if (host_errno == 0)
		return 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].host == host_errno)
			return table[i].netbsd;
	return RUMP_EINVAL;
}

int rumpuser_component_errtrans(int host_error)
{
	return errno_to_netbsd(host_error);
}
