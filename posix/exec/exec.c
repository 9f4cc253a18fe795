/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * execve: a new program in place of the old one.
 *
 * V1. Up to proc_single nothing has changed: whatever fails there is the call's result. After it
 *     the old program is gone, and a failure kills the process.
 * V2. proc_single ends all other threads. Those in posix have left when it returns. Those that
 *     computed are detached, but may run on in the old address space for a moment: then the process
 *     gets a new address space, and the old one is stopped and destroyed when its last thread goes.
 * V3. The calling thread cannot move to another address space. In the case of V2 a thread of the
 *     system is started there in its place (thread_restart).
 * V4. The old address space is emptied before the new program is loaded, so a program may be as
 *     large as memory is.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/elf.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "base/text.h"
#include "calls.h"
#include "exec/args.h"
#include "exec/elf.h"
#include "exec/exec.h"
#include "exec/script.h"
#include "exec/stack.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/path.h"
#include "mm/layout.h"
#include "mm/space.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

#define SCRIPTS_MAX 4 /* interpreters that are scripts themselves, as Linux */

/* posix's page in the program: signal/x86_64/sigframe.c, F1. 0 or -LX_ENOMEM. */
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

static long image_load(struct thread *t, struct file *f, struct image *im, const char *path,
		       const struct exec_args *args, struct cpu_regs *regs)
{
	struct mm *mm = t->proc->mm;
	uint64_t sp = 0;
	long r = 0;

	for (unsigned i = 0; r == 0 && i < im->eh.phnum; i++)
		if (im->seg[i].type == ELF_PT_LOAD && im->seg[i].memsz)
			r = segment_load(t, f, &im->seg[i], im->bias);
	/* The guard: a page under the stack that mem gives to no other mapping. */
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

/* path: the name that it was called by; file: where it is (path may be /proc/self/exe). */
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
	char line[SCRIPT_LINE], *interp, *arg, *name = os_strdup(path);
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
		if (depth == SCRIPTS_MAX)
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
		proc_exec(t);
		mm_clear(t->proc->mm);
		/* V2 */
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

static long exec_call(struct thread *t, struct path *p, uint64_t argv, uint64_t envp)
{
	struct exec_args args = {0};
	bool dead = false, moved = false;
	char *path = path_string(t, p);
	long r = path ? 0 : -LX_ENOMEM;

	path_put(p);
	if (r == 0)
		r = exec_args_user(t, argv, &args, &args.argc);
	if (r == 0 && args.argc == 0) { /* as Linux does since 5.18 */
		args.argc = 1;
		r = exec_args_add(&args, "") ? 0 : -LX_ENOMEM;
	}
	if (r == 0)
		r = exec_args_user(t, envp, &args, &args.envc);
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
