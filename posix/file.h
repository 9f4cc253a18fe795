/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files and descriptors. A struct file is what Linux calls an open file description:
 * descriptors, running calls, mappings and epoll items refer to it. What it is, its ops say; none
 * of them blocks: they return -LX_EAGAIN, and file_read, file_write and file_retry wait where the
 * program wants to.
 */
#ifndef POSIX_FILE_H
#define POSIX_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "event.h"
#include "linux/abi.h"
#include <cos/list.h>
#include "os.h"

struct thread;
struct file;
struct process;

/* A piece of data: in a window, in a shared buffer or in posix's own memory. NetBSD's struct iovec.
 */
struct iov {
	void *base;
	size_t len;
};

#define FILE_OFFSET_OWN (-1)
struct file_ops {
	/* Bytes or -LX_E*. offset: FILE_OFFSET_OWN, or where (pread). NULL: -LX_EINVAL. */
	long (*read)(struct thread *, struct file *, const struct iov *, int n, int64_t offset);
	long (*write)(struct thread *, struct file *, const struct iov *, int n, int64_t offset);
	/* LX_POLL* that hold now. NULL: always ready to read and write. */
	unsigned (*poll)(struct thread *, struct file *);
	long (*lseek)(struct thread *, struct file *, int64_t offset,
		      int whence); /* NULL: -LX_ESPIPE */
	long (*stat)(struct thread *, struct file *, struct lx_stat *);
	long (*ioctl)(struct thread *, struct file *, unsigned long request,
		      uint64_t arg); /* NULL: -LX_ENOTTY */
	/* Status flags changed (O_NONBLOCK, O_APPEND). */
	long (*set_flags)(struct thread *, struct file *, unsigned flags);
	void (*release)(struct file *); /* the last reference is gone */
	bool write_all;			/* a blocking write goes on until all is written */
	bool seekable;			/* pread and pwrite work */
};

enum file_kind {
	FILE_STORAGE,
	FILE_NETWORK,
	FILE_UNIX,
	FILE_PIPE,
	FILE_EPOLL,
	FILE_CONSOLE,
	FILE_OTHER
};

struct file {
	const struct file_ops *ops;
	enum file_kind kind;
	unsigned refs;
	unsigned flags; /* access mode and status flags, LX_O_* */
	struct waitq waitq;
	struct list_node epitems; /* epoll items that watch it; epoll.c */
	int backend_fd;		  /* storage, network */
	int64_t offset;		  /* own offset; for storage a copy, for recovery */
	char *path;		  /* as opened, absolute: for /proc/self/fd, and for recovery */
	void *object;
	uint64_t dev, ino;			    /* of a storage file that is mapped shared */
	bool locked;				    /* has had a lock: locks.c */
	bool peer_closed;			    /* a socket whose peer sends no more */
	uint64_t read_timeout_ns, write_timeout_ns; /* SO_RCVTIMEO, SO_SNDTIMEO; 0: none */
};

/* A new file with one reference, NULL: out of memory. */
struct file *file_create(const struct file_ops *ops, enum file_kind kind, unsigned flags);
struct file *file_get(struct file *f);
void file_put(struct file *f);

/* Read and write as a program's call does: waits unless O_NONBLOCK, restarts are -LX_RESTART. */
long file_read(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset);
long file_write(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset);
unsigned file_poll(struct thread *t, struct file *f);
/*
 * Repeat op until it does not return -LX_EAGAIN, sleeping in between on the file's queue for
 * events; not at all if nonblock. deadline_ns as thread_sleep, whose failures come back as they
 * are.
 */
long file_stat(struct thread *t, struct file *f, struct lx_stat *st);
long file_retry(struct thread *t, struct file *f, unsigned events, bool nonblock,
		uint64_t deadline_ns, long (*op)(struct thread *, struct file *, void *),
		void *arg);

static inline bool file_readable(const struct file *f)
{
	return (f->flags & LX_O_ACCMODE) != LX_O_WRONLY && !(f->flags & LX_O_PATH);
}
static inline bool file_writable(const struct file *f)
{
	return (f->flags & LX_O_ACCMODE) != LX_O_RDONLY && !(f->flags & LX_O_PATH);
}

/* Descriptor tables. */
struct fdtable;
struct fdtable *fdtable_create(void);
void fdtable_put(struct fdtable *tab);
void fdtable_close_exec(struct thread *t);
/* The file of a descriptor with a reference, NULL: EBADF. */
struct file *fd_get(struct thread *t, int fd);
/* The lowest free descriptor >= from gets f and takes over the caller's reference, on failure as
 * well. fd or -LX_EMFILE, -LX_ENOMEM. */
long fd_install(struct thread *t, struct file *f, int from, bool cloexec);
/* Descriptor number i of the table at or above fd: for listings; -1: no more. *f gets a reference.
 */
int fd_next(struct process *proc, int fd, struct file **f);

/* Where a call's data is: a program's range as the iov of its window. 0 or -LX_EFAULT, -LX_EINVAL.
 */
long iov_user(struct thread *t, uint64_t addr, uint64_t len, struct iov *iov);
/* A program's iovec array into one of ours (n <= LX_IOV_MAX); the result is total bytes or -LX_E*.
 */
long iov_user_array(struct thread *t, uint64_t addr, long n, struct iov *out);
/* Copies between data pieces and one buffer: bytes moved, -LX_EFAULT if none could. skip: bytes of
 * the iov before. */
long iov_put(const struct iov *iov, int n, size_t skip, const void *from, size_t len);
long iov_take(const struct iov *iov, int n, size_t skip, void *to, size_t len);
size_t iov_len(const struct iov *iov, int n);

/* The kinds of file that are made by other calls than open. */
struct file *special_open(struct thread *t, const char *abs, unsigned flags, long *error);
struct file *console_file(int stream);
struct file *null_file(unsigned flags);
long pipe_create(struct file *ends[2], unsigned flags);
void pipe_stat(struct lx_stat *st, uint64_t ino, unsigned mode);
uint64_t anon_inode(void); /* a new number for what has no inode on a disk */

#endif
