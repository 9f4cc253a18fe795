/* SPDX-License-Identifier: BSD-2-Clause */
#include "os.h"
#include "calls.h"
#include "elf.h"
#include "exec.h"
#include "init.h"
#include "fdtable.h"
#include "linux/errno.h"
#include "mm.h"
#include "path.h"
#include "signal.h"
#include "thread.h"

#define PHDR_MAX 64
#define ARGS_MAX (2ul << 20) /* as Linux has it for a stack of 8 MiB */

struct image {
	struct elf_header eh;
	struct elf_segment seg[PHDR_MAX];
	uint64_t bias, phdr, end;
};

bool exec_args_add(struct exec_args *args, const char *s)
{
	size_t n = strlen(s) + 1;

	if (args->len + n > args->size) {
		size_t size = MAX(2 * args->size, args->len + n + 4096);
		char *text = cos_realloc(args->text, size);

		if (!text)
			return false;
		args->text = text;
		args->size = size;
	}
	memcpy(args->text + args->len, s, n);
	args->len += n;
	return true;
}

/* Bytes of the file into posix's own memory, by way of the shared buffer. What is missing is
 * ENOEXEC. */
static long file_bytes(struct thread *t, struct file *f, void *to, size_t len, uint64_t offset)
{
	char *buffer = shared_at(t, SHARED_DATA);
	size_t done = 0;

	while (done < len) {
		struct iov iov = {buffer, MIN(len - done, (size_t)SHARED_DATA_SIZE)};
		long r = f->ops->read(t, f, &iov, 1, (int64_t)(offset + done));

		if (r < 0)
			return r;
		if (r == 0)
			return -LX_ENOEXEC;
		memcpy((char *)to + done, buffer, (size_t)r);
		done += (size_t)r;
	}
	return 0;
}

static long image_refuse(const char *path, const char *why)
{
	cos_log("posix: %s: %s\n", path, why);
	return -LX_ENOEXEC;
}

/* Read and check everything before the old program is given up. */
static long image_read(struct thread *t, struct file *f, const char *path, struct image *im)
{
	uint64_t last = 0;
	long r = file_bytes(t, f, &im->eh, sizeof(im->eh), 0);

	if (r < 0)
		return r;
	if (memcmp(im->eh.ident, ELF_MAGIC, 4) != 0)
		return -LX_ENOEXEC;
	if (im->eh.ident[4] != ELF_CLASS64 || im->eh.ident[5] != ELF_LITTLE ||
	    im->eh.machine != ELF_X86_64)
		return image_refuse(path, "an ELF file, but not for x86-64");
	if (im->eh.type != ELF_EXEC && im->eh.type != ELF_DYN)
		return image_refuse(path, "an ELF file, but not an executable");
	if (im->eh.phentsize != sizeof(struct elf_segment) || im->eh.phnum == 0 ||
	    im->eh.phnum > PHDR_MAX)
		return image_refuse(path, "program headers of an unknown form");
	r = file_bytes(t, f, im->seg, im->eh.phnum * sizeof(im->seg[0]), im->eh.phoff);
	if (r < 0)
		return r;
	im->bias = im->eh.type == ELF_DYN ? PROGRAM_DYN_BASE : 0;
	for (unsigned i = 0; i < im->eh.phnum; i++) {
		const struct elf_segment *s = &im->seg[i];
		uint64_t start = im->bias + s->vaddr;

		if (s->type == ELF_PT_INTERP)
			return image_refuse(path,
					    "a dynamic executable; only static ones run here");
		if (s->type == ELF_PT_PHDR)
			im->phdr = start;
		if (s->type != ELF_PT_LOAD || s->memsz == 0)
			continue;
		if (s->filesz > s->memsz || (s->vaddr - s->offset) % PAGE || start < PAGE ||
		    !user_range(start, s->memsz) ||
		    start + s->memsz > PROGRAM_STACK_TOP - STACK_SIZE || PAGE_DOWN(start) < last)
			return image_refuse(path, "a segment that cannot be mapped");
		if (s->flags & ELF_W && s->flags & ELF_X)
			return image_refuse(path, "a segment that is writable and executable");
		last = PAGE_UP(start + s->memsz);
		if (!im->phdr && im->eh.phoff >= s->offset && im->eh.phoff < s->offset + s->filesz)
			im->phdr = start + im->eh.phoff - s->offset;
	}
	if (last == 0)
		return image_refuse(path, "nothing to load");
	im->end = last;
	return 0;
}

