/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Advisory locks: those of fcntl, which belong to a process and cover a range of bytes, and those
 * of flock, which belong to an open file and cover the whole file.
 *
 * I1 The two kinds do not affect each other.
 * I2 One owner's locks in a list do not overlap, and adjacent ones of one type are merged (carve,
 *    merge).
 * I3 lockf_lock guards all lists. A waiter sleeps on its file's condition and tries again.
 * I4 Before a process sleeps, the chain from waiter to owner is followed; a cycle is EDEADLK
 *    (deadlock).
 */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

#define RANGE_END INT64_MAX

struct lockf {
	struct list lf_node;
	int64_t lf_start, lf_end; /* inclusive */
	int lf_type;		  /* F_RDLCK, F_WRLCK */
	struct proc *lf_proc;	  /* owner of a fcntl lock, or NULL */
	struct file *lf_file;	  /* owner of a flock lock, or NULL */
};

struct lockf_list {
	struct list ll_locks;
	struct kcv ll_cv;
};

/* A sleeping process, for the deadlock check. */
struct waiter {
	struct list w_node;
	struct proc *w_proc, *w_for;
};

static struct kmutex lockf_lock;
static struct list waiters = LIST_INIT(waiters);

void lockf_bootstrap(void)
{
	mutex_init(&lockf_lock);
}

/* lockf_lock held. NULL: no memory. */
static struct lockf_list *lockf_get(struct vnode *vp)
{
	struct lockf_list *ll = vp->v_lockf;

	if (ll == NULL && (ll = kmem_alloc(sizeof(*ll))) != NULL) {
		list_init(&ll->ll_locks);
		cv_init(&ll->ll_cv);
		vp->v_lockf = ll;
	}
	return ll;
}

void lockf_free(struct vnode *vp)
{
	struct lockf_list *ll = vp->v_lockf;

	if (ll == NULL)
		return;
	KASSERT(list_empty(&ll->ll_locks));
	cv_destroy(&ll->ll_cv);
	kmem_free(ll, sizeof(*ll));
}

static bool same_owner(const struct lockf *a, const struct lockf *b)
{
	return a->lf_proc == b->lf_proc && a->lf_file == b->lf_file;
}

static bool overlap(const struct lockf *a, const struct lockf *b)
{
	return a->lf_start <= b->lf_end && b->lf_start <= a->lf_end;
}

/* A lock of another owner, of the same kind, that conflicts with want. */
static struct lockf *blocker(struct lockf_list *ll, const struct lockf *want)
{
	struct list *n;

	list_foreach(n, &ll->ll_locks) {
		struct lockf *lf = list_entry(n, struct lockf, lf_node);

		if ((lf->lf_proc == NULL) == (want->lf_proc == NULL) && !same_owner(lf, want) &&
		    overlap(lf, want) &&
		    (lf->lf_type == RUMP_F_WRLCK || want->lf_type == RUMP_F_WRLCK))
			return lf;
	}
	return NULL;
}

/* Would p, waiting for owner, close a cycle? */
static bool deadlock(const struct proc *p, const struct proc *owner)
{
	struct list *n;

	while (owner != NULL && owner != p) {
		const struct proc *next = NULL;

		list_foreach(n, &waiters) {
			struct waiter *w = list_entry(n, struct waiter, w_node);

			if (w->w_proc == owner) {
				next = w->w_for;
				break;
			}
		}
		owner = next;
	}
	return owner != NULL;
}

