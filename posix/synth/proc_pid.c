/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc/PID: the caller's own process. */
#include "base/os.h"
#include "base/text.h"
#include "file/file.h"
#include "fs/context.h"
#include "mm/mapping.h"
#include "mm/space.h"
#include "process/process.h"
#include "process/rusage.h"
#include "process/thread.h"
#include "synth/proc.h"

static uint64_t mapped_bytes(struct thread *t, struct text *maps)
{
	uint64_t at = 0, total = 0;

	for (;;) {
		struct cos_pair region = mem_as_query(t->proc->mm->as, at);
		struct mm *mm = t->proc->mm;
		uint64_t start, end;
		const char *name = "";
		struct list_node *p;
		unsigned long offset = 0;

		if (region.v0 < 0)
			return total;
		start = PAGE_DOWN((uint64_t)region.v0);
		end = (uint64_t)region.v1;
		total += end - start;
		at = end;
		if (!maps)
			continue;
		cos_mutex_lock(&mm->lock);
		if (start <= mm->stack_top - 1 && end >= mm->stack_top)
			name = "[stack]";
		else if (start >= mm->brk_start && start < mm->brk)
			name = "[heap]";
		list_for_each(p, &mm->mappings) {
			struct mapping *m = container_of(p, struct mapping, link);

			if (m->start <= start && m->end > start) {
				name = m->file->path ? m->file->path : "";
				offset = (unsigned long)(m->offset + (int64_t)(start - m->start));
			}
		}
		text_add(maps, "%08lx-%08lx %c%c%cp %08lx 00:00 0 %s%s\n", start, end,
			 region.v0 & COS_PG_READ ? 'r' : '-', region.v0 & COS_PG_WRITE ? 'w' : '-',
			 region.v0 & COS_PG_EXEC ? 'x' : '-', offset,
			 *name ? "                          " : "", name);
		cos_mutex_unlock(&mm->lock);
	}
}

void make_maps(struct thread *t, struct text *x)
{
	mapped_bytes(t, x);
}

void make_self_stat(struct thread *t, struct text *x)
{
	struct process *p = t->proc;
	unsigned long cpu = (unsigned long)(proc_cpu_ns(p) / (NS_PER_S / 100));
	uint64_t vm = mapped_bytes(t, NULL);

	text_add(x,
		 "%d (%s) R %d %d %d 0 -1 4194304 0 0 0 0 %lu 0 0 0 20 0 %u 0 %lu %lu %lu "
		 "18446744073709551615 ",
		 p->pid, p->name, p->parent ? p->parent->pid : 1, p->pgid, p->sid, cpu, p->nthreads,
		 (unsigned long)(p->start_ns / 10000000), (unsigned long)vm,
		 (unsigned long)(vm / PAGE));
	text_add(x, "1 1 %lu 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		 (unsigned long)p->mm->stack_top);
}

void make_statm(struct thread *t, struct text *x)
{
	unsigned long pages = (unsigned long)(mapped_bytes(t, NULL) / PAGE);

	text_add(x, "%lu %lu 0 0 0 %lu 0\n", pages, pages, pages);
}

void make_status(struct thread *t, struct text *x)
{
	struct process *p = t->proc;
	unsigned long kb = (unsigned long)(mapped_bytes(t, NULL) / 1024);

	text_add(x,
		 "Name:\t%s\nUmask:\t%04o\nState:\tR (running)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n",
		 p->name, p->fs->umask, p->pid, t->tid, p->parent ? p->parent->pid : 1);
	text_add(x, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t64\n", p->uid, p->euid,
		 p->suid, p->euid, p->gid, p->egid, p->sgid, p->egid);
	text_add(x, "VmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nThreads:\t%u\n", kb, kb, p->nthreads);
}

void make_cmdline(struct thread *t, struct text *x)
{
	struct process *p = t->proc;

	cos_mutex_lock(&proc_lock);
	x->data = cos_malloc(p->cmdline_len + 1);
	if (x->data) {
		memcpy(x->data, p->cmdline, p->cmdline_len);
		x->len = p->cmdline_len;
	} else {
		x->failed = true;
	}
	cos_mutex_unlock(&proc_lock);
}

void make_comm(struct thread *t, struct text *x)
{
	text_add(x, "%s\n", t->name);
}
