/* SPDX-License-Identifier: BSD-2-Clause */
#include "os.h"
#include "backend.h"
#include "calls.h"
#include "file.h"
#include "linux/errno.h"
#include "mm.h"
#include "thread.h"

#define MMAP_MIN 0x10000ul
#define MAX_ADDR COS_SLOT(1ul)

struct mm *mm_create(void)
{
	struct mm *mm = cos_calloc(1, sizeof(*mm));
	struct cos_pair as;

	if (!mm)
		return NULL;
	as = mem_as_create();
	if (as.v0 < 0) {
		cos_free(mm);
		return NULL;
	}
	mm->refs = 1;
	mm->as = as.v0;
	mm->window = MEM_WINDOW((unsigned long)as.v1);
	list_init(&mm->mappings);
	return mm;
}

static void mapping_free(struct mm *mm, struct mapping *m)
{
	list_remove(&m->link);
	if (m->shared)
		mm->nshared--;
	file_put(m->file);
	cos_free(m);
}

void mm_put(struct mm *mm)
{
	if (__atomic_sub_fetch(&mm->refs, 1, __ATOMIC_ACQ_REL))
		return;
	while (!list_empty(&mm->mappings))
		mapping_free(mm, container_of(mm->mappings.next, struct mapping, link));
	mem_as_destroy(mm->as);
	cos_free(mm);
}

long mm_renew(struct process *proc)
{
	struct mm *new = mm_create(), *old = proc->mm;

	if (!new)
		return -LX_ENOMEM;
	cos_mutex_lock(&proc_lock);
	proc->mm = new;
	cos_mutex_unlock(&proc_lock);
	mm_put(old);
	return 0;
}

void mm_stop(struct mm *mm)
{
	mem_as_stop(mm->as);
}

void mm_clear(struct mm *mm)
{
	struct cos_pair region;

	cos_mutex_lock(&mm->lock);
	while (!list_empty(&mm->mappings))
		mapping_free(mm, container_of(mm->mappings.next, struct mapping, link));
	for (;;) {
		unsigned long start;

		region = mem_as_query(mm->as, 0);
		if (region.v0 < 0)
			break;
		start = PAGE_DOWN((unsigned long)region.v0);
		if (mem_as_unmap(mm->as, start, (unsigned long)region.v1 - start) < 0)
			break;
	}
	mm->brk = mm->brk_start = mm->trampoline = 0;
	cos_mutex_unlock(&mm->lock);
}

/* PROT_WRITE implies reading, as on every x86 processor. */
static long cos_prot(uint64_t prot, unsigned long *out)
{
	unsigned long p = 0;

	if (prot & ~(uint64_t)(LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC))
		return -LX_EINVAL;
	if (prot & (LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC))
		p |= COS_PG_READ;
	if (prot & LX_PROT_WRITE)
		p |= COS_PG_WRITE;
	if (prot & LX_PROT_EXEC)
		p |= COS_PG_EXEC;
	if (p & COS_PG_WRITE && p & COS_PG_EXEC)
		return -LX_EACCES; /* user memory is W^X */
	*out = p;
	return 0;
}

static long mem_result(long r)
{
	return r < 0 ? linux_errno_from_cos(r) : r;
}

long mm_map_anonymous(struct mm *mm, uint64_t hint, uint64_t len, unsigned prot, unsigned mem_flags)
{
	return mem_result(mem_as_map(mm->as, hint, len, prot | mem_flags));
}

void mm_set_brk(struct mm *mm, uint64_t start)
{
	mm->brk_start = mm->brk = start;
}

long sys_brk(struct thread *t, const uint64_t *a)
{
	struct mm *mm = t->proc->mm;
	uint64_t want = a[0], old, new;

	cos_mutex_lock(&mm->lock);
	old = PAGE_UP(mm->brk);
	new = PAGE_UP(want);
	if (want >= mm->brk_start && want < MAX_ADDR) {
		long r = 0;

		if (new > old)
			r = mem_as_map(mm->as, old, new - old,
				       COS_PG_READ | COS_PG_WRITE | MEM_FIXED | MEM_NOREPLACE);
		else if (new < old)
			r = mem_as_unmap(mm->as, new, old - new);
		if (r >= 0)
			mm->brk = want;
	}
	want = mm->brk;
	cos_mutex_unlock(&mm->lock);
	return (long)want;
}

