/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and descriptor tables: the rules are in file.h. */
#include "kern/file.h"

#include <rump/errno.h>

#include "kern/init.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/select.h"
#include "kern/string.h"

#define FD_CHUNK 32   /* entries allocated together */
#define FILE_CHUNK 32 /* files, likewise */

void (*file_closef_hook)(struct lwp *l, struct file *fp);

static struct kspin file_pool_lock;
static struct list file_pool = LIST_INIT(file_pool);

void file_bootstrap(void)
{
	spin_init(&file_pool_lock);
}

/* Files. */

static struct file *file_alloc(void)
{
	struct file *fp = NULL, *chunk;

	for (;;) {
		spin_enter(&file_pool_lock);
		if (!list_empty(&file_pool)) {
			fp = list_entry(file_pool.next, struct file, f_free);
			list_remove(&fp->f_free);
		}
		spin_exit(&file_pool_lock);
		if (fp != NULL)
			break;
		chunk = kmem_zalloc(FILE_CHUNK * sizeof(*chunk));
		if (chunk == NULL)
			return NULL;
		for (unsigned i = 0; i < FILE_CHUNK; i++)
			mutex_init(&chunk[i].f_offlock);
		spin_enter(&file_pool_lock);
		for (unsigned i = 0; i < FILE_CHUNK; i++)
			list_insert_tail(&file_pool, &chunk[i].f_free);
		spin_exit(&file_pool_lock);
	}
	fp->f_flag = 0;
	fp->f_type = DTYPE_NONE;
	fp->f_ops = NULL;
	fp->f_data = NULL;
	fp->f_offset = 0;
	fp->f_seekable = fp->f_flocked = false;
	atomic_store(&fp->f_refs, 1);
	return fp;
}

static void file_free(struct file *fp)
{
	spin_enter(&file_pool_lock);
	list_insert_head(&file_pool, &fp->f_free);
	spin_exit(&file_pool_lock);
}

void file_hold(struct file *fp)
{
	atomic_fetch_add_explicit(&fp->f_refs, 1, memory_order_relaxed);
}

int file_release(struct file *fp)
{
	int error = 0;

	if (atomic_fetch_sub(&fp->f_refs, 1) != 1)
		return 0;
	if (fp->f_ops != NULL && fp->f_ops->fo_close != NULL)
		error = fp->f_ops->fo_close(fp);
	file_free(fp);
	return error;
}

/* Descriptor tables. */

static size_t fdtab_bytes(unsigned size)
{
	return sizeof(struct fdtab) + size * sizeof(struct fdent *);
}

struct filedesc *filedesc_alloc(void)
{
	struct filedesc *fdp = kmem_zalloc(sizeof(*fdp));
	struct fdtab *tab = kmem_zalloc(fdtab_bytes(FD_CHUNK));

	if (fdp == NULL || tab == NULL) {
		kmem_free(fdp, sizeof(*fdp));
		kmem_free(tab, fdtab_bytes(FD_CHUNK));
		return NULL;
	}
	tab->ft_size = FD_CHUNK;
	fdp->fd_refs = 1;
	fdp->fd_tab = tab;
	mutex_init(&fdp->fd_lock);
	return fdp;
}

void filedesc_hold(struct filedesc *fdp)
{
	atomic_fetch_add_explicit(&fdp->fd_refs, 1, memory_order_relaxed);
}

static struct fdent *fdent_at(const struct fdtab *tab, unsigned fd)
{
	return fd < tab->ft_size ? __atomic_load_n(&tab->ft_ent[fd], __ATOMIC_ACQUIRE) : NULL;
}

/* Make entry fd exist. fd_lock held. ENOMEM. */
static int fdtab_reach(struct filedesc *fdp, unsigned fd)
{
	struct fdtab *tab = fdp->fd_tab;
	unsigned first = fd / FD_CHUNK * FD_CHUNK;
	struct fdent *chunk;

	if (fd >= tab->ft_size) {
		unsigned size = tab->ft_size;
		struct fdtab *bigger;

		while (size <= fd)
			size *= 2;
		bigger = kmem_zalloc(fdtab_bytes(size));
		if (bigger == NULL)
			return RUMP_ENOMEM;
		memcpy(bigger->ft_ent, tab->ft_ent, tab->ft_size * sizeof(struct fdent *));
		bigger->ft_size = size;
		bigger->ft_old = tab;
		atomic_store(&fdp->fd_tab, bigger);
		tab = bigger;
	}
	if (tab->ft_ent[fd] != NULL)
		return 0;
	chunk = kmem_zalloc(FD_CHUNK * sizeof(*chunk));
	if (chunk == NULL)
		return RUMP_ENOMEM;
	for (unsigned i = 0; i < FD_CHUNK; i++)
		list_init(&chunk[i].fd_knotes);
	for (unsigned i = 0; i < FD_CHUNK; i++)
		__atomic_store_n(&tab->ft_ent[first + i], &chunk[i], __ATOMIC_RELEASE);
	return 0;
}