static long segment_load(struct thread *t, struct file *f, const struct elf_segment *s,
			 uint64_t bias)
{
	struct mm *mm = t->proc->mm;
	uint64_t start = bias + s->vaddr, page = PAGE_DOWN(start), done = 0;
	uint64_t len = PAGE_UP(start + s->memsz) - page;
	unsigned prot = COS_PG_READ | (s->flags & ELF_W ? COS_PG_WRITE : 0) |
			(s->flags & ELF_X ? COS_PG_EXEC : 0);
	long r = mm_map_anonymous(mm, page, len, COS_PG_READ | COS_PG_WRITE,
				  MEM_FIXED | MEM_NOREPLACE);

	while (r >= 0 && done < s->filesz) {
		struct iov iov = {user_window(t, start + done), s->filesz - done};

		r = f->ops->read(t, f, &iov, 1, (int64_t)(s->offset + done));
		if (r == 0)
			r = -LX_ENOEXEC;
		if (r > 0)
			done += (uint64_t)r;
	}
	if (r >= 0 && prot != (COS_PG_READ | COS_PG_WRITE))
		r = mem_as_protect(mm->as, page, len, prot) < 0 ? -LX_ENOMEM : 0;
	return r < 0 ? r : 0;
}

/* posix's page in the program: how sigreturn loads rcx and r11 too (sigframe.c). */
static long trampoline_map(struct thread *t)
{
	static const uint8_t code[] = {
		0x59,		  /* pop %rcx */
		0x41, 0x5b,	  /* pop %r11 */
		0x9d,		  /* popfq */
		0xc2, 0x80, 0x00, /* ret $128: over the red zone */
	};
	struct mm *mm = t->proc->mm;
	long r = mm_map_anonymous(mm, PROGRAM_TRAMPOLINE, PAGE, COS_PG_READ | COS_PG_WRITE,
				  MEM_FIXED);

	if (r >= 0)
		r = user_put(t, PROGRAM_TRAMPOLINE, code, sizeof(code));
	if (r >= 0)
		r = mem_as_protect(mm->as, PROGRAM_TRAMPOLINE, PAGE, COS_PG_READ | COS_PG_EXEC);
	mm->trampoline = PROGRAM_TRAMPOLINE;
	return r < 0 ? -LX_ENOMEM : 0;
}

/*
 * The stack as the psABI (3.4.1) has it at a program's start: argc, argv, environment, auxiliary
 * vector; the strings above.
 */
