/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each component is given: windows, parameters, budgets of CPU time, blobs
 * (docs/composition.md); devices and mounts have files of their own. What the sections program,
 * mount and network say becomes parameters of the components that export posix and network.
 */
#include <stdlib.h>
#include <string.h>
#include "file.h"
#include "report.h"
#include "system_parts.h"

static bool sees_check(const struct sys *sys, const struct sys_component *c)
{
	bool ok = true;

	for (size_t i = 0; i < c->conf->sees.n; i++) {
		const struct conf_word *word = &c->conf->sees.word[i];

		if (sys_component(sys, word->text) != SYS_NONE)
			continue;
		report_at(sys->conf->file, word->line,
			  "component \"%s\" sees \"%s\": expected a component of this system",
			  c->name, word->text);
		ok = false;
	}
	return ok;
}

void sys_param_add(struct sys *sys, struct sys_component *c, const char *text)
{
	pool_push(&sys->pool, c->params.word, c->params.n) = (struct conf_word){text, 0};
}

/*
 * One more budget for sched: for the threads of component c, or (NULL) for those that posix puts
 * there. Its number.
 */
static size_t budget_add(struct sys *sys, long percent, const struct sys_component *c)
{
	struct sys_component *sched = &sys->component[sys_exporter(sys, "sched")];
	const char *whose = c ? pool_printf(&sys->pool, " %zu", c->id) : "";

	sys->nbudgets++;
	sys_param_add(sys, sched,
		      pool_printf(&sys->pool, "BUDGET%zu=%ld%s", sys->nbudgets, percent, whose));
	return sys->nbudgets;
}

/* Components that start before page faults are served have no threads that sched could let wait. */
static bool has_threads(const struct sys_component *c)
{
	return !(role_traits(c->role) & ROLE_WIRED);
}

static bool cpu_check(const struct sys *sys, int line, const char *kind, const char *name,
		      bool has_threads)
{
	if (has_threads && sys_exporter(sys, "sched") != SYS_NONE)
		return true;
	report_at(sys->conf->file, line, "cpu of %s \"%s\": expected %s", kind, name,
		  has_threads ? "a component that exports interface sched"
			      : "none: its time is the system's");
	return false;
}

/* The budgets of components; those of programs are made with posix's parameters. */
static bool budgets_give(struct sys *sys)
{
	bool ok = true;

	for (size_t i = 0; i < sys->ncomponents; i++) {
		const struct sys_component *c = &sys->component[i];

		if (!c->conf || !c->conf->cpu_percent)
			continue;
		if (cpu_check(sys, c->conf->cpu_line, "component", c->name, has_threads(c)))
			budget_add(sys, c->conf->cpu_percent, c);
		else
			ok = false;
	}
	for (size_t i = 0; i < sys->conf->nprograms; i++) {
		const struct conf_program *program = &sys->conf->program[i];

		if (program->cpu_percent)
			ok = cpu_check(sys, program->line, "program", program->path, true) && ok;
	}
	return ok;
}

/* prefix: "" for the main program, "P1." for the next one. */
static void program_params(struct sys *sys, struct sys_component *posix,
			   const struct conf_program *program, const char *prefix)
{
	struct pool *pool = &sys->pool;

	sys_param_add(sys, posix, pool_printf(pool, "%sPROGRAM=%s", prefix, program->path));
	if (!program->args.n)
		sys_param_add(sys, posix, pool_printf(pool, "%sARGV0=%s", prefix, program->path));
	for (size_t i = 0; i < program->args.n; i++)
		sys_param_add(
			sys, posix,
			pool_printf(pool, "%sARGV%zu=%s", prefix, i, program->args.word[i].text));
	for (size_t i = 0; i < program->env.n; i++)
		sys_param_add(
			sys, posix,
			pool_printf(pool, "%sENV%zu=%s", prefix, i, program->env.word[i].text));
	sys_param_add(sys, posix, pool_printf(pool, "%sCWD=%s", prefix, program->cwd));
	sys_param_add(
		sys, posix,
		pool_printf(pool, "%sSTDIN=%s", prefix, program->stdin_null ? "null" : "console"));
	if (program->cpu_percent)
		sys_param_add(sys, posix,
			      pool_printf(pool, "%sBUDGET=%zu", prefix,
					  budget_add(sys, program->cpu_percent, NULL)));
}

static void programs_params(struct sys *sys, struct sys_component *posix)
{
	for (size_t i = 0; i < sys->conf->nprograms; i++)
		program_params(sys, posix, &sys->conf->program[i],
			       i ? pool_printf(&sys->pool, "P%zu.", i) : "");
}

/* The words of RUMP_NET are rump/net's (rump/net/README.md). */
static const char *network_words(struct sys *sys)
{
	const struct conf_network *network = &sys->conf->network;

	if (!network->address || !strcmp(network->address, "none"))
		return "none";
	if (!network->gateway)
		return pool_printf(&sys->pool, "%s auto6", network->address);
	return pool_printf(&sys->pool, "%s gw %s auto6", network->address, network->gateway);
}

