/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies between the kernel and the caller of a system call.
 *
 * I1 Memory of a local caller is copied directly. Memory of a client (l_proc->p_client) is copied
 *    only by the sysproxy hypercalls; its pointers are never dereferenced.
 * I2 All functions return 0, EFAULT or, for strings, ENAMETOOLONG.
 */
#ifndef RUMP_KERN_COPY_H
#define RUMP_KERN_COPY_H

#include <stddef.h>
#include <stdint.h>

#include <rump/types.h>

int copyin(const void *uaddr, void *kaddr, size_t len);
int copyout(const void *kaddr, void *uaddr, size_t len);
/* len is the room at kaddr; *donep (may be NULL) becomes the length with the NUL. */
int copyinstr(const void *uaddr, char *kaddr, size_t len, size_t *donep);

enum uio_rw { UIO_READ, UIO_WRITE }; /* READ: from the kernel to the uio */
enum uio_seg { UIO_USER, UIO_KERNEL };

struct uio {
	struct rump_iovec *uio_iov;
	int uio_iovcnt;
	int64_t uio_offset;
	size_t uio_resid;
	enum uio_rw uio_rw;
	enum uio_seg uio_seg;
};

/*
 * Move n bytes (at most uio_resid) and advance the uio. On EFAULT the uio stands where the copy
 * failed.
 */
int uiomove(void *kaddr, size_t n, struct uio *uio);
int uiomove_zero(size_t n, struct uio *uio); /* UIO_READ of n zero bytes */
/* A uio of one kernel buffer, with iov as its storage. */
void uio_kernel(struct uio *uio, struct rump_iovec *iov, void *buf, size_t len, int64_t off,
		enum uio_rw rw);

#endif
