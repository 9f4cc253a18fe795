/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a domain is linked. Components are relocatable objects that were made without knowledge of
 * each other; the executable of a domain has several of them, and stubs.
 *
 * D1  A component's own names (component_init, __cos_params, __cos_id, __cos_self) and the
 *     functions that it imports get the prefix "NAME.". So each component calls through stubs of
 *     its own, which know the caller.
 * D2  Of what a component defines, only its exports and entries stay global. Two components may
 *     define the same name otherwise.
 * D3  A link set's section and bounds get the component's index in the domain: two rump kernels in
 *     a domain do not find each other's entries.
 * D4  What is reachable from an entry stays, everything else goes (--gc-sections). Entries are the
 *     thread's, init's, copy's, each component_init, and __cos_entry_F of each export F that is
 *     entered from outside the domain.
 * D5  Each file is made by a build step, so it is made again if and only if an input or the command
 *     changed. Capabilities are numbered in the order of imports (domain_calls_number), and so the
 *     same composition gives the same stubs.
 */
#include <errno.h>
#include <string.h>
#include <cos/layout.h>
#include "domain.h"
#include "file.h"
#include "report.h"
#include "build_step.h"

/*
 * Each component has a slot at the top of stacks (libcos/include/cos/stub.S.h, COS_STACK_SELF_MAX).
 */
#define DOMAIN_COMPONENTS_MAX 28

struct linker {
	struct domain_elf *out;
	struct sys *sys;
	size_t domain;
	const char *folder;
	struct buffer log;
};

static const char *made(struct linker *l, const char *suffix)
{
	return pool_printf(&l->sys->pool, "%s/%s%s", l->folder, l->sys->domain[l->domain].name,
			   suffix);
}

static bool is_mine(const char *name)
{
	return !strcmp(name, "component_init") || !strcmp(name, "__cos_params") ||
	       !strcmp(name, "__cos_id") || !strcmp(name, "__cos_self");
}

/* A link set's bounds, which the linker supplies (`__start_SECTION`): the section's name, else
 * NULL. */
static const char *set_section(const struct symbol *s)
{
	if (s->defined)
		return NULL;
	if (!strncmp(s->name, "__start_", 8))
		return s->name + 8;
	return strncmp(s->name, "__stop_", 7) ? NULL : s->name + 7;
}

/* D1, D2, D3: the renamings of one component, and the names that stay global. */
static void component_renames(struct linker *l, size_t c, size_t index, struct buffer *symbols,
			      struct buffer *keep, struct build_step *step)
{
	const struct sys_component *component = &l->sys->component[c];
	struct pool *pool = &l->sys->pool;
	const char *prefix = component_prefix(pool, component);

	for (size_t i = 0; i < component->object.nsymbols; i++) {
		const struct symbol *s = &component->object.symbol[i];
		const char *section = set_section(s);

		if (!s->global)
			continue;
		bool function = functions_find(&l->sys->functions, s->name) >= 0;
		if (section) {
			buffer_printf(symbols, "%s %s__%zu\n", s->name, s->name, index);
			build_step_arg(step, "--rename-section");
			build_step_arg(step,
				       pool_printf(pool, "%s=%s__%zu", section, section, index));
		} else if (is_mine(s->name) || (function && !s->defined)) {
			buffer_printf(symbols, "%s %s%s\n", s->name, prefix, s->name);
		}
		if (s->defined && (function || !strcmp(s->name, "__cos_thread_entry") ||
				   !strncmp(s->name, "__cos_entry_", 12)))
			buffer_printf(keep, "%s\n", s->name);
	}
	buffer_printf(keep, "%scomponent_init\n", prefix);
}

static bool linker_failed(struct linker *l, const char *what)
{
	report("domain \"%s\": %s failed: %s", l->sys->domain[l->domain].name, what,
	       l->log.len ? l->log.data : strerror(errno));
	return false;
}