/* The addresses of the network section go to the component that exports network. */
static bool network_give(struct sys *sys)
{
	const struct conf_network *network = &sys->conf->network;
	size_t server = sys_exporter(sys, "network");

	if (server == SYS_NONE) {
		if (!network->address || !strcmp(network->address, "none"))
			return true;
		report_at(sys->conf->file, network->line,
			  "network: expected a component that exports interface network");
		return false;
	}
	struct sys_component *c = &sys->component[server];
	sys_param_add(sys, c, pool_printf(&sys->pool, "RUMP_NET=%s", network_words(sys)));
	if (network->hostname)
		sys_param_add(sys, c,
			      pool_printf(&sys->pool, "RUMP_HOSTNAME=%s", network->hostname));
	return true;
}

static void names_params(struct sys *sys, struct sys_component *posix)
{
	const struct conf_network *network = &sys->conf->network;

	if (network->hostname)
		sys_param_add(sys, posix,
			      pool_printf(&sys->pool, "HOSTNAME=%s", network->hostname));
	if (network->dns)
		sys_param_add(sys, posix, pool_printf(&sys->pool, "DNS=%s", network->dns));
}

/* The program and mount sections, and the names of network, go to posix. */
static bool posix_give(struct sys *sys)
{
	const struct composition *conf = sys->conf;
	size_t posix = sys_exporter(sys, "posix");
	bool ok = true;

	if (posix == SYS_NONE) {
		bool program = conf->nprograms > 0;
		if (!program && !conf->nmounts)
			return true;
		report_at(conf->file, program ? conf->program[0].line : conf->mount[0].line,
			  "%s \"%s\": expected a component that exports interface posix",
			  program ? "program" : "mount",
			  program ? conf->program[0].path : conf->mount[0].path);
		return false;
	}
	for (size_t i = 0; i < conf->nmounts; i++)
		ok = mount_give(sys, &sys->component[posix], i) && ok;
	names_params(sys, &sys->component[posix]);
	programs_params(sys, &sys->component[posix]);
	return ok;
}

static bool blobs_check(const struct sys *sys)
{
	const struct composition *conf = sys->conf;
	struct pool pool = {0};
	bool ok = true;

	for (size_t i = 0; i < conf->nblobs; i++) {
		const struct conf_blob *blob = &conf->blob[i];
		const char *path = file_under(&pool, sys->top, blob->file.text);

		if (blob->component.text && sys_component(sys, blob->component.text) == SYS_NONE) {
			report_at(conf->file, blob->component.line,
				  "blob \"%s\" for \"%s\": expected a component of this system",
				  blob->name, blob->component.text);
			ok = false;
		}
		if (!file_exists(path)) {
			report_at(conf->file, blob->file.line, "blob \"%s\": no file %s",
				  blob->name, path);
			ok = false;
		}
	}
	pool_free(&pool);
	return ok;
}

/* Is this a function of console that gets a buffer of its caller's? */
static bool console_buffer(const char *function)
{
	return !strcmp(function, "console_write") || !strcmp(function, "console_read") ||
	       !strcmp(function, "console_log_read");
}

/*
 * What a component sees: as the composition says. Console sees the buffers of all its callers
 * besides, since its interface takes text in them.
 */
static void sees_add(struct sys *sys, size_t c)
{
	struct sys_component *component = &sys->component[c];

	if (component->conf)
		for (size_t i = 0; i < component->conf->sees.n; i++)
			pool_push(&sys->pool, component->sees.word, component->sees.n) =
				component->conf->sees.word[i];
	for (size_t i = 0; i < sys->nimports; i++) {
		const struct sys_import *import = &sys->import[i];
		const char *name = sys->component[import->client].name;
		bool has = false;

		if (import->server != c || component->role != COMPONENT_CONSOLE ||
		    !console_buffer(sys->functions.function[import->function].name))
			continue;
		for (size_t j = 0; j < component->sees.n; j++)
			has = has || !strcmp(component->sees.word[j].text, name);
		if (!has)
			pool_push(&sys->pool, component->sees.word, component->sees.n) =
				(struct conf_word){name, 0};
	}
}

bool sys_give(struct sys *sys)
{
	bool ok = true;

	for (size_t i = 0; i < sys->ncomponents; i++) {
		struct sys_component *c = &sys->component[i];

		sees_add(sys, i);
		if (!c->conf)
			continue;
		for (size_t j = 0; j < c->conf->params.n; j++)
			sys_param_add(sys, c, c->conf->params.word[j].text);
		ok = devices_give(sys, c) && ok;
		ok = sees_check(sys, c) && ok;
	}
	bool budgets_ok = budgets_give(sys);
	ok = budgets_ok && ok;
	ok = (!budgets_ok || posix_give(sys)) && ok;
	ok = network_give(sys) && ok;
	return blobs_check(sys) && ok;
}
