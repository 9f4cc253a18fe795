/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies between the kernel and the caller of a system call: the rules are in copy.h. */
#include "kern/copy.h"

#include <rump/errno.h>

#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/string.h"

int copyin(const void *uaddr, void *kaddr, size_t len)
{
	void *client = curproc->p_client;

	if (len == 0)
		return 0;
	if (client != NULL)
		return rumpuser_sp_copyin(client, uaddr, kaddr, len);
	if (uaddr == NULL)
		return RUMP_EFAULT;
	memcpy(kaddr, uaddr, len);
	return 0;
}

int copyout(const void *kaddr, void *uaddr, size_t len)
{
	void *client = curproc->p_client;

	if (len == 0)
		return 0;
	if (client != NULL)
		return rumpuser_sp_copyout(client, kaddr, uaddr, len);
	if (uaddr == NULL)
		return RUMP_EFAULT;
	memcpy(uaddr, kaddr, len);
	return 0;
}

int copyinstr(const void *uaddr, char *kaddr, size_t len, size_t *donep)
{
	void *client = curproc->p_client;
	const char *src = uaddr;
	int error;

	if (client != NULL) {
		error = rumpuser_sp_copyinstr(client, uaddr, kaddr, &len);
		if (error == 0 && donep != NULL)
			*donep = len;
		return error;
	}
	if (uaddr == NULL)
		return RUMP_EFAULT;
	for (size_t i = 0; i < len; i++)
		if ((kaddr[i] = src[i]) == '\0') {
			if (donep != NULL)
				*donep = i + 1;
			return 0;
		}
	return RUMP_ENAMETOOLONG;
}

static int uio_copy(void *kaddr, void *uaddr, size_t n, const struct uio *uio)
{
	if (uio->uio_seg == UIO_USER)
		return uio->uio_rw == UIO_READ ? copyout(kaddr, uaddr, n) : copyin(uaddr, kaddr, n);
	if (uio->uio_rw == UIO_READ)
		memcpy(uaddr, kaddr, n);
	else
		memcpy(kaddr, uaddr, n);
	return 0;
}

int uiomove(void *kaddr, size_t n, struct uio *uio)
{
	if (n > uio->uio_resid)
		n = uio->uio_resid;
	while (n != 0) {
		struct rump_iovec *iov = uio->uio_iov;
		size_t step = iov->iov_len < n ? iov->iov_len : n;
		int error;

		KASSERT(uio->uio_iovcnt > 0);
		if (step == 0) {
			uio->uio_iov++;
			uio->uio_iovcnt--;
			continue;
		}
		error = uio_copy(kaddr, iov->iov_base, step, uio);
		if (error != 0)
			return error;
		iov->iov_base = (char *)iov->iov_base + step;
		iov->iov_len -= step;
		uio->uio_resid -= step;
		uio->uio_offset += (int64_t)step;
		kaddr = (char *)kaddr + step;
		n -= step;
	}
	return 0;
}

int uiomove_zero(size_t n, struct uio *uio)
{
	static const char zeros[4096];
	int error = 0;

	KASSERT(uio->uio_rw == UIO_READ);
	while (n != 0 && uio->uio_resid != 0 && error == 0) {
		size_t step = n < sizeof(zeros) ? n : sizeof(zeros);

		error = uiomove((void *)(uintptr_t)zeros, step, uio);
		n -= step;
	}
	return error;
}

void uio_kernel(struct uio *uio, struct rump_iovec *iov, void *buf, size_t len, int64_t off,
		enum uio_rw rw)
{
	iov->iov_base = buf;
	iov->iov_len = len;
	*uio = (struct uio){
		.uio_iov = iov,
		.uio_iovcnt = 1,
		.uio_offset = off,
		.uio_resid = len,
		.uio_rw = rw,
		.uio_seg = UIO_KERNEL,
	};
}
