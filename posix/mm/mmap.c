/* SPDX-License-Identifier: BSD-2-Clause */
/* mmap, munmap, mprotect, mremap. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/mapping.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

#define MMAP_MIN 0x10000ul /* as Linux's vm.mmap_min_addr */
#define MAX_ADDR COS_SLOT(1ul)

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
	if (mm->nshared) /* M2, M3: this mapping reads what others hold */
		mm_sync_file(t, f);
	cos_mutex_lock(&mm->lock);
	if (flags & MEM_FIXED && !(flags & MEM_NOREPLACE))
		mappings_cut(t, hint, hint + len);
	addr = mm_result(mem_as_map(mm->as, hint, len, COS_PG_READ | COS_PG_WRITE | flags));
	if (addr > 0) {
		f->dev = st.st_dev;
		f->ino = st.st_ino;
		r = mapping_fill(t, f, (uint64_t)addr, len, offset);
		if (r == 0)
			r = mapping_add(mm, (uint64_t)addr, len, f, offset, shared);
		if (r == 0 && prot != (COS_PG_READ | COS_PG_WRITE))
			r = mm_result(mem_as_protect(mm->as, (unsigned long)addr, len, prot));
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
	r = mm_prot(a[2] & ~(uint64_t)(LX_PROT_GROWSDOWN | LX_PROT_GROWSUP), &prot);
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
	if (r < 0 && !mem_flags && hint) /* something is mapped at the hint */
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
	return r == -COS_ENOENT ? 0 : mm_result(r); /* nothing was mapped, which is no error */
}

long sys_mprotect(struct thread *t, const uint64_t *a)
{
	uint64_t len = PAGE_UP(a[1]);
	unsigned long prot;
	long r;

	if (a[0] & (PAGE - 1))
		return -LX_EINVAL;
	r = mm_prot(a[2] & ~(uint64_t)(LX_PROT_GROWSDOWN | LX_PROT_GROWSUP), &prot);
	if (r < 0 || len == 0)
		return r;
	if (!user_range(a[0], len))
		return -LX_ENOMEM;
	r = mem_as_protect(t->proc->mm->as, a[0], len, prot);
	/* Where nothing can be mapped, nothing is. */
	return r == -COS_ENOENT || r == -COS_EINVAL ? -LX_ENOMEM : mm_result(r);
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
			if (len > old) /* the part that is new shows the file as well */
				mapping_fill(t, m->file, (uint64_t)r + old, len - old,
					     m->offset + (int64_t)old);
			m->start = (uint64_t)r;
			m->end = m->start + len;
			break;
		}
	}
	cos_mutex_unlock(&mm->lock);
	return r == -COS_ENOENT ? -LX_EFAULT : mm_result(r);
}
