/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which component calls which: exports and imports are read from the symbols of objects.
 *
 * W1  A function has one exporter in a system.
 * W2  Domains form no circle by their imports, since a thread has one stack in a domain and may not
 *     come back to one that it is in. Components form none by imports that are not weak.
 * W3  Strong imports are wired first. A weak one that would close a circle of domains stays
 *     unwired, a null pointer, as if nothing exported it; so it never makes a system invalid.
 * W4  A component starts after all that it imports from strongly. A driver's imports of what is for
 *     drivers are strong, however its object asks.
 * W5  What a component may import is audience.c's.
 */
#include <string.h>
#include "report.h"
#include "system_parts.h"

size_t sys_export(const struct sys *sys, const char *function)
{
	for (size_t i = 0; i < sys->nexports; i++)
		if (!strcmp(sys->functions.function[sys->export[i].function].name, function))
			return i;
	return SYS_NONE;
}

static bool is_of(const struct sys *sys, const struct sys_export *e, const char *interface)
{
	return !strcmp(sys->functions.function[e->function].interface, interface);
}

size_t sys_exporter(const struct sys *sys, const char *interface)
{
	for (size_t i = 0; i < sys->nexports; i++)
		if (is_of(sys, &sys->export[i], interface))
			return sys->export[i].component;
	return SYS_NONE;
}

bool sys_exports(const struct sys *sys, size_t c, const char *interface)
{
	for (size_t i = 0; i < sys->nexports; i++)
		if (sys->export[i].component == c && is_of(sys, &sys->export[i], interface))
			return true;
	return false;
}

static bool exports_find(struct sys *sys)
{
	bool ok = true;

	for (size_t f = 0; f < sys->functions.n; f++) {
		const char *name = sys->functions.function[f].name;
		const char *entry = pool_printf(&sys->pool, "__cos_entry_%s", name);

		for (size_t c = 0; c < sys->ncomponents; c++) {
			const struct sys_component *component = &sys->component[c];
			const struct symbol *plain = object_symbol(&component->object, name);
			const struct symbol *own = object_symbol(&component->object, entry);
			bool has_entry = own && own->defined;

			if (!has_entry && !(plain && plain->defined))
				continue;
			size_t other = sys_export(sys, name);
			if (other != SYS_NONE) {
				report_at(sys->conf->file, component->line,
					  "components \"%s\" and \"%s\" both export %s: expected "
					  "one exporter of interface %s",
					  sys->component[sys->export[other].component].name,
					  component->name, name,
					  sys->functions.function[f].interface);
				ok = false;
				break;
			}
			pool_push(&sys->pool, sys->export, sys->nexports) =
				(struct sys_export){c, f, has_entry};
		}
	}
	return ok;
}

static void unexported_report(struct sys *sys, const struct sys_component *client,
			      const struct function *f)
{
	const char *hint = pool_printf(&sys->pool, "expected a component that exports interface %s",
				       f->interface);

	for (size_t i = 0; i < sys->nexports; i++) {
		const struct sys_export *e = &sys->export[i];
		if (strcmp(sys->functions.function[e->function].interface, f->interface))
			continue;
		hint = pool_printf(&sys->pool, "component \"%s\" exports others of interface %s",
				   sys->component[e->component].name, f->interface);
	}
	report_at(sys->conf->file, client->line,
		  "component \"%s\" imports %s (%s:%d), which nothing exports: %s", client->name,
		  f->name, f->file, f->line, hint);
}

/* Does a path of wired imports lead from one domain to another? */
static bool domain_reaches(const struct sys *sys, size_t from, size_t to, bool *seen)
{
	if (from == to)
		return true;
	if (seen[from])
		return false;
	seen[from] = true;
	for (size_t i = 0; i < sys->nimports; i++) {
		const struct sys_import *import = &sys->import[i];
		if (sys->component[import->client].domain == from &&
		    domain_reaches(sys, sys->component[import->server].domain, to, seen))
			return true;
	}
	return false;
}

/* W3 */
static bool closes_circle(struct sys *sys, size_t client, size_t server)
{
	bool *seen = pool_alloc(&sys->pool, sys->ndomains * sizeof(*seen));
	size_t from = sys->component[server].domain, to = sys->component[client].domain;

	return from != to && domain_reaches(sys, from, to, seen);
}

/* W4 */
static bool is_weak(const struct sys *sys, size_t c, const struct function *f,
		    const struct symbol *s)
{
	const struct conf_component *conf = sys->component[c].conf;

	return s->weak && !(conf && conf->devices.n > 0 && !strcmp(f->audience, "drivers"));
}

static bool imports_find(struct sys *sys, bool weak)
{
	bool ok = true;

	for (size_t c = 0; c < sys->ncomponents; c++) {
		for (size_t f = 0; f < sys->functions.n; f++) {
			const struct function *function = &sys->functions.function[f];
			const struct symbol *s =
				object_symbol(&sys->component[c].object, function->name);

			if (!s || s->defined || is_weak(sys, c, function, s) != weak)
				continue;
			if (!audience_allows(sys, c, f)) {
				if (!weak)
					audience_report(sys, c, f);
				ok = ok && weak;
				continue;
			}
			size_t export = sys_export(sys, function->name);
			if (export == SYS_NONE) {
				if (!weak)
					unexported_report(sys, &sys->component[c], function);
				ok = ok && weak;
				continue;
			}
			size_t server = sys->export[export].component;
			if (weak && closes_circle(sys, c, server))
				continue;
			pool_push(&sys->pool, sys->import, sys->nimports) = (struct sys_import){
				.client = c,
				.server = server,
				.function = f,
				.weak = weak,
				.crossing =
					sys->component[c].domain != sys->component[server].domain,
			};
		}
	}
	return ok;
}