static bool component_localise(struct linker *l, size_t c, size_t index, const char **output)
{
	struct sys_component *component = &l->sys->component[c];
	struct pool *pool = &l->sys->pool;
	const char *path = made(l, pool_printf(pool, ".%s.o", component->name));
	const char *symbols_path = pool_printf(pool, "%s.rename", path);
	const char *keep_path = pool_printf(pool, "%s.keep", path);
	struct buffer symbols = {0}, keep = {0};
	struct build_step step;

	build_step_begin(&step, pool, path);
	build_step_arg(&step, "objcopy");
	component_renames(l, c, index, &symbols, &keep, &step);
	bool ok = file_update(symbols_path, symbols.data ? symbols.data : "", symbols.len) &&
		  file_update(keep_path, keep.data, keep.len);
	buffer_free(&symbols);
	buffer_free(&keep);
	build_step_arg(&step, pool_printf(pool, "--redefine-syms=%s", symbols_path));
	build_step_input(&step, symbols_path);
	build_step_arg(&step, pool_printf(pool, "--keep-global-symbols=%s", keep_path));
	build_step_input(&step, keep_path);
	build_step_arg_input(&step, component->object_path);
	build_step_arg(&step, path);
	*output = path;
	if (build_step_run(&step, &l->log) != 0 || !ok)
		return linker_failed(l, "making symbols local");
	return true;
}

static bool stubs_assemble(struct linker *l, const struct domain_calls *calls, const char **output)
{
	struct pool *pool = &l->sys->pool;
	const char *source = made(l, ".S"), *top = l->sys->top;
	struct buffer text = {0};
	struct build_step step;

	domain_stubs(&text, l->sys, l->domain, calls);
	bool ok = file_update(source, text.data, text.len);
	buffer_free(&text);
	*output = made(l, ".stubs.o");
	build_step_begin(&step, pool, *output);
	build_step_arg(&step, "cc");
	build_step_arg(&step, "-c");
	build_step_arg(&step, "-o");
	build_step_arg(&step, *output);
	build_step_arg(&step, pool_printf(pool, "-I%s/kernel/include", top));
	build_step_arg(&step, pool_printf(pool, "-I%s/libcos/include", top));
	build_step_arg(&step, pool_printf(pool, "-I%s/interface", top));
	build_step_input(&step, pool_printf(pool, "%s/libcos/include/cos/stub.S.h", top));
	build_step_input(&step, pool_printf(pool, "%s/libcos/include/cos/cap.h", top));
	build_step_input(&step, pool_printf(pool, "%s/kernel/include/cos/abi.h", top));
	build_step_input(&step, pool_printf(pool, "%s/interface/cos/layout.h", top));
	build_step_arg_input(&step, source);
	if (build_step_run(&step, &l->log) != 0 || !ok)
		return linker_failed(l, "assembling the stubs");
	return true;
}

/*
 * Undefined symbols in the linker's output: report which component refers to each. False: there are
 * none.
 */
static bool undefined_report(struct linker *l)
{
	static const char mark[] = "undefined reference to `";
	const struct sys_domain *d = &l->sys->domain[l->domain];
	struct pool *pool = &l->sys->pool;
	struct buffer seen = {0};
	bool any = false;

	buffer_printf(&seen, "\n");
	for (const char *at = l->log.data; at && (at = strstr(at, mark)); any = true) {
		at += strlen(mark);
		const char *name = pool_strndup(pool, at, strcspn(at, "'\n"));
		if (strstr(seen.data, pool_printf(pool, "\n%s\n", name)))
			continue;
		buffer_printf(&seen, "%s\n", name);
		bool found = false;
		for (size_t i = 0; i < d->ncomponents; i++) {
			const struct sys_component *c = &l->sys->component[d->component[i]];
			const char *prefix = component_prefix(pool, c);
			bool own = !strncmp(name, prefix, strlen(prefix));
			const char *plain = own ? name + strlen(prefix) : name;
			const struct symbol *s = object_symbol(&c->object, plain);

			if (!s || s->defined)
				continue;
			report_at(l->sys->conf->file, c->line,
				  "component \"%s\" wants symbol %s, which nothing defines",
				  c->name, plain);
			found = true;
		}
		if (!found)
			report("domain \"%s\" wants symbol %s, which nothing defines", d->name,
			       name);
	}
	buffer_free(&seen);
	return any;
}

static void root_arg(struct build_step *step, const char *symbol)
{
	build_step_arg(step, "-u");
	build_step_arg(step, symbol);
}