/* Reserve the lowest free descriptor from min on. fd_lock held. */
static int fd_reserve(struct lwp *l, unsigned min, unsigned *fdp_out)
{
	struct filedesc *fdp = l->l_fd;
	uint64_t limit = l->l_proc->p_rlimit[RUMP_RLIMIT_NOFILE].rlim_cur;
	unsigned fd = min > fdp->fd_lowest ? min : fdp->fd_lowest;
	int error;

	for (;; fd++) {
		struct fdent *ent;

		if (fd >= limit)
			return RUMP_EMFILE;
		error = fdtab_reach(fdp, fd);
		if (error != 0)
			return error;
		ent = fdent_at(fdp->fd_tab, fd);
		if (ent->fd_file == NULL && !ent->fd_reserved) {
			ent->fd_reserved = true;
			ent->fd_cloexec = false;
			break;
		}
	}
	if (min <= fdp->fd_lowest)
		fdp->fd_lowest = fd + 1;
	if (fd >= fdp->fd_highest)
		fdp->fd_highest = fd + 1;
	*fdp_out = fd;
	return 0;
}

static void fd_unreserve(struct filedesc *fdp, unsigned fd)
{
	fdent_at(fdp->fd_tab, fd)->fd_reserved = false;
	if (fd < fdp->fd_lowest)
		fdp->fd_lowest = fd;
	while (fdp->fd_highest > 0) {
		struct fdent *ent = fdent_at(fdp->fd_tab, fdp->fd_highest - 1);

		if (ent != NULL && (ent->fd_file != NULL || ent->fd_reserved))
			break;
		fdp->fd_highest--;
	}
}

int fd_allocfile(struct lwp *l, struct file **fpp, int *fdp)
{
	struct file *fp = file_alloc();
	unsigned fd;
	int error;

	if (fp == NULL)
		return RUMP_ENOMEM;
	mutex_enter(&l->l_fd->fd_lock);
	error = fd_reserve(l, 0, &fd);
	mutex_exit(&l->l_fd->fd_lock);
	if (error != 0) {
		atomic_store(&fp->f_refs, 0);
		file_free(fp);
		return error;
	}
	*fpp = fp;
	*fdp = (int)fd;
	return 0;
}

void fd_affix(struct lwp *l, struct file *fp, int fd, bool cloexec)
{
	struct fdent *ent;

	mutex_enter(&l->l_fd->fd_lock);
	ent = fdent_at(l->l_fd->fd_tab, (unsigned)fd);
	KASSERT(ent->fd_reserved && ent->fd_file == NULL);
	ent->fd_cloexec = cloexec;
	ent->fd_reserved = false;
	atomic_store(&ent->fd_file, fp);
	mutex_exit(&l->l_fd->fd_lock);
}

void fd_abort(struct lwp *l, struct file *fp, int fd)
{
	mutex_enter(&l->l_fd->fd_lock);
	fd_unreserve(l->l_fd, (unsigned)fd);
	mutex_exit(&l->l_fd->fd_lock);
	if (fp != NULL) {
		atomic_store(&fp->f_refs, 0);
		file_free(fp);
	}
}

struct file *fd_getfile(struct lwp *l, int fd)
{
	struct fdent *ent = fd >= 0 ? fdent_at(l->l_fd->fd_tab, (unsigned)fd) : NULL;
	struct file *fp;
	unsigned refs;