/*
 * W4: the order of start, where imports leave a choice that of the composition. Boot's imports do
 * not count: it runs first, and calls a component only after having started it.
 */
struct order {
	struct sys *sys;
	enum { UNSEEN, OPEN, DONE } * state;
	size_t *path; /* the open ones, innermost last */
	size_t depth;
	size_t *sorted;
	size_t n;
};

static void circle_report(struct order *order, size_t again)
{
	struct sys *sys = order->sys;
	struct buffer text = {0};
	size_t i = 0;

	while (order->path[i] != again)
		i++;
	int line = sys->component[order->path[i]].line;
	for (; i < order->depth; i++) {
		size_t client = order->path[i];
		size_t server = i + 1 < order->depth ? order->path[i + 1] : again;
		const char *function = "";

		for (size_t j = 0; j < sys->nimports; j++)
			if (sys->import[j].client == client && sys->import[j].server == server &&
			    !sys->import[j].weak)
				function = sys->functions.function[sys->import[j].function].name;
		buffer_printf(&text, "%s -(%s)-> ", sys->component[client].name, function);
	}
	report_at(sys->conf->file, line,
		  "a circle of imports: %s%s: expected an order in which they can start", text.data,
		  sys->component[again].name);
	buffer_free(&text);
}

static bool order_visit(struct order *order, size_t c)
{
	struct sys *sys = order->sys;

	if (order->state[c] == DONE)
		return true;
	if (order->state[c] == OPEN) {
		circle_report(order, c);
		return false;
	}
	order->state[c] = OPEN;
	order->path[order->depth++] = c;
	for (size_t i = 0; i < sys->nimports && c != 0; i++) {
		const struct sys_import *import = &sys->import[i];
		if (import->client == c && !import->weak && import->server != c &&
		    !order_visit(order, import->server))
			return false;
	}
	order->depth--;
	order->state[c] = DONE;
	order->sorted[order->n++] = c;
	return true;
}

static void components_reorder(struct sys *sys, const size_t *sorted)
{
	size_t n = sys->ncomponents;
	struct sys_component *old = sys->component;
	size_t *position = pool_alloc(&sys->pool, n * sizeof(*position));

	sys->component = pool_alloc(&sys->pool, n * sizeof(*old));
	for (size_t i = 0; i < n; i++) {
		sys->component[i] = old[sorted[i]];
		sys->component[i].id = i + 1;
		position[sorted[i]] = i;
	}
	for (size_t i = 0; i < sys->ndomains; i++)
		for (size_t j = 0; j < sys->domain[i].ncomponents; j++)
			sys->domain[i].component[j] = position[sys->domain[i].component[j]];
	for (size_t i = 0; i < sys->nimports; i++) {
		sys->import[i].client = position[sys->import[i].client];
		sys->import[i].server = position[sys->import[i].server];
	}
	for (size_t i = 0; i < sys->nexports; i++)
		sys->export[i].component = position[sys->export[i].component];
}

static bool components_order(struct sys *sys)
{
	size_t n = sys->ncomponents;
	struct order order = {.sys = sys};

	order.state = pool_alloc(&sys->pool, n * sizeof(*order.state));
	order.path = pool_alloc(&sys->pool, n * sizeof(*order.path));
	order.sorted = pool_alloc(&sys->pool, n * sizeof(*order.sorted));
	for (size_t c = 0; c < n; c++)
		if (!order_visit(&order, c))
			return false;
	components_reorder(sys, order.sorted);
	return true;
}

/*
 * W2: without a circle of components there may be one of domains: a imports from b, and another
 * component of b's domain from one of a's.
 */
static bool domains_order(struct sys *sys)
{
	for (size_t i = 0; i < sys->nimports; i++) {
		const struct sys_import *import = &sys->import[i];
		const struct sys_component *client = &sys->component[import->client];
		const struct sys_component *server = &sys->component[import->server];

		if (client->domain == 0 || import->weak ||
		    !closes_circle(sys, import->client, import->server))
			continue;
		report_at(sys->conf->file, client->line,
			  "a circle of domains: \"%s\" in domain \"%s\" imports %s from \"%s\" in "
			  "domain \"%s\", which itself imports from \"%s\": expected domains "
			  "between which calls go one way",
			  client->name, sys->domain[client->domain].name,
			  sys->functions.function[import->function].name, server->name,
			  sys->domain[server->domain].name, sys->domain[client->domain].name);
		return false;
	}
	return true;
}

bool sys_wire(struct sys *sys)
{
	bool ok = exports_find(sys);

	ok = audience_names_check(sys) && ok;
	ok = imports_find(sys, false) && ok;
	ok = ok && components_order(sys) && domains_order(sys);
	return ok && imports_find(sys, true);
}