static long stack_build(struct thread *t, const struct image *im, const char *path,
			const struct exec_args *args, uint64_t *sp)
{
	struct process *proc = t->proc;
	uint64_t strings, random[2] = {cpu_random(), cpu_random() ^ cos_now_ns()};
	size_t words = 1 + args->argc + 1 + args->envc + 1 + 2 * 22, n = 0;
	uint64_t *w = cos_malloc(words * sizeof(*w)), at, execfn, platform, seed;
	const char *s = args->text;
	long r;

	if (!w)
		return -LX_ENOMEM;
	strings = PROGRAM_STACK_TOP - ((args->len + strlen(path) + 1 + 8 + 16 + 8 + 15) & ~15ul);
	seed = strings;
	at = seed + 16;
	platform = at;
	at += 8;
	execfn = at;
	at += strlen(path) + 1;
	r = user_put(t, seed, random, sizeof(random));
	if (r == 0)
		r = user_put(t, platform, "x86_64", 7);
	if (r == 0)
		r = user_put(t, execfn, path, strlen(path) + 1);
	if (r == 0)
		r = user_put(t, at, args->text, args->len);
	proc->arg_start = at;
	w[n++] = args->argc;
	for (unsigned i = 0; i < args->argc + args->envc; i++) {
		if (i == args->argc) {
			w[n++] = 0;
			proc->arg_end = at + (uint64_t)(s - args->text);
		}
		w[n++] = at + (uint64_t)(s - args->text);
		s += strlen(s) + 1;
	}
	if (args->envc == 0) {
		w[n++] = 0;
		proc->arg_end = at + args->len;
	}
	w[n++] = 0;
#define AUX(type, value) (w[n++] = (type), w[n++] = (value))
	AUX(AT_PHDR, im->phdr);
	AUX(AT_PHENT, sizeof(struct elf_segment));
	AUX(AT_PHNUM, im->eh.phnum);
	AUX(AT_PAGESZ, PAGE);
	AUX(AT_BASE, 0);
	AUX(AT_FLAGS, 0);
	AUX(AT_ENTRY, im->bias + im->eh.entry);
	AUX(AT_UID, proc->uid);
	AUX(AT_EUID, proc->euid);
	AUX(AT_GID, proc->gid);
	AUX(AT_EGID, proc->egid);
	AUX(AT_SECURE, 0);
	AUX(AT_CLKTCK, 100);
	AUX(AT_HWCAP, cpu_hwcap());
	AUX(AT_HWCAP2, 2); /* FSGSBASE may be used */
	AUX(AT_PLATFORM, platform);
	AUX(AT_RANDOM, seed);
	AUX(AT_EXECFN, execfn);
	AUX(AT_MINSIGSTKSZ, cpu_fpu_size() + sizeof(struct lx_rt_sigframe) + 256);
	AUX(AT_NULL, 0);
#undef AUX
	cos_assert(n <= words);
	*sp = (strings - n * sizeof(*w)) & ~15ul;
	if (r == 0)
		r = user_put(t, *sp, w, n * sizeof(*w));
	cos_free(w);
	return r;
}

static long image_load(struct thread *t, struct file *f, struct image *im, const char *path,
		       const struct exec_args *args, struct cpu_regs *regs)
{
	struct mm *mm = t->proc->mm;
	uint64_t sp = 0;
	long r = 0;

	for (unsigned i = 0; r == 0 && i < im->eh.phnum; i++)
		if (im->seg[i].type == ELF_PT_LOAD && im->seg[i].memsz)
			r = segment_load(t, f, &im->seg[i], im->bias);
	/* The guard: a page under the stack that nothing may be mapped to by chance. */
	if (r == 0)
		r = mm_map_anonymous(mm, PROGRAM_STACK_TOP - STACK_SIZE - PAGE, PAGE, 0, MEM_FIXED);
	if (r >= 0)
		r = mm_map_anonymous(mm, PROGRAM_STACK_TOP - STACK_SIZE, STACK_SIZE,
				     COS_PG_READ | COS_PG_WRITE, MEM_FIXED);
	if (r >= 0)
		r = trampoline_map(t);
	if (r >= 0)
		r = stack_build(t, im, path, args, &sp);
	if (r < 0)
		return r;
	mm_set_brk(mm, im->end);
	mm->stack_top = PROGRAM_STACK_TOP;
	memset(regs, 0, sizeof(*regs));
	regs->r[COS_REG_IP] = im->bias + im->eh.entry;
	regs->r[COS_REG_SP] = sp;
	return 0;
}