	if (ent == NULL)
		return NULL;
	while ((fp = atomic_load(&ent->fd_file)) != NULL) {
		refs = atomic_load_explicit(&fp->f_refs, memory_order_relaxed);
		while (refs != 0 && !atomic_compare_exchange_weak(&fp->f_refs, &refs, refs + 1))
			;
		if (refs == 0)
			continue; /* about to be closed: the slot has changed or is about to */
		if (atomic_load(&ent->fd_file) == fp)
			return fp;
		file_release(fp); /* the struct file has become another open */
	}
	return NULL;
}

int fd_getfile_type(struct lwp *l, int fd, enum file_type type, int errtype, struct file **fpp)
{
	struct file *fp = fd_getfile(l, fd);

	if (fp == NULL)
		return RUMP_EBADF;
	if (fp->f_type != type) {
		file_release(fp);
		return errtype;
	}
	*fpp = fp;
	return 0;
}

/* Empty slot fd; fd_lock held. Returns the file, or NULL. */
static struct file *fd_detach(struct filedesc *fdp, unsigned fd)
{
	struct fdent *ent = fdent_at(fdp->fd_tab, fd);
	struct file *fp = ent != NULL ? ent->fd_file : NULL;

	if (fp == NULL)
		return NULL;
	knote_fdclose(&ent->fd_knotes);
	atomic_store(&ent->fd_file, NULL);
	fd_unreserve(fdp, fd);
	return fp;
}

int fd_close(struct lwp *l, int fd)
{
	struct file *fp;

	if (fd < 0)
		return RUMP_EBADF;
	mutex_enter(&l->l_fd->fd_lock);
	fp = fd_detach(l->l_fd, (unsigned)fd);
	mutex_exit(&l->l_fd->fd_lock);
	if (fp == NULL)
		return RUMP_EBADF;
	if (file_closef_hook != NULL && fp->f_type == DTYPE_VNODE)
		file_closef_hook(l, fp);
	return file_release(fp);
}

int fd_dup(struct lwp *l, struct file *fp, int min, bool cloexec, int *newp)
{
	struct filedesc *fdp = l->l_fd;
	unsigned fd;
	int error;

	if (min < 0 || (uint64_t)min >= l->l_proc->p_rlimit[RUMP_RLIMIT_NOFILE].rlim_cur)
		return RUMP_EINVAL;
	mutex_enter(&fdp->fd_lock);
	error = fd_reserve(l, (unsigned)min, &fd);
	if (error == 0) {
		struct fdent *ent = fdent_at(fdp->fd_tab, fd);

		file_hold(fp);
		ent->fd_reserved = false;
		ent->fd_cloexec = cloexec;
		atomic_store(&ent->fd_file, fp);
		*newp = (int)fd;
	}
	mutex_exit(&fdp->fd_lock);
	return error;
}

int fd_dup2(struct lwp *l, struct file *fp, int to, bool cloexec)
{
	struct filedesc *fdp = l->l_fd;
	struct file *old = NULL;
	struct fdent *ent;
	int error;

	if (to < 0 || (uint64_t)to >= l->l_proc->p_rlimit[RUMP_RLIMIT_NOFILE].rlim_cur)
		return RUMP_EBADF;
	mutex_enter(&fdp->fd_lock);
	error = fdtab_reach(fdp, (unsigned)to);
	if (error != 0)
		goto out;
	ent = fdent_at(fdp->fd_tab, (unsigned)to);
	if (ent->fd_reserved) {
		error = RUMP_EBUSY; /* another thread is opening it */
		goto out;
	}
	old = ent->fd_file;
	if (old != NULL)
		knote_fdclose(&ent->fd_knotes);
	file_hold(fp);
	ent->fd_cloexec = cloexec;
	atomic_store(&ent->fd_file, fp);
	if ((unsigned)to >= fdp->fd_highest)
		fdp->fd_highest = (unsigned)to + 1;
out:
	mutex_exit(&fdp->fd_lock);
	if (old != NULL) {
		if (file_closef_hook != NULL && old->f_type == DTYPE_VNODE)
			file_closef_hook(l, old);
		file_release(old);
	}
	return error;
}

struct filedesc *filedesc_copy(struct filedesc *fdp)
{
	struct filedesc *new = filedesc_alloc();
	int error = 0;