/* Take the range of want out of its owner's locks. spare is used when a lock is split in two. */
static void carve(struct lockf_list *ll, const struct lockf *want, struct lockf **spare)
{
	struct list *n, *tmp;

	list_foreach_safe(n, tmp, &ll->ll_locks) {
		struct lockf *lf = list_entry(n, struct lockf, lf_node);

		if (!same_owner(lf, want) || !overlap(lf, want))
			continue;
		if (lf->lf_start < want->lf_start && lf->lf_end > want->lf_end) {
			struct lockf *tail = *spare;

			*spare = NULL;
			*tail = *lf;
			tail->lf_start = want->lf_end + 1;
			lf->lf_end = want->lf_start - 1;
			list_insert_after(&lf->lf_node, &tail->lf_node);
		} else if (lf->lf_start < want->lf_start) {
			lf->lf_end = want->lf_start - 1;
		} else if (lf->lf_end > want->lf_end) {
			lf->lf_start = want->lf_end + 1;
		} else {
			list_remove(&lf->lf_node);
			kmem_free(lf, sizeof(*lf));
		}
	}
}

/* Merge want with its owner's adjacent locks of the same type. */
static void merge(struct lockf_list *ll, struct lockf *want)
{
	struct list *n, *tmp;

	list_foreach_safe(n, tmp, &ll->ll_locks) {
		struct lockf *lf = list_entry(n, struct lockf, lf_node);

		if (lf == want || !same_owner(lf, want) || lf->lf_type != want->lf_type)
			continue;
		if (lf->lf_end != RANGE_END && lf->lf_end + 1 == want->lf_start)
			want->lf_start = lf->lf_start;
		else if (want->lf_end != RANGE_END && want->lf_end + 1 == lf->lf_start)
			want->lf_end = lf->lf_end;
		else
			continue;
		list_remove(&lf->lf_node);
		kmem_free(lf, sizeof(*lf));
	}
}

/* Set want, or remove its range with F_UNLCK. EAGAIN, EDEADLK, EINTR, ENOLCK. */
static int lockf_set(struct vnode *vp, const struct lockf *want, bool wait)
{
	struct lockf *new = kmem_alloc(sizeof(*new)), *spare = kmem_alloc(sizeof(*spare)), *lf;
	struct lockf_list *ll;
	int error = 0;

	mutex_enter(&lockf_lock);
	ll = lockf_get(vp);
	if (new == NULL || spare == NULL || ll == NULL)
		error = RUMP_ENOLCK;
	while (error == 0 && want->lf_type != RUMP_F_UNLCK && (lf = blocker(ll, want)) != NULL) {
		struct waiter w = {.w_proc = want->lf_proc, .w_for = lf->lf_proc};

		if (!wait) {
			error = RUMP_EAGAIN;
		} else if (w.w_proc != NULL && deadlock(w.w_proc, w.w_for)) {
			error = RUMP_EDEADLK;
		} else {
			list_insert_tail(&waiters, &w.w_node);
			error = cv_wait_sig(&ll->ll_cv, &lockf_lock);
			list_remove(&w.w_node);
		}
	}
	if (error == 0) {
		carve(ll, want, &spare);
		if (want->lf_type != RUMP_F_UNLCK) {
			*new = *want;
			list_insert_tail(&ll->ll_locks, &new->lf_node);
			merge(ll, new);
			new = NULL;
		}
		cv_broadcast(&ll->ll_cv);
	}
	mutex_exit(&lockf_lock);
	kmem_free(new, sizeof(*new));
	kmem_free(spare, sizeof(*spare));
	return error;
}

static int range_of(struct vnode *vp, struct file *fp, const struct rump_flock *fl,
		    struct lockf *want)
{
	struct rump_stat st;
	int64_t base = 0;
	int error;

	switch (fl->l_whence) {
	case RUMP_SEEK_SET:
		break;
	case RUMP_SEEK_CUR:
		base = fp->f_offset;
		break;
	case RUMP_SEEK_END:
		error = vn_stat(vp, &st);
		if (error != 0)
			return error;
		base = st.st_size;
		break;
	default:
		return RUMP_EINVAL;
	}
	if (__builtin_add_overflow(base, fl->l_start, &want->lf_start))
		return RUMP_EOVERFLOW;
	want->lf_end = RANGE_END;
	if (fl->l_len > 0) {
		if (__builtin_add_overflow(want->lf_start, fl->l_len - 1, &want->lf_end))
			return RUMP_EOVERFLOW;
	} else if (fl->l_len < 0) {
		want->lf_end = want->lf_start - 1;
		want->lf_start += fl->l_len;
	}
	return want->lf_start < 0 ? RUMP_EINVAL : 0;
}

