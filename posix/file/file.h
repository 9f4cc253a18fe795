/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files. A struct file is what Linux calls an open file description: descriptors, calls in
 * progress and mappings refer to it. Its ops are the kind of file that it is.
 *
 * O1. An op does not wait: it returns -LX_EAGAIN. file_read, file_write and file_retry wait, unless
 *     the program wants no waiting. (A call of the storage backend may take as long as its disk.)
 * O2. When something changes that an op's result depends on, the kind of file fires the file's
 *     queue, after the change (base/event.h, E3).
 * O3. `release` is called once, without a lock, when the last reference goes. No epoll watches the
 *     file by then.
 */
#ifndef POSIX_FILE_FILE_H
#define POSIX_FILE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/list.h>
#include "abi/fs.h"
#include "base/event.h"
#include "mm/user.h"

struct file;
struct thread;

/* At the file's own offset, which moves, instead of a given one. */
#define FILE_OFFSET_OWN (-1)
struct file_ops {
	/* Bytes or -LX_E*. NULL: -LX_EINVAL. */
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
	int64_t offset;		  /* own offset; of a storage file a copy */
	char *path;		  /* as opened, absolute: for /proc/self/fd */
	void *object;
	uint64_t dev, ino;			    /* of a storage file that is mapped shared */
	bool locked;				    /* it has had a lock: locks.c */
	bool peer_closed;			    /* of a socket: the peer sends no more */
	uint64_t read_timeout_ns, write_timeout_ns; /* SO_RCVTIMEO, SO_SNDTIMEO; 0: none */
};

/* A new file with one reference, NULL: out of memory. */
struct file *file_create(const struct file_ops *ops, enum file_kind kind, unsigned flags);
struct file *file_get(struct file *f);
void file_put(struct file *f);

/*
 * Read and write as a program's call does: waits unless O_NONBLOCK is set. Bytes, or -LX_E*;
 * -LX_RESTART: a signal interrupted the wait.
 */
long file_read(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset);
long file_write(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset);
unsigned file_poll(struct thread *t, struct file *f);
long file_stat(struct thread *t, struct file *f, struct lx_stat *st);
/*
 * Repeat op until it does not return -LX_EAGAIN; in between, sleep until one of the events is fired
 * on the file's queue. nonblock: do not repeat. The result of op, or of thread_sleep, to which
 * deadline_ns goes.
 */
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

#endif
