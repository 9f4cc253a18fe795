/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a composition to a system, in the order of sys_read: services and domains, then the
 * interfaces and the objects of components, then the wiring (wiring.c) and what each component is
 * given (resources.c). A step is only tried when those before it found no mistake.
 */
#include <string.h>
#include "file.h"
#include "netbsd.h"
#include "report.h"
#include "system.h"
#include "system_parts.h"

static const struct conf_component *conf_component(const struct composition *conf, const char *name)
{
	for (size_t i = 0; i < conf->ncomponents; i++)
		if (!strcmp(conf->component[i].name, name))
			return &conf->component[i];
	return NULL;
}

static const char *object_path(struct sys *sys, const char *name, const struct conf_component *conf)
{
	const char *object = conf && conf->object.text ? conf->object.text : name;

	if (conf && !conf->object.text && conf->rump.text)
		object = pool_printf(&sys->pool, "%s-%s", name, conf->rump.text);
	if (strchr(object, '/'))
		return file_under(&sys->pool, sys->top, object);
	return pool_printf(&sys->pool, "%s/build/component/%s.o", sys->top, object);
}

size_t sys_component(const struct sys *sys, const char *name)
{
	for (size_t i = 0; i < sys->ncomponents; i++)
		if (!strcmp(sys->component[i].name, name))
			return i;
	return SYS_NONE;
}

size_t sys_role(const struct sys *sys, enum component_role role)
{
	return sys_component(sys, role_name(role));
}

static void component_add(struct sys *sys, const char *name, size_t domain, int line)
{
	struct sys_component *c = &pool_push(&sys->pool, sys->component, sys->ncomponents);
	struct sys_domain *d = &sys->domain[domain];

	*c = (struct sys_component){
		.name = name, .role = role_find(name), .domain = domain, .line = line};
	c->conf = conf_component(sys->conf, name);
	c->object_path = object_path(sys, name, c->conf);
	pool_push(&sys->pool, d->component, d->ncomponents) = sys->ncomponents - 1;
}

static size_t domain_add(struct sys *sys, const char *name)
{
	pool_push(&sys->pool, sys->domain, sys->ndomains) = (struct sys_domain){.name = name};
	return sys->ndomains - 1;
}

/* Does a domain section of the composition name the component? */
static bool placed_by_composition(const struct composition *conf, const char *name)
{
	for (size_t i = 0; i < conf->ndomains; i++)
		for (size_t j = 0; j < conf->domain[i].components.n; j++)
			if (!strcmp(conf->domain[i].components.word[j].text, name))
				return true;
	return false;
}

static void service_add(struct sys *sys, const char *name, bool optional, int line)
{
	if (placed_by_composition(sys->conf, name))
		return;
	if (optional && !file_exists(object_path(sys, name, conf_component(sys->conf, name))))
		return;
	component_add(sys, name, domain_add(sys, name), line);
}

static bool is_boot(const char *name)
{
	return role_find(name) == COMPONENT_BOOT;
}

/* In the order of the table, in which they start when nothing else decides. */
static void services_add_all(struct sys *sys)
{
	for (unsigned i = 0; i < COMPONENT_NROLES; i++) {
		enum component_role role = (enum component_role)i;

		if (role_traits(role) & ROLE_SERVICE)
			service_add(sys, role_name(role), role_traits(role) & ROLE_OPTIONAL, 0);
	}
}

static bool services_add(struct sys *sys)
{
	const struct conf_list *given = &sys->conf->services;

	if (!given->given) {
		services_add_all(sys);
		return true;
	}
	if (given->n && is_boot(given->word[0].text)) {
		for (size_t i = 0; i < given->n; i++)
			service_add(sys, given->word[i].text, false, given->word[i].line);
		return true;
	}
	report_at(sys->conf->file, given->n ? given->word[0].line : 0,
		  "services: expected \"boot\" as the first");
	return false;
}

