/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open files and descriptor tables.
 *
 * Definitions. A struct file is one open; every descriptor that dup, fork or inheritance made of it
 * shares it. A descriptor table (filedesc) belongs to one or more processes.
 *
 * I1 The memory of a struct file is type-stable: it is reused for other files but never returned.
 *    fd_getfile therefore takes no lock: load the slot, take a reference unless the count is zero,
 *    and check that the slot still has the file.
 * I2 A table that was outgrown is kept until the filedesc ends, since readers without a lock may be
 *    in it.
 * I3 Order of locks: fd_lock (the table), the object's own, selinfo, kqueue. fd_lock is never taken
 *    with an object's lock held.
 */
#ifndef RUMP_KERN_FILE_H
#define RUMP_KERN_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rump/types.h>

#include "kern/copy.h"
#include "kern/list.h"
#include "kern/sync.h"

struct file;
struct knote;
struct lwp;

enum file_type { DTYPE_NONE, DTYPE_VNODE, DTYPE_SOCKET, DTYPE_PIPE, DTYPE_KQUEUE, DTYPE_MISC };

/*
 * The operations of a kind of file. Missing (NULL) operations: read and write fail with EBADF,
 * ioctl with ENOTTY, stat with EOPNOTSUPP, kqfilter with EINVAL, seek with ESPIPE; poll reports
 * ready. off is NULL for a file without positions (FOF_NOSEEK), otherwise the position to use; the
 * caller advances it.
 */
struct fileops {
	const char *fo_name;
	int (*fo_read)(struct file *fp, int64_t *off, struct uio *uio);
	int (*fo_write)(struct file *fp, int64_t *off, struct uio *uio);
	/* data is a kernel buffer of RUMP_IOC_LEN bytes, copied in and out by the caller. */
	int (*fo_ioctl)(struct file *fp, unsigned long req, void *data);
	/* Called after F_SETFL or FIONBIO changed f_flag. */
	int (*fo_setfl)(struct file *fp, unsigned flag);
	/*
	 * Which of events (POLLIN...) hold now. If none holds, selrecord comes before the object is
	 * unlocked.
	 */
	int (*fo_poll)(struct file *fp, int events);
	int (*fo_stat)(struct file *fp, struct rump_stat *st);
	/* Set kn_fop and attach the knote. EINVAL: the filter does not apply. */
	int (*fo_kqfilter)(struct file *fp, struct knote *kn);
	int (*fo_seek)(struct file *fp, int64_t delta, int whence, int64_t *newoff);
	/* F_GETLK, F_SETLK, F_SETLKW; flock is the caller's struct. NULL: EBADF. */
	int (*fo_lock)(struct file *fp, struct lwp *l, int cmd, void *user_flock);
	/* The last reference was dropped. The result becomes that of close. */
	int (*fo_close)(struct file *fp);
};

#define FREAD 0x00000001u  /* as O_RDONLY + 1 */
#define FWRITE 0x00000002u /* as O_WRONLY + 1 */
#define FFLAGS(oflags) ((unsigned)(oflags) + 1)
#define OFLAGS(fflags) ((int)((fflags)-1))
#define FSETFL_MASK                                                                    \
	(RUMP_O_NONBLOCK | RUMP_O_APPEND | RUMP_O_ASYNC | RUMP_O_SYNC | RUMP_O_DSYNC | \
	 RUMP_O_RSYNC | RUMP_O_DIRECT | RUMP_O_NOSIGPIPE)

struct file {
	_Atomic unsigned f_refs;
	_Atomic unsigned f_flag; /* FREAD, FWRITE and the O_ flags that F_SETFL may change */
	enum file_type f_type;
	const struct fileops *f_ops;
	void *f_data;
	int64_t f_offset; /* f_offlock guards it */
	struct kmutex f_offlock;
	bool f_seekable;
	bool f_flocked; /* has a flock(2) lock */
	struct list f_free;
};

/* An entry of the table. */
struct fdent {
	struct file *_Atomic fd_file;
	_Atomic bool fd_cloexec;
	bool fd_reserved;      /* allocated; its file comes later */
	struct list fd_knotes; /* initialised with the table; fd_lock guards it */
};
struct fdtab {
	unsigned ft_size;
	struct fdtab *ft_old;	/* the outgrown table, kept for readers (I2) */
	struct fdent *ft_ent[]; /* entries do not move: struct fdent is reached by pointers */
};
struct filedesc {
	_Atomic unsigned fd_refs; /* processes that share it */
	struct kmutex fd_lock;
	struct fdtab *_Atomic fd_tab;
	unsigned fd_lowest;  /* no free entry below */
	unsigned fd_highest; /* one more than the highest used */
};

struct filedesc *filedesc_alloc(void);		      /* NULL: no memory */
struct filedesc *filedesc_copy(struct filedesc *fdp); /* fork: kqueues are not inherited */
void filedesc_hold(struct filedesc *fdp);
void filedesc_free(struct filedesc *fdp); /* drop one reference; closes all with the last */

/*
 * Allocate a file with one reference and a descriptor for it, which is not visible yet. fd_affix
 * then publishes it, or fd_abort undoes both. EMFILE, ENOMEM.
 */
int fd_allocfile(struct lwp *l, struct file **fpp, int *fdp);
void fd_affix(struct lwp *l, struct file *fp, int fd, bool cloexec);
void fd_abort(struct lwp *l, struct file *fp, int fd);

/* Reference the file of a descriptor of the current process. NULL: EBADF. */
struct file *fd_getfile(struct lwp *l, int fd);
/* The same for one type of file: EBADF, or errtype if it is another type. */
int fd_getfile_type(struct lwp *l, int fd, enum file_type type, int errtype, struct file **fpp);
int file_release(struct file *fp); /* drop a reference; the close's error if it was the last */
void file_hold(struct file *fp);
int fd_close(struct lwp *l, int fd);
/* Lowest free descriptor not below min for fp (adds a reference). EMFILE, EINVAL, ENOMEM. */
int fd_dup(struct lwp *l, struct file *fp, int min, bool cloexec, int *newp);

/*
 * Make descriptor to refer to fp, and close what it referred to. EBADF; EBUSY: a thread is opening
 * it.
 */
int fd_dup2(struct lwp *l, struct file *fp, int to, bool cloexec);
int fd_cloexec_get(struct lwp *l, int fd, bool *cloexecp); /* EBADF */
int fd_cloexec_set(struct lwp *l, int fd, bool cloexec);
/* The knotes of a descriptor that refers to fp, or NULL. fd_lock held. */
struct list *fd_knotes(struct filedesc *fdp, int fd, struct file *fp);
int fd_highest(struct lwp *l); /* -1: none is open */

/* Generic read and write with a uio; off NULL: the file's own position, moved. */
int file_read(struct file *fp, int64_t *off, struct uio *uio);
int file_write(struct file *fp, int64_t *off, struct uio *uio);

/* Set by vfs; NULL without it. */
extern void (*file_closef_hook)(struct lwp *l, struct file *fp); /* POSIX locks of the process */

void file_bootstrap(void);

#endif