/* "#!interpreter [argument]": true and the two words, in text. */
static bool script_line(struct thread *t, struct file *f, char text[256], char **interp, char **arg)
{
	char *buffer = shared_at(t, SHARED_DATA), *end;
	struct iov iov = {buffer, 255};
	long r = f->ops->read(t, f, &iov, 1, 0);

	if (r < 4 || buffer[0] != '#' || buffer[1] != '!')
		return false;
	memcpy(text, buffer, (size_t)r);
	text[r] = 0;
	end = strchr(text, '\n');
	if (!end)
		return false;
	do
		*end-- = 0;
	while (end > text + 1 && (*end == ' ' || *end == '\t' || *end == '\r'));
	for (*interp = text + 2; **interp == ' ' || **interp == '\t';)
		(*interp)++;
	for (*arg = *interp; **arg && **arg != ' ' && **arg != '\t';)
		(*arg)++;
	if (**arg)
		*(*arg)++ = 0;
	while (**arg == ' ' || **arg == '\t')
		(*arg)++;
	return **interp != 0;
}

/* argv becomes: interpreter, its argument, the script, the script's arguments. */
static bool script_args(struct exec_args *args, const char *interp, const char *arg,
			const char *path)
{
	struct exec_args out = {0};
	const char *s = args->text;
	bool ok = exec_args_add(&out, interp) && (!*arg || exec_args_add(&out, arg)) &&
		  exec_args_add(&out, path);

	out.argc = 2 + (*arg != 0);
	for (unsigned i = 0; ok && i < args->argc + args->envc; i++, s += strlen(s) + 1) {
		if (i == 0 && args->argc > 0)
			continue;
		ok = exec_args_add(&out, s);
		if (i < args->argc)
			out.argc++;
		else
			out.envc++;
	}
	cos_free(ok ? args->text : out.text);
	if (ok)
		*args = out;
	return ok;
}

/* file: where the executable is; path is how it was called, which /proc/self/exe may be. */
static void proc_rename(struct thread *t, const char *path, const char *file,
			const struct exec_args *args)
{
	struct process *proc = t->proc;
	const char *base = strrchr(path, '/');
	uint64_t len = proc->arg_end - proc->arg_start;
	char *cmdline = cos_malloc(len + 1),
	     *exe = path_normalise(t->proc->fs->cwd_path ?: "/", file);

	strlcpy(proc->name, base ? base + 1 : path, sizeof(proc->name));
	memcpy(t->name, proc->name, sizeof(t->name));
	if (cmdline)
		memcpy(cmdline, args->text, MIN(len, args->len));
	cos_mutex_lock(&proc_lock);
	cos_free(proc->cmdline);
	cos_free(proc->exe);
	proc->cmdline = cmdline;
	proc->cmdline_len = cmdline ? len : 0;
	proc->exe = exe;
	cos_mutex_unlock(&proc_lock);
}

long exec_load(struct thread *t, const char *path, struct exec_args *args, bool *dead, bool *moved)
{
	char line[256], *interp, *arg, *name = os_strdup(path);
	struct image *im = cos_calloc(1, sizeof(*im));
	struct file *f = NULL;
	struct lx_stat st;
	bool computing = false;
	long r = name && im ? 0 : -LX_ENOMEM;

	*dead = *moved = false;
	for (int depth = 0; r == 0; depth++) {
		f = open_absolute(t, name, LX_O_RDONLY, &r);
		if (!f)
			break;
		r = file_stat(t, f, &st);
		if (r == 0 && ((st.st_mode & LX_S_IFMT) != LX_S_IFREG || !(st.st_mode & 0111)))
			r = -LX_EACCES;
		if (r < 0)
			break;
		if (!script_line(t, f, line, &interp, &arg))
			break;
		if (depth == 4)
			r = -LX_ELOOP;
		else if (!script_args(args, interp, arg, name))
			r = -LX_ENOMEM;
		cos_free(name);
		name = r == 0 ? os_strdup(interp) : NULL;
		if (r == 0 && !name)
			r = -LX_ENOMEM;
		file_put(f);
		f = NULL;
	}
	if (r == 0)
		r = image_read(t, f, name, im);
	if (r == 0 && !proc_single(t, &computing))
		r = -LX_EINTR;
	if (r == 0) {
		*dead = true;
		fdtable_close_exec(t);
		signal_exec(t);
		t->robust_list = t->clear_child_tid = 0;
		mm_sync_file(t, NULL);
		mm_clear(t->proc->mm);
		/* Who computes there still finds nothing there, now or later. */
		*moved = computing && (r = mm_renew(t->proc)) == 0;
		memset(&t->start, 0, sizeof(t->start));
		t->start_fs_base = 0;
		if (r == 0)
			r = image_load(t, f, im, name, args, &t->start);
		if (r == 0)
			proc_rename(t, name, f->path ?: name, args);
	}
	if (f)
		file_put(f);
	cos_free(name);
	cos_free(im);
	return r;
}

