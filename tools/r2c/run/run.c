/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "file.h"
#include "bake/image.h"
#include "program.h"
#include "qemu.h"
#include "report.h"
#include "session.h"
#include "debug/trace.h"

#define SYSTEM_DEFAULT "system/run.conf"
#define GDB_PORT "1234" /* QEMU's */
#define ENV_DEFAULT                                                \
	{                                                          \
		"PATH=/bin:/usr/bin:/sbin:/usr/sbin", "HOME=/root" \
	}

struct words {
	const char **word;
	size_t n;
};

struct run {
	const struct r2c *r2c;
	struct pool pool;
	/* from the command line */
	const char *system; /* NULL: system/run.conf */
	const char *root;
	const char *cwd;
	const char *log;
	const char *coredump;
	const char *trace;
	const char *gdb;
	struct words forwards, disks, env, qemu;
	char **program; /* and its arguments; NULL: the system is run as it is */
	uint64_t memory_bytes;
	long cpus;
	unsigned timeout_s;
	bool verbose;
	bool iso;
	enum qemu_accel accel;
	/* what is made of it */
	const char *folder; /* temporary */
	struct composition conf;
	struct sys sys;
};

static void word_add(struct run *run, struct words *words, const char *word)
{
	pool_push(&run->pool, words->word, words->n) = word;
}

static struct conf_list list_of(struct run *run, const char *const *word, size_t n)
{
	struct conf_list list = {.given = true};

	for (size_t i = 0; i < n; i++)
		pool_push(&run->pool, list.word, list.n) = (struct conf_word){word[i], 0};
	return list;
}

/* The program of the command line becomes the composition's. */
static void program_set(struct run *run, const struct program *program)
{
	static const char *const env[] = ENV_DEFAULT;
	struct conf_program *p = pool_alloc(&run->pool, sizeof(*p));
	size_t n = 0;

	while (run->program[n])
		n++;
	p->path = program->path;
	p->args = list_of(run, (const char *const *)run->program, n);
	if (program->in_root)
		p->args.word[0].text = program->path;
	p->env = list_of(run, env, sizeof(env) / sizeof(env[0]));
	for (size_t i = 0; i < run->env.n; i++) {
		size_t key = strcspn(run->env.word[i], "="), j = 0;
		while (j < p->env.n && strncmp(p->env.word[j].text, run->env.word[i], key + 1))
			j++;
		if (j == p->env.n)
			pool_push(&run->pool, p->env.word, p->env.n) = (struct conf_word){0};
		p->env.word[j].text = run->env.word[i];
	}
	p->cwd = run->cwd ? run->cwd : "/";
	run->conf.program = p;
	run->conf.nprograms = 1;
}

static void machine_set(struct run *run, const char *image, struct qemu_config *config)
{
	const struct conf_machine *machine = &run->conf.machine;
	struct pool *pool = &run->pool;

	config->memory_bytes = run->memory_bytes ? run->memory_bytes : machine->memory_bytes;
	if (run->trace) /* of which the kernel takes an eighth (trace/trace.c) */
		config->memory_bytes += config->memory_bytes / 7 & -(1ULL << 20);
	config->cpus = run->cpus ? run->cpus : machine->cpus;
	config->transitional = machine->transitional;
	config->iommu = machine->iommu;
	config->net = machine->net;
	config->gdb = run->gdb;
	config->accel = run->accel;
	config->extra = run->qemu.word;
	config->nextra = run->qemu.n;
	if (image)
		pool_push(pool, config->disk, config->ndisks) = (struct qemu_disk){image, true};
	for (size_t i = 0; !run->disks.n && i < machine->disks.n; i++)
		pool_push(pool, config->disk, config->ndisks) = (struct qemu_disk){
			file_under(pool, run->r2c->top, machine->disks.word[i].text), false};
	for (size_t i = 0; i < run->disks.n; i++)
		pool_push(pool, config->disk, config->ndisks) =
			(struct qemu_disk){run->disks.word[i], false};
	for (size_t i = 0; !run->forwards.n && i < machine->forwards.n; i++)
		pool_push(pool, config->forward, config->nforwards) =
			machine->forwards.word[i].text;
	for (size_t i = 0; i < run->forwards.n; i++)
		pool_push(pool, config->forward, config->nforwards) = run->forwards.word[i];
}

static void coredump_tell(struct run *run, const struct coredump *dump)
{
	size_t c = sys_component(&run->sys, dump->component);

	if (c != SYS_NONE)
		report("core dump of %s: gdb build/system/%s/%s.elf %s", dump->component,
		       run->conf.name, run->sys.domain[run->sys.component[c].domain].name,
		       dump->path);
}