/* D4 */
static void root_args(struct linker *l, struct build_step *step)
{
	static const char *const always[] = {"__cos_thread_entry", "__cos_init_entry",
					     "__cos_copy_start", "__cos_copy_end",
					     "__cos_copy_fault"};
	struct sys *sys = l->sys;
	struct sys_domain *d = &sys->domain[l->domain];

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		root_arg(step, always[i]);
	for (size_t i = 0; i < d->ncomponents; i++)
		root_arg(step, pool_printf(&sys->pool, "%scomponent_init",
					   component_prefix(&sys->pool,
							    &sys->component[d->component[i]])));
	for (size_t i = 0; i < sys->nexports; i++)
		if (sys->component[sys->export[i].component].domain == l->domain &&
		    domain_export_is_entered(sys, i))
			root_arg(
				step,
				pool_printf(&sys->pool, "__cos_entry_%s",
					    sys->functions.function[sys->export[i].function].name));
}

static bool domain_link_objects(struct linker *l, const char *const *objects, size_t n)
{
	struct pool *pool = &l->sys->pool;
	struct build_step step;

	l->out->path = made(l, ".elf");
	build_step_begin(&step, pool, l->out->path);
	build_step_arg(&step, "ld");
	build_step_arg(&step, "-static");
	build_step_arg(&step, "-nostdlib");
	build_step_arg(&step, "-znoexecstack");
	build_step_arg(&step, "-zseparate-code");
	build_step_arg(&step, "-zmax-page-size=4096");
	build_step_arg(&step, "--orphan-handling=place");
	build_step_arg(&step, "--build-id=none");
	build_step_arg(&step, "--gc-sections");
	build_step_arg(&step, pool_printf(pool, "-Map=%s", made(l, ".map")));
	build_step_arg(&step, pool_printf(pool, "-Ttext-segment=%#x", COS_TEXT_VA));
	build_step_arg(&step, "-e");
	build_step_arg(&step, "__cos_thread_entry");
	root_args(l, &step);
	build_step_arg(&step, "-o");
	build_step_arg(&step, l->out->path);
	for (size_t i = 0; i < n; i++)
		build_step_arg_input(&step, objects[i]);
	if (build_step_run(&step, &l->log) == 0)
		return true;
	return undefined_report(l) ? false : linker_failed(l, "linking");
}

static bool stripped(struct linker *l, const char *from, const char *how, const char *to)
{
	struct build_step step;

	build_step_begin(&step, &l->sys->pool, to);
	build_step_arg(&step, "objcopy");
	build_step_arg(&step, how);
	build_step_arg_input(&step, from);
	build_step_arg(&step, to);
	return build_step_run(&step, &l->log) == 0 || linker_failed(l, "extracting the symbols");
}

/* Without contents and without debugging information the symbol table remains. */
static bool symbols_extract(struct linker *l)
{
	const char *contents = made(l, ".nodebug");

	l->out->symbols_path = made(l, ".sym");
	return stripped(l, l->out->path, "--strip-debug", contents) &&
	       stripped(l, contents, "--only-keep-debug", l->out->symbols_path);
}

bool domain_link(struct domain_elf *out, struct sys *sys, size_t domain,
		 const struct domain_calls *calls, const char *folder)
{
	struct linker l = {out, sys, domain, folder, {0}};
	struct sys_domain *d = &sys->domain[domain];
	const char **objects = pool_alloc(&sys->pool, (d->ncomponents + 2) * sizeof(*objects));
	size_t n = 0;
	bool ok = true;

	*out = (struct domain_elf){0};
	if (d->ncomponents > DOMAIN_COMPONENTS_MAX) {
		report("domain \"%s\" has %zu components: expected at most %d", d->name,
		       d->ncomponents, DOMAIN_COMPONENTS_MAX);
		return false;
	}
	for (; ok && n < d->ncomponents; n++)
		ok = component_localise(&l, d->component[n], n, &objects[n]);
	ok = ok && stubs_assemble(&l, calls, &objects[n++]);
	objects[n++] = pool_printf(&sys->pool, "%s/build/libcos/domain.o", sys->top);
	ok = ok && domain_link_objects(&l, objects, n) && symbols_extract(&l);
	ok = ok && object_read(&out->elf, &sys->pool, out->path, false);
	buffer_free(&l.log);
	return ok;
}
