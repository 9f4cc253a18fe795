/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of r2c run, and what each may be. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "compose/composition.h"
#include "options.h"
#include "report.h"

#define GDB_PORT "1234" /* QEMU's */

struct reader {
	struct run_options *options;
	struct pool *pool;
};

static void word_add(struct reader *r, struct words *words, const char *word)
{
	pool_push(r->pool, words->word, words->n) = word;
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
static bool option_number(struct reader *r, int c, const char *text)
{
	const char *what = c == OPT_CPUS ? "--cpus" : c == OPT_MEM ? "--mem" : "--timeout";
	uint64_t bytes;
	long number;

	if (c == OPT_MEM && strpbrk(text, "KMG") && size_parse(text, &bytes) && bytes) {
		r->options->memory_bytes = bytes;
		return true;
	}
	if (!number_parse(text, &number)) {
		report("run: %s %s: expected a number above 0%s", what, text,
		       c == OPT_MEM ? ", of MB or with K, M or G behind it" : "");
		return false;
	}
	if (c == OPT_CPUS)
		r->options->cpus = number;
	else if (c == OPT_MEM)
		r->options->memory_bytes = (uint64_t)number << 20;
	else
		r->options->timeout_s = (unsigned)number;
	return true;
}

static bool option_accel(struct reader *r, const char *value)
{
	static const char *const names[] = {
		[QEMU_AUTO] = "auto", [QEMU_KVM] = "kvm", [QEMU_TCG] = "tcg"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(value, names[i])) {
			r->options->accel = (enum qemu_accel)i;
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

static bool option_take(struct reader *r, int c, const char *value)
{
	unsigned host, guest;

	switch (c) {
	case 'p':
		if (!forward_parse(value, &host, &guest)) {
			report("run: -p %s: expected HOSTPORT:GUESTPORT, 1 to 65535 each", value);
			return false;
		}
		word_add(r, &r->options->forwards, value);
		return true;
	case OPT_ENV:
		if (!strchr(value, '=') || *value == '=') {
			report("run: --env %s: expected KEY=VALUE", value);
			return false;
		}
		word_add(r, &r->options->env, value);
		return true;
	case OPT_CWD:
		if (*value != '/') {
			report("run: --cwd %s: expected an absolute path in the system", value);
			return false;
		}
		r->options->cwd = value;
		return true;
	case OPT_CPUS:
	case OPT_MEM:
	case OPT_TIMEOUT:
		return option_number(r, c, value);
	case OPT_ACCEL:
		return option_accel(r, value);
	case OPT_ICOUNT:
		word_add(r, &r->options->qemu, "-icount");
		word_add(r, &r->options->qemu, "shift=0,sleep=off");
		return true;
	default:
		break;
	}
	if (c == 'v')
		r->options->verbose = true;
	else if (c == OPT_ISO)
		r->options->iso = true;
	else if (c == OPT_DISK)
		word_add(r, &r->options->disks, value);
	else if (c == OPT_QEMU)
		word_add(r, &r->options->qemu, value);
	else
		*(c == OPT_ROOT	      ? &r->options->root
		  : c == OPT_LOG      ? &r->options->log
		  : c == OPT_COREDUMP ? &r->options->coredump
		  : c == OPT_TRACE    ? &r->options->trace
				      : &r->options->system) = value;
	return true;
}

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

/* A composition has its own program; otherwise the first word is one. False: reported. */
static bool words_take(struct run_options *options, char **words, int n)
{
	if (n == 0) {
		report("run: expected a composition file or a program");
		return false;
	}
	if (options->system || !is_composition(words[0])) {
		options->program = words;
		return true;
	}
	options->system = words[0];
	if (n == 1 && !options->root && !options->env.n && !options->cwd)
		return true;
	report("run: a composition file has its own program: expected no arguments, "
	       "--root, --env or --cwd");
	return false;
}

enum options_result options_read(struct run_options *options, struct pool *pool, int argc,
				 char **argv)
{
	struct reader r = {options, pool};
	bool ok = true, taken;
	int c;

	while (ok && (c = getopt_long(argc, argv, "+p:vh", longs, NULL)) != -1) {
		if (c == 'h')
			return OPTIONS_HELP;
		if (c == OPT_GDB) {
			options->gdb = option_gdb(optarg, argv[optind], &taken);
			ok = options->gdb != NULL;
			optind += taken;
		} else {
			ok = c != '?' && option_take(&r, c, optarg);
		}
	}
	ok = ok && words_take(options, argv + optind, argc - optind);
	return ok ? OPTIONS_RUN : OPTIONS_WRONG;
}