/* A word of Python's. */
static void quote(struct buffer *out, const char *text)
{
	buffer_add(out, "'", 1);
	for (; *text; text++)
		buffer_printf(out, "%s%c", strchr("\\'", *text) ? "\\" : "", *text);
	buffer_add(out, "'", 1);
}

/* What tools/r2c/debug/gdb/cos.py has to know. False: reported. */
static bool gdb_write(struct run *run, const char *kernel)
{
	const struct sys *sys = &run->sys;
	struct pool *pool = &run->pool;
	const char *folder = pool_printf(pool, "%s/build/system/%s", sys->top, run->conf.name);
	const char *path = pool_printf(pool, "%s/gdb", folder);
	struct buffer out = {0};

	buffer_printf(&out,
		      "# Written by r2c run --gdb.\npython\ncos_system = {'port': %s, 'kernel': ",
		      run->gdb);
	quote(&out, kernel);
	buffer_printf(&out, ", 'domains': {");
	for (size_t i = 0; i < sys->ndomains; i++) {
		quote(&out, sys->domain[i].name);
		buffer_printf(&out, ": ");
		quote(&out, pool_printf(pool, "%s/%s.elf", folder, sys->domain[i].name));
		buffer_printf(&out, ", ");
	}
	buffer_printf(&out, "}, 'components': {");
	for (size_t i = 0; i < sys->ncomponents; i++) {
		buffer_printf(&out, "%zu: (", sys->component[i].id);
		quote(&out, sys->component[i].name);
		buffer_printf(&out, ", ");
		quote(&out, sys->domain[sys->component[i].domain].name);
		buffer_printf(&out, "), ");
	}
	buffer_printf(&out, "}}\nend\nsource %s/tools/r2c/debug/gdb/cos.py\n", sys->top);
	bool ok = file_write(path, out.data, out.len);
	if (ok)
		report("stopped, waiting for a debugger: gdb -x %s", path);
	else
		report_at(path, 0, "cannot write: %s", strerror(errno));
	buffer_free(&out);
	return ok;
}