static bool domains_add(struct sys *sys)
{
	bool ok = true;

	for (size_t i = 0; i < sys->conf->ndomains; i++) {
		const struct conf_domain *conf = &sys->conf->domain[i];
		size_t domain = domain_add(sys, conf->name);

		for (size_t j = 0; j < conf->components.n; j++) {
			const struct conf_word *word = &conf->components.word[j];
			size_t old = sys_component(sys, word->text);

			if (old != SYS_NONE) {
				report_at(sys->conf->file, word->line,
					  "component \"%s\" is in domain \"%s\" already: expected "
					  "each component once",
					  word->text, sys->domain[sys->component[old].domain].name);
				ok = false;
				continue;
			}
			if (is_boot(word->text)) {
				report_at(sys->conf->file, word->line,
					  "component \"boot\" in domain \"%s\": boot has a domain "
					  "of its own, since it starts the others",
					  conf->name);
				ok = false;
			}
			component_add(sys, word->text, domain, word->line);
		}
	}
	for (size_t i = 0; i < sys->ndomains; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(sys->domain[i].name, sys->domain[j].name)) {
				report_at(sys->conf->file, 0,
					  "domain \"%s\" has the name of a service that is not in "
					  "it: expected another name",
					  sys->domain[i].name);
				ok = false;
			}
	return ok;
}

/* A component section must be about a component of some domain. */
static bool components_check(const struct sys *sys)
{
	const struct composition *conf = sys->conf;
	bool ok = true;

	for (size_t i = 0; i < conf->ncomponents; i++) {
		if (sys_component(sys, conf->component[i].name) != SYS_NONE)
			continue;
		report_at(conf->file, conf->component[i].line,
			  "component \"%s\" is in no domain: expected a domain that names it",
			  conf->component[i].name);
		ok = false;
	}
	return ok;
}

/* All but boot, which the kernel starts, are initialised by component_init. */
static bool init_check(const struct sys *sys, const struct sys_component *c)
{
	const struct symbol *init = object_symbol(&c->object, "component_init");

	if ((init && init->defined) || c->role == COMPONENT_BOOT)
		return true;
	report_at(sys->conf->file, c->line, "component \"%s\" does not define component_init",
		  c->name);
	return false;
}

static bool objects_read(struct sys *sys)
{
	bool ok = true;

	for (size_t i = 0; i < sys->ncomponents; i++) {
		struct sys_component *c = &sys->component[i];
		const char *shown = c->object_path;

		if (file_exists(shown)) {
			if (c->conf && c->conf->rump.text && !netbsd_link(sys, c)) {
				ok = false;
				continue;
			}
			ok = object_read(&c->object, &sys->pool, c->object_path, true) &&
			     init_check(sys, c) && ok;
			continue;
		}
		if (!strncmp(shown, sys->top, strlen(sys->top)))
			shown += strlen(sys->top) + 1;
		report_at(sys->conf->file, c->line,
			  "component \"%s\": its object %s is not built (make %s)", c->name, shown,
			  shown);
		ok = false;
	}
	return ok;
}

static bool interfaces_read(struct sys *sys)
{
	bool ok = functions_read_all(&sys->functions, &sys->pool, sys->top);

	for (size_t i = 0; i < sys->conf->interfaces.n; i++)
		ok = functions_read(&sys->functions, &sys->pool,
				    file_under(&sys->pool, sys->top,
					       sys->conf->interfaces.word[i].text)) &&
		     ok;
	return ok;
}

bool sys_read(struct sys *sys, struct composition *conf, const char *top)
{
	*sys = (struct sys){.conf = conf};
	sys->top = pool_strdup(&sys->pool, top);
	bool ok = services_add(sys) && domains_add(sys);
	ok = ok && components_check(sys);
	ok = ok && interfaces_read(sys) && objects_read(sys);
	ok = ok && sys_wire(sys);
	return ok && sys_give(sys);
}

void sys_free(struct sys *sys)
{
	pool_free(&sys->pool);
}
