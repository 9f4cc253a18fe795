/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * r2c run: composition and options become one system and one machine; the image is baked into a
 * temporary folder, QEMU is started with it, and the session (session.c) lasts until it has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "file.h"
#include "bake/image.h"
#include "options.h"
#include "program.h"
#include "qemu.h"
#include "report.h"
#include "session.h"
#include "debug/gdb_script.h"
#include "debug/trace.h"

#define SYSTEM_DEFAULT "system/run.conf"
#define ENV_DEFAULT                                                \
	{                                                          \
		"PATH=/bin:/usr/bin:/sbin:/usr/sbin", "HOME=/root" \
	}

struct run {
	const struct r2c *r2c;
	struct pool pool;
	struct run_options options;
	/* what is made of it */
	const char *folder; /* temporary */
	struct composition conf;
	struct sys sys;
};

static struct conf_list list_of(struct run *run, const char *const *word, size_t n)
{
	struct conf_list list = {.given = true};

	for (size_t i = 0; i < n; i++)
		pool_push(&run->pool, list.word, list.n) = (struct conf_word){word[i], 0};
	return list;
}

/* The program of the command line takes the place of the composition's programs. */
static void program_set(struct run *run, const struct program *program)
{
	static const char *const env[] = ENV_DEFAULT;
	struct conf_program *p = pool_alloc(&run->pool, sizeof(*p));
	size_t n = 0;

	while (run->options.program[n])
		n++;
	p->path = program->path;
	p->args = list_of(run, (const char *const *)run->options.program, n);
	if (program->in_root)
		p->args.word[0].text = program->path;
	p->env = list_of(run, env, sizeof(env) / sizeof(env[0]));
	for (size_t i = 0; i < run->options.env.n; i++) {
		size_t key = strcspn(run->options.env.word[i], "="), j = 0;
		while (j < p->env.n &&
		       strncmp(p->env.word[j].text, run->options.env.word[i], key + 1))
			j++;
		if (j == p->env.n)
			pool_push(&run->pool, p->env.word, p->env.n) = (struct conf_word){0};
		p->env.word[j].text = run->options.env.word[i];
	}
	p->cwd = run->options.cwd ? run->options.cwd : "/";
	run->conf.program = p;
	run->conf.nprograms = 1;
}

static void machine_set(struct run *run, const char *image, struct qemu_config *config)
{
	const struct conf_machine *machine = &run->conf.machine;
	struct pool *pool = &run->pool;

	config->memory_bytes =
		run->options.memory_bytes ? run->options.memory_bytes : machine->memory_bytes;
	if (run->options.trace) /* of which the kernel takes an eighth (trace/trace.c) */
		config->memory_bytes += config->memory_bytes / 7 & -(1ULL << 20);
	config->cpus = run->options.cpus ? run->options.cpus : machine->cpus;
	config->transitional = machine->transitional;
	config->iommu = machine->iommu;
	config->net = machine->net;
	config->gdb = run->options.gdb;
	config->accel = run->options.accel;
	config->extra = run->options.qemu.word;
	config->nextra = run->options.qemu.n;
	if (image)
		pool_push(pool, config->disk, config->ndisks) = (struct qemu_disk){image, true};
	for (size_t i = 0; !run->options.disks.n && i < machine->disks.n; i++)
		pool_push(pool, config->disk, config->ndisks) = (struct qemu_disk){
			file_under(pool, run->r2c->top, machine->disks.word[i].text), false};
	for (size_t i = 0; i < run->options.disks.n; i++)
		pool_push(pool, config->disk, config->ndisks) =
			(struct qemu_disk){run->options.disks.word[i], false};
	for (size_t i = 0; !run->options.forwards.n && i < machine->forwards.n; i++)
		pool_push(pool, config->forward, config->nforwards) =
			machine->forwards.word[i].text;
	for (size_t i = 0; i < run->options.forwards.n; i++)
		pool_push(pool, config->forward, config->nforwards) = run->options.forwards.word[i];
}