/* The strings of a NULL-terminated array in the program. */
static long args_from_user(struct thread *t, uint64_t array, struct exec_args *args,
			   unsigned *count)
{
	char *buffer = shared_at(t, SHARED_DATA);
	uint64_t p;
	long r;

	for (*count = 0; array; array += 8, (*count)++) {
		if (user_get(t, &p, array, 8) < 0)
			return -LX_EFAULT;
		if (p == 0)
			break;
		r = user_string(t, buffer, p, SHARED_DATA_SIZE);
		if (r == -LX_ENAMETOOLONG || args->len > ARGS_MAX)
			return -LX_E2BIG;
		if (r < 0)
			return r;
		if (!exec_args_add(args, buffer))
			return -LX_ENOMEM;
	}
	return 0;
}

static long exec_call(struct thread *t, struct path *p, uint64_t argv, uint64_t envp)
{
	struct exec_args args = {0};
	bool dead = false, moved = false;
	char *path = path_string(t, p);
	long r = path ? 0 : -LX_ENOMEM;

	path_put(p);
	if (r == 0)
		r = args_from_user(t, argv, &args, &args.argc);
	if (r == 0 && args.argc == 0) { /* as Linux does since 5.18 */
		args.argc = 1;
		r = exec_args_add(&args, "") ? 0 : -LX_ENOMEM;
	}
	if (r == 0)
		r = args_from_user(t, envp, &args, &args.envc);
	if (r == 0)
		r = exec_load(t, path, &args, &dead, &moved);
	cos_free(path);
	cos_free(args.text);
	if (r == 0 && moved) {
		thread_restart(t);
	} else if (r == 0) {
		thread_load(t);
	} else if (dead) {
		cos_log("posix: %s: cannot be loaded (error %ld)\n", t->proc->name, -r);
		proc_kill(t->proc, LX_SIGKILL);
	}
	return r;
}

long sys_execve(struct thread *t, const uint64_t *a)
{
	struct path p;
	long r = path_get(t, LX_AT_FDCWD, a[0], SHARED_PATH0, &p);

	return r < 0 ? r : exec_call(t, &p, a[1], a[2]);
}

long sys_execveat(struct thread *t, const uint64_t *a)
{
	struct path p = {0};
	struct file *f;
	char c;
	long r;

	if (a[4] & ~(uint64_t)(LX_AT_EMPTY_PATH | LX_AT_SYMLINK_NOFOLLOW))
		return -LX_EINVAL;
	if (a[4] & LX_AT_EMPTY_PATH && user_get(t, &c, a[1], 1) == 0 && c == 0) {
		f = fd_get(t, (int)a[0]);
		if (!f)
			return -LX_EBADF;
		r = f->path ? 0 : -LX_EACCES;
		if (r == 0)
			path_absolute(t, f->path, SHARED_PATH0, &p);
		file_put(f);
	} else {
		r = path_get(t, (int)a[0], a[1], SHARED_PATH0, &p);
	}
	return r < 0 ? r : exec_call(t, &p, a[2], a[3]);
}