/* Bytes [addr, addr + len) of a mapping: from its file. What is beyond the file's end stays zero.
 */
static long mapping_fill(struct thread *t, struct file *f, uint64_t addr, uint64_t len,
			 int64_t offset)
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

/* To the file, not beyond its end. Under mm->lock. */
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

/* Forget file mappings in [start, end), after writing them back; parts outside stay. Under
 * mm->lock. */
static void mappings_cut(struct thread *t, uint64_t start, uint64_t end)
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
			if (tail) { /* without memory the tail is no longer written back, but stays
				       mapped */
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

static long mapping_add(struct mm *mm, uint64_t start, uint64_t len, struct file *f, int64_t offset,
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

static long map_file(struct thread *t, struct file *f, uint64_t hint, uint64_t len,
		     unsigned long prot, unsigned long flags, int64_t offset, bool shared)
{
	struct mm *mm = t->proc->mm;
	struct lx_stat st;
	long addr, r;

	if (!file_readable(f) || (shared && prot & COS_PG_WRITE && !file_writable(f)))
		return -LX_EACCES;
	if (!f->ops->seekable || !f->ops->read)
		return -LX_ENODEV;
	r = file_stat(t, f, &st);
	if (r < 0)
		return r;
	if ((st.st_mode & LX_S_IFMT) == LX_S_IFDIR)
		return -LX_ENODEV;
	if (shared && f->kind != FILE_STORAGE)
		shared = false;
	if (mm->nshared) /* what is newer in a mapping of the same file */
		mm_sync_file(t, f);
	cos_mutex_lock(&mm->lock);
	if (flags & MEM_FIXED && !(flags & MEM_NOREPLACE))
		mappings_cut(t, hint, hint + len);
	addr = mem_result(mem_as_map(mm->as, hint, len, COS_PG_READ | COS_PG_WRITE | flags));
	if (addr > 0) {
		f->dev = st.st_dev;
		f->ino = st.st_ino;
		r = mapping_fill(t, f, (uint64_t)addr, len, offset);
		if (r == 0)
			r = mapping_add(mm, (uint64_t)addr, len, f, offset, shared);
		if (r == 0 && prot != (COS_PG_READ | COS_PG_WRITE))
			r = mem_result(mem_as_protect(mm->as, (unsigned long)addr, len, prot));
		if (r < 0) {
			mappings_cut(t, (uint64_t)addr, (uint64_t)addr + len);
			mem_as_unmap(mm->as, (unsigned long)addr, len);
			addr = r;
		}
	}
	cos_mutex_unlock(&mm->lock);
	return addr;
}

long sys_mmap(struct thread *t, const uint64_t *a)
{
	uint64_t hint = a[0], len = PAGE_UP(a[1]), flags = a[3];
	unsigned type = flags & LX_MAP_TYPE;
	unsigned long prot = 0, mem_flags = 0;
	struct mm *mm = t->proc->mm;
	struct file *f;
	long r;

	if (a[1] == 0 || a[5] & (PAGE - 1))
		return -LX_EINVAL;
	if (len == 0 || len > MAX_ADDR)
		return -LX_ENOMEM;
	if (type != LX_MAP_PRIVATE && type != LX_MAP_SHARED && type != LX_MAP_SHARED_VALIDATE)
		return -LX_EINVAL;
	r = cos_prot(a[2] & ~(uint64_t)(LX_PROT_GROWSDOWN | LX_PROT_GROWSUP), &prot);
	if (r < 0)
		return r;
	if (flags & (LX_MAP_FIXED | LX_MAP_FIXED_NOREPLACE)) {
		if (hint & (PAGE - 1))
			return -LX_EINVAL;
		if (!user_range(hint, len))
			return -LX_ENOMEM;
		if (hint < MMAP_MIN)
			return -LX_EPERM;
		mem_flags = MEM_FIXED | (flags & LX_MAP_FIXED_NOREPLACE ? MEM_NOREPLACE : 0);
	} else {
		hint = PAGE_UP(hint);
		if (hint < MMAP_MIN || !user_range(hint, len))
			hint = 0;
	}
	if (!(flags & LX_MAP_ANONYMOUS)) {
		f = fd_get(t, (int)a[4]);
		if (!f)
			return -LX_EBADF;
		if (f->flags & LX_O_PATH)
			r = -LX_EBADF;
		else
			r = map_file(t, f, hint, len, prot, mem_flags, (int64_t)a[5],
				     type != LX_MAP_PRIVATE);
		file_put(f);
		return r;
	}
	if (mem_flags == MEM_FIXED) {
		cos_mutex_lock(&mm->lock);
		mappings_cut(t, hint, hint + len);
		cos_mutex_unlock(&mm->lock);
	}
	r = mm_map_anonymous(mm, hint, len, (unsigned)prot, (unsigned)mem_flags);
	if (r < 0 && !mem_flags && hint) /* the hint was only a wish */
		r = mm_map_anonymous(mm, 0, len, (unsigned)prot, 0);
	return r;
}

long sys_munmap(struct thread *t, const uint64_t *a)
{
	struct mm *mm = t->proc->mm;
	uint64_t len = PAGE_UP(a[1]);
	long r;

	if (a[0] & (PAGE - 1) || len == 0 || !user_range(a[0], len))
		return -LX_EINVAL;
	cos_mutex_lock(&mm->lock);
	mappings_cut(t, a[0], a[0] + len);
	r = mem_as_unmap(mm->as, a[0], len);
	cos_mutex_unlock(&mm->lock);
	return r == -COS_ENOENT ? 0 : mem_result(r); /* nothing there is no error */
}

long sys_mprotect(struct thread *t, const uint64_t *a)
{
	uint64_t len = PAGE_UP(a[1]);
	unsigned long prot;
	long r;

	if (a[0] & (PAGE - 1))
		return -LX_EINVAL;
	r = cos_prot(a[2] & ~(uint64_t)(LX_PROT_GROWSDOWN | LX_PROT_GROWSUP), &prot);
	if (r < 0 || len == 0)
		return r;
	if (!user_range(a[0], len))
		return -LX_ENOMEM;
	r = mem_as_protect(t->proc->mm->as, a[0], len, prot);
	/* Outside of what can be mapped there is nothing mapped either. */
	return r == -COS_ENOENT || r == -COS_EINVAL ? -LX_ENOMEM : mem_result(r);
}

long sys_mremap(struct thread *t, const uint64_t *a)
{
	struct mm *mm = t->proc->mm;
	uint64_t addr = a[0], old = PAGE_UP(a[1]), len = PAGE_UP(a[2]), to = 0;
	unsigned long flags = 0;
	struct list_node *p;
	long r;

	if (addr & (PAGE - 1) || a[3] & ~(uint64_t)(LX_MREMAP_MAYMOVE | LX_MREMAP_FIXED) ||
	    len == 0 || old == 0)
		return -LX_EINVAL;
	if (a[3] & LX_MREMAP_FIXED) {
		to = a[4];
		if (!(a[3] & LX_MREMAP_MAYMOVE) || to & (PAGE - 1) || !user_range(to, len) ||
		    (to < addr + old && addr < to + len))
			return -LX_EINVAL;
		flags |= MEM_FIXED;
	}
	if (a[3] & LX_MREMAP_MAYMOVE)
		flags |= MEM_MAYMOVE;
	if (!user_range(addr, old))
		return -LX_EFAULT;
	cos_mutex_lock(&mm->lock);
	if (flags & MEM_FIXED)
		mappings_cut(t, to, to + len);
	r = mem_as_remap(mm->as, addr, old, len, flags, to);
	if (r > 0) {
		list_for_each(p, &mm->mappings) {
			struct mapping *m = container_of(p, struct mapping, link);

			if (m->start != addr)
				continue;
			if (len > old) /* what it grew by shows the file as well */
				mapping_fill(t, m->file, (uint64_t)r + old, len - old,
					     m->offset + (int64_t)old);
			m->start = (uint64_t)r;
			m->end = m->start + len;
			break;
		}
	}
	cos_mutex_unlock(&mm->lock);
	return r == -COS_ENOENT ? -LX_EFAULT : mem_result(r);
}

#define MADV_DONTNEED 4
#define MADV_FREE 8
#define MADV_REMOVE 9
long sys_madvise(struct thread *t, const uint64_t *a)
{
	uint64_t len = PAGE_UP(a[1]);
	struct mm *mm = t->proc->mm;
	struct list_node *p;
	long r;

	if (a[0] & (PAGE - 1) || !user_range(a[0], len))
		return -LX_EINVAL;
	switch ((int)a[2]) {
	case MADV_DONTNEED:
		cos_mutex_lock(&mm->lock);
		list_for_each(p, &mm->mappings) {
			struct mapping *m = container_of(p, struct mapping, link);

			/* A file's pages would be read again; they may stay just as well. */
			if (m->start < a[0] + len && m->end > a[0]) {
				cos_mutex_unlock(&mm->lock);
				return 0;
			}
		}
		r = len ? mem_as_discard(mm->as, a[0], len) : 0;
		cos_mutex_unlock(&mm->lock);
		return r == -COS_ENOENT ? -LX_ENOMEM : mem_result(r);
	case MADV_REMOVE:
		return -LX_EINVAL;
	case 0 ... 3:	/* normal, random, sequential, willneed */
	case MADV_FREE: /* pages that may go at memory pressure may also stay */
	case 10 ... 21: /* fork, merging, huge pages, dumping, cold, pageout: advice */
		return 0;
	default:
		return -LX_EINVAL;
	}
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

/* Whether pages are in core: of memory that is never paged out, all that is mapped. */
long sys_mincore(struct thread *t, const uint64_t *a)
{
	uint64_t end = a[0] + PAGE_UP(a[1]), at = a[0];
	char one = 1;

	if (a[0] & (PAGE - 1))
		return -LX_EINVAL;
	if (!user_range(a[0], a[1]))
		return -LX_ENOMEM;
	while (at < end) {
		struct cos_pair region = mem_as_query(t->proc->mm->as, at);

		if (region.v0 < 0 || PAGE_DOWN((uint64_t)region.v0) > at)
			return -LX_ENOMEM;
		for (; at < end && at < (uint64_t)region.v1; at += PAGE)
			if (user_put(t, a[2] + (at - a[0]) / PAGE, &one, 1) < 0)
				return -LX_EFAULT;
	}
	return 0;
}

/* Memory is never paged out: locked from the start. */
long sys_mlock(struct thread *t, const uint64_t *a)
{
	return user_range(a[0], a[1]) && mem_as_query(t->proc->mm->as, PAGE_DOWN(a[0])).v0 >= 0
		       ? 0
		       : -LX_ENOMEM;
}

long sys_munlock(struct thread *t, const uint64_t *a)
{
	return sys_mlock(t, a);
}

long sys_mlockall(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] == 0 || a[0] & ~7ull ? -LX_EINVAL : 0;
}

long sys_munlockall(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	return 0;
}

static bool same_file(const struct file *a, const struct file *b)
{
	return a == b || (a->ino && a->dev == b->dev && a->ino == b->ino);
}

/* dev and ino of a file of storage, once. */
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

		/* A read-only one cannot be written through the window: it keeps what it had. */
		if (m->shared && m->writable && same_file(m->file, f))
			mapping_fill(t, m->file, m->start, m->end - m->start, m->offset);
	}
	cos_mutex_unlock(&mm->lock);
}
