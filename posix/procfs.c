/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc, as far as programs look there: text made when a file is opened. */
#include "os.h"
#include <cos/core.h>
#include "linux/errno.h"
#include "mm.h"
#include "path.h"
#include "procfs.h"
#include "thread.h"

struct text {
	char *data;
	size_t len, size;
	bool failed;
};

static void add(struct text *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *x, const char *format, ...)
{
	va_list args;
	int n;

	if (x->size - x->len < 512) {
		char *data = cos_realloc(x->data, x->size + 4096);

		if (!data) {
			x->failed = true;
			return;
		}
		x->data = data;
		x->size += 4096;
	}
	va_start(args, format);
	n = cos_vsnprintf(x->data + x->len, x->size - x->len, format, args);
	va_end(args);
	if (n > 0)
		x->len += MIN((size_t)n, x->size - x->len - 1);
}

static void make_meminfo(struct thread *t, struct text *x)
{
	struct cos_pair mem = mem_stat();

	(void)t;
	add(x, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n",
	    (unsigned long)mem.v1 * 4, (unsigned long)mem.v0 * 4, (unsigned long)mem.v0 * 4);
	add(x,
	    "Buffers:        %8d kB\nCached:         %8d kB\nSwapTotal:      %8d kB\nSwapFree:     "
	    "  %8d kB\n",
	    0, 0, 0, 0);
}

static void make_cpuinfo(struct thread *t, struct text *x)
{
	(void)t;
	for (unsigned core = 0; core < cos_ncores(); core++)
		add(x,
		    "processor\t: %u\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
		    "model name\t: x86-64\ncpu MHz\t\t: %lu.000\ncpu cores\t: %u\n"
		    "flags\t\t: fpu sse sse2 fsgsbase\n\n",
		    core, (unsigned long)(cos_bootinfo()->tsc_hz / 1000000), cos_ncores());
}

static void make_stat(struct thread *t, struct text *x)
{
	unsigned ncores = cos_ncores();
	unsigned long total = (unsigned long)(cos_now_ns() / (NS_PER_S / 100)) * ncores;
	unsigned long user = (unsigned long)(proc_cpu_ns(t->proc) / (NS_PER_S / 100));

	user = MIN(user, total);
	add(x, "cpu  %lu 0 0 %lu 0 0 0 0 0 0\n", user, total - user);
	/* What each core did is not known; their sum is. */
	for (unsigned core = 0; core < ncores; core++)
		add(x, "cpu%u %lu 0 0 %lu 0 0 0 0 0 0\n", core, user / ncores,
		    (total - user) / ncores);
	add(x, "btime %lu\nprocesses %u\n",
	    (unsigned long)((cos_wall_ns() - cos_now_ns()) / NS_PER_S), proc_count());
}

static void make_uptime(struct thread *t, struct text *x)
{
	unsigned long cs = (unsigned long)(cos_now_ns() / 10000000);

	(void)t;
	add(x, "%lu.%02lu %lu.%02lu\n", cs / 100, cs % 100, cs / 100, cs % 100);
}

static void make_loadavg(struct thread *t, struct text *x)
{
	(void)t;
	add(x, "0.00 0.00 0.00 1/%u %d\n", proc_count(), t->proc->pid);
}

static void make_version(struct thread *t, struct text *x)
{
	(void)t;
	add(x, "Linux version 6.1.0-rump2cos #1 rump2cos\n");
}

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
		add(maps, "%08lx-%08lx %c%c%cp %08lx 00:00 0 %s%s\n", start, end,
		    region.v0 & COS_PG_READ ? 'r' : '-', region.v0 & COS_PG_WRITE ? 'w' : '-',
		    region.v0 & COS_PG_EXEC ? 'x' : '-', offset,
		    *name ? "                          " : "", name);
		cos_mutex_unlock(&mm->lock);
	}
}

static void make_maps(struct thread *t, struct text *x)
{
	mapped_bytes(t, x);
}

