/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc: files of text that is made as they are opened; here are those of the whole system.
 *
 * Z1. A file has the state of the moment when it was opened.
 * Z2. Of processes, the caller's own is there (self, and its number); other numbers are not, and
 *     directories are not listed.
 */
#include "base/os.h"
#include <cos/core.h>
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/text.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/path.h"
#include "fs/tree.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/rusage.h"
#include "process/thread.h"
#include "synth/proc.h"
#include "synth/synth.h"

static void make_meminfo(struct thread *t, struct text *x)
{
	struct cos_pair mem = mem_stat();

	(void)t;
	text_add(x, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n",
		 (unsigned long)mem.v1 * 4, (unsigned long)mem.v0 * 4, (unsigned long)mem.v0 * 4);
	text_add(x,
		 "Buffers:        %8d kB\nCached:         %8d kB\nSwapTotal:      %8d "
		 "kB\nSwapFree:     "
		 "  %8d kB\n",
		 0, 0, 0, 0);
}

static void make_cpuinfo(struct thread *t, struct text *x)
{
	(void)t;
	for (unsigned core = 0; core < cos_ncores(); core++)
		text_add(x,
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
	text_add(x, "cpu  %lu 0 0 %lu 0 0 0 0 0 0\n", user, total - user);
	/* The cores' sum is known; each is given an equal part. */
	for (unsigned core = 0; core < ncores; core++)
		text_add(x, "cpu%u %lu 0 0 %lu 0 0 0 0 0 0\n", core, user / ncores,
			 (total - user) / ncores);
	text_add(x, "btime %lu\nprocesses %u\n",
		 (unsigned long)((cos_wall_ns() - cos_now_ns()) / NS_PER_S), proc_count());
}

static void make_uptime(struct thread *t, struct text *x)
{
	unsigned long cs = (unsigned long)(cos_now_ns() / 10000000);

	(void)t;
	text_add(x, "%lu.%02lu %lu.%02lu\n", cs / 100, cs % 100, cs / 100, cs % 100);
}

static void make_loadavg(struct thread *t, struct text *x)
{
	(void)t;
	text_add(x, "0.00 0.00 0.00 1/%u %d\n", proc_count(), t->proc->pid);
}

static void make_version(struct thread *t, struct text *x)
{
	(void)t;
	text_add(x, "Linux version 6.1.0-rump2cos #1 rump2cos\n");
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
		text_add(x, "%.*s %.*s %.*s %s 0 0\n", (int)(path - dev - 1), dev + 1,
			 (int)(opt - path - 1), path + 1, (int)(dev - type), type, opt + 1);
	}
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
	{"sys/net/core/somaxconn", make_somaxconn, 0644},
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

static struct file *proc_open(struct thread *t, const char *abs, unsigned flags, long *error)
{
	const char *name = abs + 5, *rest;
	char own[16];

	*error = 0;
	if (*name == '/')
		name++;
	if (!strncmp(name, "self/fd/", 8))
		return synth_fd_open(t, name + 8, flags, error);
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
	return NULL; /* the storage backend is asked */
}

static long proc_readlink(struct thread *t, const char *abs, char *to, size_t size)
{
	const char *target = NULL;
	char pid[16];

	if (!strncmp(abs, "/proc/self/fd/", 14))
		return synth_fd_link(t, strrchr(abs, '/') + 1, to, size);
	if (!strcmp(abs, "/proc/self")) {
		cos_snprintf(pid, sizeof(pid), "%d", t->proc->pid);
		target = pid;
	} else if (!strcmp(abs, "/proc/self/exe")) {
		target = t->proc->exe;
	} else if (!strcmp(abs, "/proc/self/cwd")) {
		target = t->proc->fs->cwd_path ? t->proc->fs->cwd_path : "/";
	} else if (!strcmp(abs, "/proc/self/root")) {
		target = "/";
	}
	return target ? synth_link(target, to, size) : -LX_ENOENT;
}

const struct synth_ops proc_tree = {
	.root = "/proc",
	.open = proc_open,
	.readlink = proc_readlink,
};