	if (new == NULL)
		return NULL;
	mutex_enter(&fdp->fd_lock);
	for (unsigned fd = 0; fd < fdp->fd_highest && error == 0; fd++) {
		struct fdent *ent = fdent_at(fdp->fd_tab, fd), *copy;
		struct file *fp = ent != NULL ? ent->fd_file : NULL;

		if (fp == NULL || fp->f_type == DTYPE_KQUEUE)
			continue;
		error = fdtab_reach(new, fd);
		if (error != 0)
			break;
		copy = fdent_at(new->fd_tab, fd);
		file_hold(fp);
		copy->fd_file = fp;
		copy->fd_cloexec = ent->fd_cloexec;
		new->fd_highest = fd + 1;
	}
	mutex_exit(&fdp->fd_lock);
	if (error != 0) {
		filedesc_free(new);
		return NULL;
	}
	return new;
}

void filedesc_free(struct filedesc *fdp)
{
	struct fdtab *tab, *old;

	if (atomic_fetch_sub(&fdp->fd_refs, 1) != 1)
		return;
	for (unsigned fd = 0; fd < fdp->fd_highest; fd++) {
		struct file *fp;

		mutex_enter(&fdp->fd_lock);
		fp = fd_detach(fdp, fd);
		mutex_exit(&fdp->fd_lock);
		if (fp == NULL)
			continue;
		if (file_closef_hook != NULL && fp->f_type == DTYPE_VNODE)
			file_closef_hook(curlwp, fp);
		file_release(fp);
	}
	tab = fdp->fd_tab;
	for (unsigned fd = 0; fd < tab->ft_size; fd += FD_CHUNK)
		kmem_free(tab->ft_ent[fd], FD_CHUNK * sizeof(struct fdent));
	for (; tab != NULL; tab = old) {
		old = tab->ft_old;
		kmem_free(tab, fdtab_bytes(tab->ft_size));
	}
	mutex_destroy(&fdp->fd_lock);
	kmem_free(fdp, sizeof(*fdp));
}

int fd_cloexec_get(struct lwp *l, int fd, bool *cloexecp)
{
	struct fdent *ent = fd >= 0 ? fdent_at(l->l_fd->fd_tab, (unsigned)fd) : NULL;

	if (ent == NULL || ent->fd_file == NULL)
		return RUMP_EBADF;
	*cloexecp = ent->fd_cloexec;
	return 0;
}

int fd_cloexec_set(struct lwp *l, int fd, bool cloexec)
{
	struct fdent *ent = fd >= 0 ? fdent_at(l->l_fd->fd_tab, (unsigned)fd) : NULL;

	if (ent == NULL || ent->fd_file == NULL)
		return RUMP_EBADF;
	ent->fd_cloexec = cloexec;
	return 0;
}

void fd_closeexec(struct lwp *l)
{
	for (unsigned fd = 0; fd < l->l_fd->fd_highest; fd++) {
		struct fdent *ent = fdent_at(l->l_fd->fd_tab, fd);

		if (ent != NULL && ent->fd_file != NULL && ent->fd_cloexec)
			fd_close(l, (int)fd);
	}
}

struct list *fd_knotes(struct filedesc *fdp, int fd, struct file *fp)
{
	struct fdent *ent = fdent_at(fdp->fd_tab, (unsigned)fd);

	return ent != NULL && ent->fd_file == fp ? &ent->fd_knotes : NULL;
}

int fd_highest(struct lwp *l)
{
	return (int)l->l_fd->fd_highest - 1;
}

/* Generic read and write. */

int file_read(struct file *fp, int64_t *off, struct uio *uio)
{
	int error;

	if ((fp->f_flag & FREAD) == 0 || fp->f_ops->fo_read == NULL)
		return RUMP_EBADF;
	if (off != NULL || !fp->f_seekable)
		return fp->f_ops->fo_read(fp, off, uio);
	mutex_enter(&fp->f_offlock);
	error = fp->f_ops->fo_read(fp, &fp->f_offset, uio);
	mutex_exit(&fp->f_offlock);
	return error;
}

int file_write(struct file *fp, int64_t *off, struct uio *uio)
{
	int error;

	if ((fp->f_flag & FWRITE) == 0 || fp->f_ops->fo_write == NULL)
		return RUMP_EBADF;
	if (off != NULL || !fp->f_seekable)
		return fp->f_ops->fo_write(fp, off, uio);
	mutex_enter(&fp->f_offlock);
	error = fp->f_ops->fo_write(fp, &fp->f_offset, uio);
	mutex_exit(&fp->f_offlock);
	return error;
}