static int machine_run(struct run *run, const struct qemu_config *config)
{
	bool program = run->conf.nprograms > 0;
	struct session_config session = {
		.console = sys_role(&run->sys, COMPONENT_CONSOLE) != SYS_NONE,
		.program = program,
		.input = program && !run->conf.program[0].stdin_null,
		.verbose = run->verbose,
		.log_fd = -1,
		.debugged = run->gdb != NULL,
		.timeout_s = run->timeout_s,
	};
	struct coredump dump = {.path = run->coredump,
				.memory = config->memory,
				.memory_bytes = config->memory_bytes};
	struct qemu qemu;
	int status = STATUS_SYSTEM_FAILED;

	session.coredump = &dump;

	if (run->log) {
		session.log_fd = open(run->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (session.log_fd < 0) {
			report_at(run->log, 0, "cannot write the log: %s", strerror(errno));
			return status;
		}
	}
	if (qemu_start(&qemu, config)) {
		status = session_run(&qemu, &session);
		qemu_close(&qemu);
	}
	if (dump.written)
		coredump_tell(run, &dump);
	if (run->trace &&
	    !trace_write(run->trace, &run->sys, config->kernel, config->memory,
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

	if (run->iso)
		config.cdrom = pool_printf(pool, "%s/system.iso", run->folder);
	if (run->coredump || run->trace)
		config.memory = pool_printf(pool, "%s/memory", run->folder);
	machine_set(run, NULL, &config);
	if (!qemu_check(&config))
		return STATUS_SYSTEM_FAILED;
	if (program)
		program_set(run, program);
	if (program && program->host_path) {
		image = pool_printf(pool, "%s/root.img", run->folder);
		program->dns = run->conf.network.dns;
		config.ndisks = config.nforwards = 0;
		machine_set(run, image, &config);
	}
	bool ok = sys_read(&run->sys, &run->conf, run->r2c->top) &&
		  image_bake(&run->sys, config.kernel, run->trace ? config.cpus : 0) &&
		  (!config.cdrom || image_iso(config.kernel, config.cdrom)) &&
		  (!image || program_image(program, pool, run->root, run->folder, image)) &&
		  (!run->gdb || gdb_write(run, config.kernel));
	if (session_signal_pending())
		return STATUS_SIGNAL + session_signal_pending();
	return ok ? machine_run(run, &config) : STATUS_SYSTEM_FAILED;
}

/* With a disk and no tree, the first disk is / and has the program. */
static bool program_is_on_disk(const struct run *run)
{
	return run->disks.n && !run->root;
}

static int program_on_disk(struct program *program, const struct run *run)
{
	*program = (struct program){.path = run->program[0]};
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

	if (run->program && program_is_on_disk(run))
		status = program_on_disk(&program, run);
	else if (run->program)
		status = program_find(&program, &run->pool, run->program[0], run->root);
	if (status)
		return status;
	if (!run->system)
		run->system = pool_printf(&run->pool, "%s/%s", run->r2c->top, SYSTEM_DEFAULT);
	if (!composition_read(&run->conf, run->system))
		return STATUS_SYSTEM_FAILED;
	char *folder = pool_printf(&run->pool, "%s/r2c.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(folder)) {
		report_at(folder, 0, "cannot make a temporary folder: %s", strerror(errno));
		return STATUS_SYSTEM_FAILED;
	}
	run->folder = folder;
	status = run_in_folder(run, run->program ? &program : NULL);
	file_remove_tree(folder);
	return status;
}

static bool is_composition(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && !strcmp(name + len - 5, ".conf");
}

static bool number_parse(const char *text, long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *number > 0 && *number < 1 << 30;
}

enum {
	OPT_ROOT = 256,
	OPT_DISK,
	OPT_CPUS,
	OPT_MEM,
	OPT_TIMEOUT,
	OPT_SYSTEM,
	OPT_ENV,
	OPT_CWD,
	OPT_LOG,
	OPT_COREDUMP,
	OPT_TRACE,
	OPT_GDB,
	OPT_ICOUNT,
	OPT_ISO,
	OPT_ACCEL,
	OPT_QEMU
};

/* False: reported. */
static bool option_number(struct run *run, int c, const char *text)
{
	const char *what = c == OPT_CPUS ? "--cpus" : c == OPT_MEM ? "--mem" : "--timeout";
	long number;

	if (!number_parse(text, &number)) {
		report("run: %s %s: expected a number above 0", what, text);
		return false;
	}
	if (c == OPT_CPUS)
		run->cpus = number;
	else if (c == OPT_MEM)
		run->memory_bytes = (uint64_t)number << 20;
	else
		run->timeout_s = (unsigned)number;
	return true;
}

static bool option_accel(struct run *run, const char *value)
{
	static const char *const names[] = {
		[QEMU_AUTO] = "auto", [QEMU_KVM] = "kvm", [QEMU_TCG] = "tcg"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(value, names[i])) {
			run->accel = (enum qemu_accel)i;
			return true;
		}
	report("run: --accel %s: expected auto, kvm or tcg", value);
	return false;
}

/* --gdb, --gdb=PORT, --gdb PORT: -> the port, or NULL, reported. taken: it is the next word. */
static const char *option_gdb(const char *value, const char *next, bool *taken)
{
	long port;

	*taken = !value && next && number_parse(next, &port);
	if (*taken)
		value = next;
	if (!value)
		return GDB_PORT;
	if (number_parse(value, &port) && port < 65536)
		return value;
	report("run: --gdb %s: expected a port, 1 to 65535", value);
	return NULL;
}

static bool option_take(struct run *run, int c, const char *value)
{
	unsigned host, guest;

	switch (c) {
	case 'p':
		if (!forward_parse(value, &host, &guest)) {
			report("run: -p %s: expected HOSTPORT:GUESTPORT, 1 to 65535 each", value);
			return false;
		}
		word_add(run, &run->forwards, value);
		return true;
	case OPT_ENV:
		if (!strchr(value, '=') || *value == '=') {
			report("run: --env %s: expected KEY=VALUE", value);
			return false;
		}
		word_add(run, &run->env, value);
		return true;
	case OPT_CWD:
		if (*value != '/') {
			report("run: --cwd %s: expected an absolute path in the system", value);
			return false;
		}
		run->cwd = value;
		return true;
	case OPT_CPUS:
	case OPT_MEM:
	case OPT_TIMEOUT:
		return option_number(run, c, value);
	case OPT_ACCEL:
		return option_accel(run, value);
	case OPT_ICOUNT:
		word_add(run, &run->qemu, "-icount");
		word_add(run, &run->qemu, "shift=0,sleep=off");
		return true;
	default:
		break;
	}
	if (c == 'v')
		run->verbose = true;
	else if (c == OPT_ISO)
		run->iso = true;
	else if (c == OPT_DISK)
		word_add(run, &run->disks, value);
	else if (c == OPT_QEMU)
		word_add(run, &run->qemu, value);
	else
		*(c == OPT_ROOT	      ? &run->root
		  : c == OPT_LOG      ? &run->log
		  : c == OPT_COREDUMP ? &run->coredump
		  : c == OPT_TRACE    ? &run->trace
				      : &run->system) = value;
	return true;
}

static int run_main(const struct r2c *r2c, int argc, char **argv)
{
	static const struct option longs[] = {{"publish", required_argument, NULL, 'p'},
					      {"root", required_argument, NULL, OPT_ROOT},
					      {"disk", required_argument, NULL, OPT_DISK},
					      {"cpus", required_argument, NULL, OPT_CPUS},
					      {"mem", required_argument, NULL, OPT_MEM},
					      {"timeout", required_argument, NULL, OPT_TIMEOUT},
					      {"system", required_argument, NULL, OPT_SYSTEM},
					      {"env", required_argument, NULL, OPT_ENV},
					      {"cwd", required_argument, NULL, OPT_CWD},
					      {"log", required_argument, NULL, OPT_LOG},
					      {"coredump", required_argument, NULL, OPT_COREDUMP},
					      {"trace", required_argument, NULL, OPT_TRACE},
					      {"gdb", optional_argument, NULL, OPT_GDB},
					      {"icount", no_argument, NULL, OPT_ICOUNT},
					      {"accel", required_argument, NULL, OPT_ACCEL},
					      {"iso", no_argument, NULL, OPT_ISO},
					      {"qemu-option", required_argument, NULL, OPT_QEMU},
					      {"verbose", no_argument, NULL, 'v'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct run run = {.r2c = r2c};
	int c, status = STATUS_USAGE;
	bool ok = true, taken;

	while (ok && (c = getopt_long(argc, argv, "+p:vh", longs, NULL)) != -1) {
		if (c == 'h')
			return command_help(&command_run_system);
		if (c == OPT_GDB) {
			run.gdb = option_gdb(optarg, argv[optind], &taken);
			ok = run.gdb != NULL;
			optind += taken;
		} else {
			ok = c != '?' && option_take(&run, c, optarg);
		}
	}
	if (ok && optind == argc) {
		report("run: expected a composition file or a program");
		ok = false;
	}
	if (ok && !run.system && is_composition(argv[optind])) {
		run.system = argv[optind];
		if (optind + 1 < argc || run.root || run.env.n || run.cwd) {
			report("run: a composition file has its own program: expected no "
			       "arguments, "
			       "--root, --env or --cwd");
			ok = false;
		}
	} else {
		run.program = argv + optind;
	}
	if (ok) {
		session_block_signals();
		status = run_all(&run);
	} else {
		command_usage(&command_run_system);
	}
	sys_free(&run.sys);
	composition_free(&run.conf);
	pool_free(&run.pool);
	return status;
}

const struct command command_run_system = {
	.name = "run",
	.summary = "boot a composition, or a program in one, in QEMU",
	.help = "Usage: r2c run [OPTION...] SYSTEM.conf\n"
		"       r2c run [OPTION...] [--] PROGRAM [ARGUMENT...]\n\n"
		"Boots a system in QEMU. PROGRAM is a static Linux/x86-64 executable of this host; "
		"it\n"
		"runs in system/run.conf, and its standard input, output, error and exit status "
		"are\n"
		"those of r2c.\n\n"
		"  -p, --publish HOST:GUEST  forward TCP port HOST of 127.0.0.1 to the system's "
		"GUEST\n"
		"      --root DIR            what PROGRAM sees as /, copied; otherwise an empty "
		"tree\n"
		"      --disk FILE           attach a disk image, which the system writes to; "
		"without\n"
		"                            --root the first is /, and PROGRAM is a path on it\n"
		"      --cpus N  --mem MB    of the virtual machine\n"
		"      --timeout S           end the system after S seconds\n"
		"      --system FILE.conf    run PROGRAM in another composition\n"
		"      --env KEY=VALUE       in PROGRAM's environment, besides PATH and HOME\n"
		"      --cwd DIR             PROGRAM's working directory, otherwise /\n"
		"      --log FILE            write the system's log there; -v, --verbose: to "
		"stderr\n"
		"      --coredump FILE       write the memory of a component that fails there, for "
		"gdb\n"
		"      --trace FILE          write invocations, switches, interrupts and faults "
		"there,\n"
		"                            for Perfetto (docs/debugging.md)\n"
		"      --gdb[=PORT]          start stopped, with a stub for gdb on that port of "
		"127.0.0.1\n"
		"                            (1234), and say how to attach with the symbols of "
		"all\n"
		"                            components (docs/debugging.md)\n"
		"      --accel HOW           kvm, tcg (emulation), or auto: KVM where it can be "
		"used\n"
		"      --icount              count instructions instead of time (no KVM)\n"
		"      --iso                 boot from an ISO image, by BIOS and GRUB\n"
		"      --qemu-option WORD    hand one more word to QEMU\n\n"
		"-p and --disk may be given more than once; they replace what the composition "
		"says.\n"
		"Ctrl-C goes to PROGRAM; a second one ends the system.\n\n"
		"Exit status: PROGRAM's own; 128 + N if signal N killed it; 127 no such program; "
		"126\n"
		"not a static x86-64 executable; 125 the system itself failed, with the reason and "
		"the\n"
		"end of its log on stderr; 124 the kernel panicked. A composition without a "
		"program:\n"
		"the status that it halts with.\n",
	.run = run_main,
};
