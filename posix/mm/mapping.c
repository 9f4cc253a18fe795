/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory: reading them in, writing them back, keeping read and write consistent. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "calls.h"
#include "file/file.h"
#include "mm/mapping.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/thread.h"

static void mapping_free(struct mm *mm, struct mapping *m)
{
	list_remove(&m->link);
	if (m->shared)
		mm->nshared--;
	file_put(m->file);
	cos_free(m);
}

long mapping_fill(struct thread *t, struct file *f, uint64_t addr, uint64_t len, int64_t offset)
{
	while (len > 0) {
		struct iov iov = {user_window(t, addr), MIN(len, (uint64_t)LX_RW_MAX)};
		long r = f->ops->read(t, f, &iov, 1, offset);

		if (r < 0)
			return r;
		if (r == 0)
			return 0;
		addr += (uint64_t)r;
		offset += r;
		len -= (uint64_t)r;
	}
	return 0;
}

/* Write [start, end) of a shared mapping to the file. Under mm->lock. 0 or -LX_E*. */
static long mapping_write(struct thread *t, struct mapping *m, uint64_t start, uint64_t end)
{
	struct lx_stat st;
	long r;

	start = MAX(start, m->start);
	end = MIN(end, m->end);
	if (!m->shared || !m->writable || start >= end)
		return 0;
	r = file_stat(t, m->file, &st);
	while (r >= 0 && start < end) {
		int64_t offset = m->offset + (int64_t)(start - m->start);
		uint64_t len = end - start;

		if (offset >= st.st_size)
			return 0;
		len = MIN(len, (uint64_t)(st.st_size - offset));
		r = storage_call(RUMP_SYS_pwrite, m->file->backend_fd, user_window(t, start), len,
				 0, offset);
		if (r == 0)
			r = -LX_EIO;
		if (r > 0)
			start += (uint64_t)r;
	}
	return r < 0 ? r : 0;
}

void mappings_cut(struct thread *t, uint64_t start, uint64_t end)
{
	struct mm *mm = t->proc->mm;
	struct list_node *p, *tmp;

	list_for_each_safe(p, tmp, &mm->mappings) {
		struct mapping *m = container_of(p, struct mapping, link), *tail;

		if (m->end <= start || m->start >= end)
			continue;
		mapping_write(t, m, start, end);
		if (m->start < start && m->end > end) {
			tail = cos_malloc(sizeof(*tail));
			if (tail) { /* M5 */
				*tail = *m;
				tail->start = end;
				tail->offset += (int64_t)(end - m->start);
				file_get(tail->file);
				if (tail->shared)
					mm->nshared++;
				list_add_head(&m->link, &tail->link);
			}
			m->end = start;
		} else if (m->start < start) {
			m->end = start;
		} else if (m->end > end) {
			m->offset += (int64_t)(end - m->start);
			m->start = end;
		} else {
			mapping_free(mm, m);
		}
	}
}

long mapping_add(struct mm *mm, uint64_t start, uint64_t len, struct file *f, int64_t offset,
		 bool shared)
{
	struct mapping *m = cos_malloc(sizeof(*m));
	struct list_node *p;

	if (!m)
		return -LX_ENOMEM;
	*m = (struct mapping){.start = start,
			      .end = start + len,
			      .file = file_get(f),
			      .offset = offset,
			      .shared = shared,
			      .writable = shared && file_writable(f)};
	list_for_each(p, &mm->mappings)
		if (container_of(p, struct mapping, link)->start > start)
			break;
	list_add_tail(p, &m->link);
	if (shared)
		mm->nshared++;
	return 0;
}

long sys_msync(struct thread *t, const uint64_t *a)
{
	struct mm *mm = t->proc->mm;
	uint64_t end = a[0] + PAGE_UP(a[1]);
	struct list_node *p;
	long r = 0;

	if (a[0] & (PAGE - 1) || a[2] & ~7ull || (a[2] & LX_MS_ASYNC && a[2] & LX_MS_SYNC) ||
	    !user_range(a[0], a[1]))
		return -LX_EINVAL;
	cos_mutex_lock(&mm->lock);
	list_for_each(p, &mm->mappings) {
		struct mapping *m = container_of(p, struct mapping, link);
		long w = mapping_write(t, m, a[0], end);

		if (w == 0 && a[2] & LX_MS_SYNC && m->shared && m->start < end && m->end > a[0])
			w = storage_call(RUMP_SYS_fsync, m->file->backend_fd);
		if (w < 0 && r == 0)
			r = w;
	}
	cos_mutex_unlock(&mm->lock);
	return r;
}

static bool same_file(const struct file *a, const struct file *b)
{
	return a == b || (a->ino && a->dev == b->dev && a->ino == b->ino);
}

/* Fill in dev and ino of a storage file, once: M3. */
static void identify(struct thread *t, struct file *f)
{
	struct lx_stat st;

	if (f->ino == 0 && file_stat(t, f, &st) == 0) {
		f->dev = st.st_dev;
		f->ino = st.st_ino;
	}
}

static long sync_mappings(struct thread *t, struct file *f)
{
	struct mm *mm = t->proc->mm;
	struct list_node *p;
	long r = 0;

	list_for_each(p, &mm->mappings) {
		struct mapping *m = container_of(p, struct mapping, link);
		long w;

		if (!m->shared || (f && !same_file(m->file, f)))
			continue;
		w = mapping_write(t, m, m->start, m->end);
		if (w < 0 && r == 0)
			r = w;
	}
	return r;
}

long mm_sync_file(struct thread *t, struct file *f)
{
	struct mm *mm = t->proc->mm;
	long r;

	if (!__atomic_load_n(&mm->nshared, __ATOMIC_RELAXED))
		return 0;
	if (f)
		identify(t, f);
	cos_mutex_lock(&mm->lock);
	r = sync_mappings(t, f);
	cos_mutex_unlock(&mm->lock);
	return r;
}

void mm_file_before_read(struct thread *t, struct file *f)
{
	if (__atomic_load_n(&t->proc->mm->nshared, __ATOMIC_RELAXED) &&
	    !cos_mutex_held(&t->proc->mm->lock))
		mm_sync_file(t, f);
}

void mm_file_after_write(struct thread *t, struct file *f)
{
	struct mm *mm = t->proc->mm;
	struct list_node *p;

	if (!__atomic_load_n(&mm->nshared, __ATOMIC_RELAXED) || cos_mutex_held(&mm->lock))
		return;
	identify(t, f);
	cos_mutex_lock(&mm->lock);
	list_for_each(p, &mm->mappings) {
		struct mapping *m = container_of(p, struct mapping, link);

		/* M4 */
		if (m->shared && m->writable && same_file(m->file, f))
			mapping_fill(t, m->file, m->start, m->end - m->start, m->offset);
	}
	cos_mutex_unlock(&mm->lock);
}

static void mappings_free(struct mm *mm)
{
	cos_mutex_lock(&mm->lock);
	while (!list_empty(&mm->mappings))
		mapping_free(mm, container_of(mm->mappings.next, struct mapping, link));
	cos_mutex_unlock(&mm->lock);
}

static void mapping_exec(struct thread *t)
{
	mm_sync_file(t, NULL);
	mappings_free(t->proc->mm);
}

static void mapping_stop(struct process *proc, struct thread *t)
{
	if (t)
		mm_sync_file(t, NULL);
	mappings_free(proc->mm);
}

const struct process_hooks mapping_hooks = {
	.exec = mapping_exec,
	.stop = mapping_stop,
};