int lockf_fcntl(struct file *fp, struct lwp *l, int cmd, void *uflock)
{
	struct vnode *vp = file_vnode(fp);
	struct lockf want = {.lf_proc = l->l_proc}, *lf;
	struct rump_flock fl;
	int error = copyin(uflock, &fl, sizeof(fl));

	if (error == 0)
		error = range_of(vp, fp, &fl, &want);
	if (error != 0)
		return error;
	want.lf_type = fl.l_type;
	if (fl.l_type != RUMP_F_RDLCK && fl.l_type != RUMP_F_WRLCK &&
	    (fl.l_type != RUMP_F_UNLCK || cmd == RUMP_F_GETLK))
		return RUMP_EINVAL;
	if (cmd != RUMP_F_GETLK) {
		if ((fl.l_type == RUMP_F_RDLCK && (fp->f_flag & FREAD) == 0) ||
		    (fl.l_type == RUMP_F_WRLCK && (fp->f_flag & FWRITE) == 0))
			return RUMP_EBADF;
		return lockf_set(vp, &want, cmd == RUMP_F_SETLKW);
	}
	mutex_enter(&lockf_lock);
	lf = vp->v_lockf != NULL ? blocker(vp->v_lockf, &want) : NULL;
	if (lf == NULL) {
		fl.l_type = RUMP_F_UNLCK;
	} else {
		fl.l_type = (int16_t)lf->lf_type;
		fl.l_whence = RUMP_SEEK_SET;
		fl.l_start = lf->lf_start;
		fl.l_len = lf->lf_end == RANGE_END ? 0 : lf->lf_end - lf->lf_start + 1;
		fl.l_pid = lf->lf_proc->p_pid;
	}
	mutex_exit(&lockf_lock);
	return copyout(&fl, uflock, sizeof(fl));
}

int lockf_flock(struct vnode *vp, struct file *fp, int how)
{
	struct lockf want = {.lf_file = fp, .lf_end = RANGE_END};
	int error;

	switch (how & ~RUMP_LOCK_NB) {
	case RUMP_LOCK_SH:
		want.lf_type = RUMP_F_RDLCK;
		break;
	case RUMP_LOCK_EX:
		want.lf_type = RUMP_F_WRLCK;
		break;
	case RUMP_LOCK_UN:
		want.lf_type = RUMP_F_UNLCK;
		break;
	default:
		return RUMP_EINVAL;
	}
	error = lockf_set(vp, &want, (how & RUMP_LOCK_NB) == 0);
	if (error == 0)
		fp->f_flocked = want.lf_type != RUMP_F_UNLCK;
	return error;
}

static void release(struct vnode *vp, const struct lockf *who)
{
	struct lockf_list *ll;
	struct list *n, *tmp;

	mutex_enter(&lockf_lock);
	ll = vp->v_lockf;
	if (ll != NULL) {
		list_foreach_safe(n, tmp, &ll->ll_locks) {
			struct lockf *lf = list_entry(n, struct lockf, lf_node);

			if (same_owner(lf, who)) {
				list_remove(&lf->lf_node);
				kmem_free(lf, sizeof(*lf));
			}
		}
		cv_broadcast(&ll->ll_cv);
	}
	mutex_exit(&lockf_lock);
}

void lockf_release_proc(struct vnode *vp, struct proc *p)
{
	struct lockf who = {.lf_proc = p};

	if (vp->v_lockf != NULL)
		release(vp, &who);
}

void lockf_release_file(struct vnode *vp, struct file *fp)
{
	struct lockf who = {.lf_file = fp};

	if (fp->f_flocked)
		release(vp, &who);
}