static void coredump_announce(struct run *run, const struct coredump *dump)
{
	size_t c = sys_component(&run->sys, dump->component);

	if (c != SYS_NONE)
		report("core dump of %s: gdb build/system/%s/%s.elf %s", dump->component,
		       run->conf.name, run->sys.domain[run->sys.component[c].domain].name,
		       dump->path);
}

static int machine_run(struct run *run, const struct qemu_config *config)
{
	bool program = run->conf.nprograms > 0;
	struct session_config session = {
		.console = sys_role(&run->sys, COMPONENT_CONSOLE) != SYS_NONE,
		.program = program,
		.input = program && !run->conf.program[0].stdin_null,
		.verbose = run->options.verbose,
		.log_fd = -1,
		.log = run->options.log,
		.debugged = run->options.gdb != NULL,
		.timeout_s = run->options.timeout_s,
	};
	struct coredump dump = {.path = run->options.coredump,
				.memory = config->memory,
				.memory_bytes = config->memory_bytes};
	struct qemu qemu;
	int status = STATUS_SYSTEM_FAILED;

	session.coredump = &dump;
	if (run->options.log) {
		session.log_fd =
			open(run->options.log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (session.log_fd < 0) {
			report_at(run->options.log, 0, "cannot write the log: %s", strerror(errno));
			return status;
		}
	}
	if (qemu_start(&qemu, config)) {
		status = session_run(&qemu, &session);
		qemu_close(&qemu);
	}
	if (dump.written)
		coredump_announce(run, &dump);
	if (run->options.trace &&
	    !trace_write(run->options.trace, &run->sys, config->kernel, config->memory,
			 config->memory_bytes) &&
	    !status)
		status = STATUS_SYSTEM_FAILED;
	coredump_free(&dump);
	if (session.log_fd >= 0)
		close(session.log_fd);
	return status;
}

/* With the temporary folder there: bake and boot. */
static int run_in_folder(struct run *run, struct program *program)
{
	struct pool *pool = &run->pool;
	const char *image = NULL;
	struct qemu_config config = {.kernel = pool_printf(pool, "%s/system.elf", run->folder)};

	if (run->options.iso)
		config.cdrom = pool_printf(pool, "%s/system.iso", run->folder);
	if (run->options.coredump || run->options.trace)
		config.memory = pool_printf(pool, "%s/memory", run->folder);
	machine_set(run, NULL, &config);
	if (!qemu_check(&config) || (run->options.trace && !trace_check(run->options.trace)))
		return STATUS_SYSTEM_FAILED;
	if (program)
		program_set(run, program);
	if (program && program->host_path) {
		image = pool_printf(pool, "%s/root.img", run->folder);
		program->dns = run->conf.network.dns;
		config.ndisks = config.nforwards = 0;
		machine_set(run, image, &config);
	}
	bool ok =
		sys_read(&run->sys, &run->conf, run->r2c->top) &&
		image_bake(&run->sys, config.kernel, run->options.trace ? config.cpus : 0) &&
		(!config.cdrom || image_iso(config.kernel, config.cdrom)) &&
		(!image || program_image(program, pool, run->options.root, run->folder, image)) &&
		(!run->options.gdb || gdb_script_write(&run->sys, config.kernel, run->options.gdb));
	if (session_signal_pending())
		return STATUS_SIGNAL + session_signal_pending();
	return ok ? machine_run(run, &config) : STATUS_SYSTEM_FAILED;
}

/* With --disk and without --root the first disk is / and has the program on it. */
static bool program_is_on_disk(const struct run *run)
{
	return run->options.disks.n && !run->options.root;
}

static int program_on_disk(struct program *program, const struct run *run)
{
	*program = (struct program){.path = run->options.program[0]};
	if (*program->path == '/')
		return 0;
	report("%s: expected an absolute path on the disk (--disk without --root)", program->path);
	return STATUS_NOT_FOUND;
}

static int run_all(struct run *run)
{
	struct program program;
	const char *tmp = getenv("TMPDIR");
	int status = 0;

	if (run->options.program && program_is_on_disk(run))
		status = program_on_disk(&program, run);
	else if (run->options.program)
		status = program_find(&program, &run->pool, run->options.program[0],
				      run->options.root);
	if (status)
		return status;
	if (!run->options.system)
		run->options.system =
			pool_printf(&run->pool, "%s/%s", run->r2c->top, SYSTEM_DEFAULT);
	if (!composition_read(&run->conf, run->options.system))
		return STATUS_SYSTEM_FAILED;
	char *folder = pool_printf(&run->pool, "%s/r2c.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(folder)) {
		report_at(folder, 0, "cannot make a temporary folder: %s", strerror(errno));
		return STATUS_SYSTEM_FAILED;
	}
	run->folder = folder;
	status = run_in_folder(run, run->options.program ? &program : NULL);
	file_remove_tree(folder);
	return status;
}

static int run_main(const struct r2c *r2c, int argc, char **argv)
{
	struct run run = {.r2c = r2c};
	int status;

	switch (options_read(&run.options, &run.pool, argc, argv)) {
	case OPTIONS_RUN:
		session_block_signals();
		status = run_all(&run);
		break;
	case OPTIONS_HELP:
		status = command_help(&command_run_system);
		break;
	default:
		status = command_usage(&command_run_system);
		break;
	}
	sys_free(&run.sys);
	composition_free(&run.conf);
	pool_free(&run.pool);
	return status;
}

/* clang-format off */
static const char help[] =
	"Usage: r2c run [OPTION...] SYSTEM.conf\n"
	"       r2c run [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"\n"
	"Boots a system in QEMU. PROGRAM is a static Linux/x86-64 executable of this host. It runs\n"
	"in system/run.conf; its standard input, output and error and its exit status are those of\n"
	"r2c.\n"
	"\n"
	"  -p, --publish HOST:GUEST  forward TCP port HOST of 127.0.0.1 to the system's port GUEST\n"
	"      --root DIR            what PROGRAM sees as /, copied; otherwise an empty tree\n"
	"      --disk FILE           attach a disk image, which the system writes to; without\n"
	"                            --root the first one is /, and PROGRAM is a path on it\n"
	"      --cpus N              cores of the virtual machine\n"
	"      --mem SIZE            its memory, in MB or with K, M or G behind the number\n"
	"      --timeout S           end the system after S seconds\n"
	"      --system FILE.conf    run PROGRAM in another composition\n"
	"      --env KEY=VALUE       in PROGRAM's environment, besides PATH and HOME\n"
	"      --cwd DIR             PROGRAM's working directory, otherwise /\n"
	"      --log FILE            write the system's log to FILE\n"
	"  -v, --verbose             write the system's log to stderr\n"
	"      --coredump FILE       if a component fails, write its memory to FILE, for gdb\n"
	"      --trace FILE          write invocations, switches, interrupts and faults to FILE,\n"
	"                            for Perfetto (docs/debugging.md)\n"
	"      --gdb[=PORT]          start stopped, with a stub for gdb on that port of 127.0.0.1\n"
	"                            (otherwise 1234), and say how to attach with the symbols of\n"
	"                            all components (docs/debugging.md)\n"
	"      --accel HOW           kvm, tcg (emulation), or auto: KVM where it can be used\n"
	"      --icount              count instructions instead of time (no KVM)\n"
	"      --iso                 boot from an ISO image, by BIOS and GRUB\n"
	"      --qemu-option WORD    hand one more word to QEMU\n"
	"\n"
	"-p, --disk, --env and --qemu-option may be given more than once. -p and --disk replace what\n"
	"the composition says. Ctrl-C goes to PROGRAM; a second one ends the system.\n"
	"\n"
	"Exit status: PROGRAM's own; 128 + N if signal N killed it; 127 there is no such program;\n"
	"126 it is no static x86-64 executable; 125 the system itself failed, with the reason and\n"
	"the end of its log on stderr; 124 the kernel panicked. A composition without a program ends\n"
	"with the status that the system halts with.\n";
/* clang-format on */

const struct command command_run_system = {
	.name = "run",
	.summary = "boot a composition, or a program in one, in QEMU",
	.help = help,
	.run = run_main,
};