static void make_self_stat(struct thread *t, struct text *x)
{
	struct process *p = t->proc;
	unsigned long cpu = (unsigned long)(proc_cpu_ns(p) / (NS_PER_S / 100));
	uint64_t vm = mapped_bytes(t, NULL);

	add(x,
	    "%d (%s) R %d %d %d 0 -1 4194304 0 0 0 0 %lu 0 0 0 20 0 %u 0 %lu %lu %lu "
	    "18446744073709551615 ",
	    p->pid, p->name, p->parent ? p->parent->pid : 1, p->pgid, p->sid, cpu, p->nthreads,
	    (unsigned long)(p->start_ns / 10000000), (unsigned long)vm, (unsigned long)(vm / PAGE));
	add(x, "1 1 %lu 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
	    (unsigned long)p->mm->stack_top);
}

static void make_statm(struct thread *t, struct text *x)
{
	unsigned long pages = (unsigned long)(mapped_bytes(t, NULL) / PAGE);

	add(x, "%lu %lu 0 0 0 %lu 0\n", pages, pages, pages);
}

static void make_status(struct thread *t, struct text *x)
{
	struct process *p = t->proc;
	unsigned long kb = (unsigned long)(mapped_bytes(t, NULL) / 1024);

	add(x, "Name:\t%s\nUmask:\t%04o\nState:\tR (running)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n",
	    p->name, p->fs->umask, p->pid, t->tid, p->parent ? p->parent->pid : 1);
	add(x, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t64\n", p->uid, p->euid,
	    p->suid, p->euid, p->gid, p->egid, p->sgid, p->egid);
	add(x, "VmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nThreads:\t%u\n", kb, kb, p->nthreads);
}

static void make_cmdline(struct thread *t, struct text *x)
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

static void make_comm(struct thread *t, struct text *x)
{
	add(x, "%s\n", t->name);
}

static void make_number(struct thread *t, struct text *x)
{
	(void)t;
	add(x, "%d\n", 4096);
}

static void make_overcommit(struct thread *t, struct text *x)
{
	(void)t;
	add(x, "1\n");
}

static void make_mounts(struct thread *t, struct text *x)
{
	(void)t;
	const char *m;
	char key[16];

	for (unsigned i = 0;; i++) {
		const char *type, *dev, *path, *opt;

		cos_snprintf(key, sizeof(key), "MOUNT%u", i);
		m = cos_param(key);
		if (!m)
			return;
		type = m;
		dev = strchr(type, ' ');
		path = dev ? strchr(dev + 1, ' ') : NULL;
		opt = path ? strchr(path + 1, ' ') : NULL;
		if (!opt)
			return;
		add(x, "%.*s %.*s %.*s %s 0 0\n", (int)(path - dev - 1), dev + 1,
		    (int)(opt - path - 1), path + 1, (int)(dev - type), type, opt + 1);
	}
}

/* As Linux's, where the kernel configures the network: in the form of /etc/resolv.conf. */
static void make_pnp(struct thread *t, struct text *x)
{
	const char *dns = cos_param("DNS");

	(void)t;
	add(x, "#MANUAL\n");
	if (dns)
		add(x, "nameserver %s\n", dns);
}

static const struct {
	const char *name; /* "self/" is also /proc/PID of the caller */
	void (*make)(struct thread *, struct text *);
	unsigned mode;
} entries[] = {
	{"meminfo", make_meminfo, 0444},
	{"cpuinfo", make_cpuinfo, 0444},
	{"stat", make_stat, 0444},
	{"uptime", make_uptime, 0444},
	{"loadavg", make_loadavg, 0444},
	{"version", make_version, 0444},
	{"mounts", make_mounts, 0444},
	{"self/mounts", make_mounts, 0444},
	{"self/maps", make_maps, 0444},
	{"self/stat", make_self_stat, 0444},
	{"self/statm", make_statm, 0444},
	{"self/status", make_status, 0444},
	{"self/cmdline", make_cmdline, 0444},
	{"self/comm", make_comm, 0644},
	{"net/pnp", make_pnp, 0444},
	{"sys/net/core/somaxconn", make_number, 0644},
	{"sys/vm/overcommit_memory", make_overcommit, 0644},
};

