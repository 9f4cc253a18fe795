/* SPDX-License-Identifier: BSD-2-Clause */
/* What a new program finds on its stack. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/elf.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "exec/args.h"
#include "exec/elf.h"
#include "exec/stack.h"
#include "mm/layout.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

long stack_build(struct thread *t, const struct image *im, const char *path,
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
