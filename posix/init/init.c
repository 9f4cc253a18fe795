/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The component's start: file systems are mounted, and the composition's programs started
 * (docs/composition.md, The parameters of posix). The system runs for the first program: when it
 * ends, all is written to the disks, its status goes to r2c, and the system ends.
 *
 * Statuses of a program that did not run are those of a shell: 127 if there is no such file, 126 if
 * it cannot be run; 125 if the system itself failed. 256 + n: ended by signal n.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/timer.h"
#include "exec/args.h"
#include "exec/exec.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/cwd.h"
#include "init/init.h"
#include "init/mounts.h"
#include "net/poller.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/thread.h"
#include "synth/dev.h"
#include "tty/console.h"
#include "console/program.h"
#include "reboot/system.h"

static struct process *main_program;

static const char *program_param(unsigned n, const char *key, long i)
{
	char name[48];

	if (n > 0 && i >= 0)
		cos_snprintf(name, sizeof(name), "P%u.%s%ld", n, key, i);
	else if (n > 0)
		cos_snprintf(name, sizeof(name), "P%u.%s", n, key);
	else if (i >= 0)
		cos_snprintf(name, sizeof(name), "%s%ld", key, i);
	else
		return cos_param(key);
	return cos_param(name);
}

static _Noreturn void init_end(int console_status, long system_status)
{
	mounts_end();
	console_exit(console_status);
	reboot_system(system_status);
	cos_panic("the system goes on after its end");
}

/* The budget of CPU time that the composition has for program n; none by default. */
static long program_budget(unsigned n)
{
	const char *text = program_param(n, "BUDGET", -1);
	long budget = SCHED_BUDGET_NONE;

	for (; text && *text >= '0' && *text <= '9'; text++)
		budget = budget * 10 + (*text - '0');
	return budget;
}

static void stdio_open(struct thread *t, unsigned n)
{
	const char *in = program_param(n, "STDIN", -1);
	struct file *f =
		in && !strcmp(in, "null") ? null_file(LX_O_RDONLY) : console_file(CONSOLE_STDIN);

	cos_assert(f);
	fd_install(t, f, 0, false);
	fd_install(t, console_file(CONSOLE_STDOUT), 1, false);
	fd_install(t, console_file(CONSOLE_STDERR), 2, false);
}

/* Start program n of the composition. False: it could not be, and the log says why. */
static bool program_start(unsigned n, const char *path)
{
	const char *cwd = program_param(n, "CWD", -1), *s;
	struct process *proc = proc_create(NULL);
	struct thread *t = proc ? thread_create(proc) : NULL;
	struct exec_args args = {0};
	bool dead, moved;
	long r = t ? 0 : -LX_ENOMEM;

	if (r == 0)
		proc->sched_budget = program_budget(n);
	if (r == 0 && n == 0)
		console_set_foreground(main_program = proc);
	for (long i = 0; r == 0 && (s = program_param(n, "ARGV", i)); i++, args.argc++)
		r = exec_args_add(&args, s) ? 0 : -LX_ENOMEM;
	if (r == 0 && args.argc == 0) {
		r = exec_args_add(&args, path) ? 0 : -LX_ENOMEM;
		args.argc = 1;
	}
	for (long i = 0; r == 0 && (s = program_param(n, "ENV", i)); i++, args.envc++)
		r = exec_args_add(&args, s) ? 0 : -LX_ENOMEM;
	if (r == 0) {
		r = cwd_set(t, cwd ? cwd : "/");
		if (r < 0)
			cos_log("posix: program %s: working directory %s: error %ld\n", path,
				cwd ? cwd : "/", -r);
	}
	if (r == 0) {
		stdio_open(t, n);
		r = exec_load(t, path, &args, &dead, &moved);
		if (r < 0)
			cos_log("posix: program %s cannot be run: %s (error %ld)\n", path,
				r == -LX_ENOENT	   ? "no such file"
				: r == -LX_EACCES  ? "not an executable file"
				: r == -LX_ENOEXEC ? "not a program that this system can run"
						   : "it could not be loaded",
				-r);
	}
	cos_free(args.text);
	if (r == 0)
		r = thread_start(t);
	if (r < 0 && n == 0)
		init_end(r == -LX_ENOENT ? 127 : 126, 0);
	return r == 0;
}

static void program_ended(struct process *proc)
{
	int status = proc->exit_status;

	if (proc == main_program)
		init_end(status & 0x7f ? 256 + (status & 0x7f) : status >> 8 & 0xff, 0);
	if (status & 0x7f)
		cos_log("posix: program %s (pid %d) killed by signal %d\n",
			proc->exe ? proc->exe : proc->name, proc->pid, status & 0x7f);
}

const struct process_hooks init_hooks = {
	.end = program_ended,
};

static void start(void *unused)
{
	const char *path;

	(void)unused;
	timer_init();
	console_file_init();
	poller_init();
	if (!mounts_begin())
		init_end(125, 0);
	path = cos_param("PROGRAM");
	if (!path) {
		cos_log("posix: no program to run\n");
		return;
	}
	for (unsigned n = 1; program_param(n, "PROGRAM", -1); n++)
		program_start(n, program_param(n, "PROGRAM", -1));
	program_start(0, path);
}

/* Called by a thread of boot, which is not to wait for disks: so another thread does the work. */
long component_init(void)
{
	return cos_thread_create(start, NULL, SCHED_PRIO_SERVICE) < 0 ? -COS_ENOMEM : 0;
}