struct proc_file {
	struct cos_mutex lock;
	struct text text;
	size_t entry;
};

static long proc_read(struct thread *t, struct file *f, const struct iov *iov, int n,
		      int64_t offset)
{
	struct proc_file *p = f->object;
	int64_t at;
	long r = 0;

	(void)t;
	cos_mutex_lock(&p->lock);
	at = offset == FILE_OFFSET_OWN ? f->offset : offset;
	if (at < (int64_t)p->text.len)
		r = iov_put(iov, n, 0, p->text.data + at,
			    MIN(p->text.len - (size_t)at, iov_len(iov, n)));
	if (r > 0 && offset == FILE_OFFSET_OWN)
		f->offset += r;
	cos_mutex_unlock(&p->lock);
	return r;
}

static long proc_lseek(struct thread *t, struct file *f, int64_t offset, int whence)
{
	(void)t;
	if (whence == LX_SEEK_CUR)
		offset += f->offset;
	else if (whence != LX_SEEK_SET)
		return -LX_EINVAL;
	return offset < 0 ? -LX_EINVAL : (f->offset = offset);
}

static long proc_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	struct proc_file *p = f->object;

	(void)t;
	st->st_dev = 22;
	st->st_ino = 4026531840ull + p->entry;
	st->st_mode = LX_S_IFREG | entries[p->entry].mode;
	st->st_nlink = 1;
	st->st_blksize = 1024;
	st->st_mtim = st->st_atim = st->st_ctim =
		(struct lx_timespec){(int64_t)(cos_wall_ns() / NS_PER_S), 0};
	return 0;
}

static void proc_release(struct file *f)
{
	struct proc_file *p = f->object;

	cos_free(p->text.data);
	cos_free(p);
}

static const struct file_ops proc_ops = {
	.read = proc_read,
	.lseek = proc_lseek,
	.stat = proc_stat,
	.release = proc_release,
	.seekable = true,
};

static struct file *proc_file(struct thread *t, size_t entry, unsigned flags, long *error)
{
	struct file *f = file_create(&proc_ops, FILE_OTHER, flags & (LX_O_ACCMODE | LX_O_PATH));
	struct proc_file *p = cos_calloc(1, sizeof(*p));

	if (!f || !p) {
		cos_free(f);
		cos_free(p);
		*error = -LX_ENOMEM;
		return NULL;
	}
	p->entry = entry;
	f->object = p;
	if (!(flags & LX_O_PATH))
		entries[entry].make(t, &p->text);
	if (p->text.failed) {
		file_put(f);
		*error = -LX_ENOMEM;
		return NULL;
	}
	return f;
}

struct file *procfs_open(struct thread *t, const char *abs, unsigned flags, long *error)
{
	const char *name = abs + 5, *rest;
	char own[16];

	*error = 0;
	if (*name == '/')
		name++;
	cos_snprintf(own, sizeof(own), "%d/", t->proc->pid);
	rest = strncmp(name, own, strlen(own)) == 0 ? name + strlen(own) : NULL;
	if (!strcmp(name, "self/exe") && t->proc->exe)
		return open_absolute(t, t->proc->exe, flags, error);
	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		if (strcmp(name, entries[i].name) != 0 &&
		    !(rest && !strncmp(entries[i].name, "self/", 5) &&
		      !strcmp(rest, entries[i].name + 5)))
			continue;
		if ((flags & LX_O_ACCMODE) != LX_O_RDONLY) {
			*error = -LX_EACCES;
			return NULL;
		}
		return proc_file(t, i, flags, error);
	}
	return NULL; /* the directory itself, and what is not made here, is storage's if anyone's */
}
