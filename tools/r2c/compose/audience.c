/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may import what.
 *
 * A1  A function is for the audience that its header names (interface/interface.h), and for no
 *     other component. A component belongs to an audience by a role: that of its name
 *     (boot/roles.h), posix by its exports, a driver by its devices, and what `roles` of the
 *     composition adds.
 * A2  With `imports` in its section a component gets no function that the list does not name, by
 *     itself or by its interface.
 * A3  A strong import against A1 or A2 is a mistake. A weak one stays unwired, as if nothing
 *     exported the function.
 */
#include <string.h>
#include "report.h"
#include "system_parts.h"

#define ROLE_KERNEL "the kernel"
#define ROLE_DRIVERS "drivers"
#define ROLE_POSIX "posix"

static bool list_has(const struct conf_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->word[i].text, name))
			return true;
	return false;
}

uint32_t sys_roles(const struct sys *sys, size_t c)
{
	const struct sys_component *component = &sys->component[c];
	uint32_t roles = component->role ? 1U << component->role : 0;

	if (sys_exports(sys, c, ROLE_POSIX))
		roles |= 1U << COMPONENT_POSIX;
	for (size_t i = 0; component->conf && i < component->conf->roles.n; i++) {
		const char *name = component->conf->roles.word[i].text;

		if (!strcmp(name, ROLE_POSIX))
			roles |= 1U << COMPONENT_POSIX;
		else if (role_find(name))
			roles |= 1U << role_find(name);
	}
	return roles;
}

static bool has_role(const struct sys *sys, size_t c, const char *name)
{
	const struct sys_component *component = &sys->component[c];
	enum component_role role = strcmp(name, ROLE_POSIX) ? role_find(name) : COMPONENT_POSIX;

	if (role)
		return sys_roles(sys, c) & 1U << role;
	if (!component->conf)
		return false;
	return (!strcmp(name, ROLE_DRIVERS) && component->conf->devices.n > 0) ||
	       list_has(&component->conf->roles, name);
}

/* A1: `audience` is a list with commas. */
static bool is_for(const struct sys *sys, size_t c, const char *audience)
{
	struct pool pool = {0};
	bool found = false;

	if (!strcmp(audience, "everyone"))
		return true;
	while (*audience && !found) {
		size_t len = strcspn(audience, ",");

		found = has_role(sys, c, pool_strndup(&pool, audience, len));
		audience += len;
		audience += strspn(audience, ", ");
	}
	pool_free(&pool);
	return found;
}

/* A2 */
static bool is_listed(const struct sys *sys, size_t c, const struct function *f)
{
	const struct conf_component *conf = sys->component[c].conf;

	return !conf || !conf->imports.given || list_has(&conf->imports, f->name) ||
	       list_has(&conf->imports, f->interface);
}

bool audience_allows(const struct sys *sys, size_t c, size_t function)
{
	const struct function *f = &sys->functions.function[function];

	return is_for(sys, c, f->audience) && is_listed(sys, c, f);
}

void audience_report(struct sys *sys, size_t c, size_t function)
{
	const struct function *f = &sys->functions.function[function];
	const struct sys_component *component = &sys->component[c];
	const struct conf_component *conf = component->conf;

	if (!is_for(sys, c, f->audience))
		report_at(sys->conf->file, component->line,
			  "component \"%s\" (%s) imports %s (%s:%d), which is for %s: expected an "
			  "object that does not, or roles = {...} with one of these in its section",
			  component->name, component->object_path, f->name, f->file, f->line,
			  f->audience);
	else
		report_at(
			sys->conf->file, conf->line,
			"component \"%s\" (%s) imports %s (%s:%d), which its imports do not name: "
			"expected an object that does not, or \"%s\" or \"%s\" in its imports",
			component->name, component->object_path, f->name, f->file, f->line, f->name,
			f->interface);
}

static bool is_role(const char *name)
{
	return role_find(name) || !strcmp(name, ROLE_POSIX) || !strcmp(name, ROLE_DRIVERS) ||
	       !strcmp(name, ROLE_KERNEL);
}

static const char *roles_known(struct pool *pool)
{
	const char *text = ROLE_POSIX ", " ROLE_DRIVERS ", " ROLE_KERNEL;

	for (unsigned i = COMPONENT_PLAIN + 1; i < COMPONENT_NROLES; i++)
		text = pool_printf(pool, "%s, %s", text, role_name((enum component_role)i));
	return text;
}

static bool is_function_or_interface(const struct sys *sys, const char *name)
{
	for (size_t i = 0; i < sys->functions.n; i++)
		if (!strcmp(sys->functions.function[i].name, name) ||
		    !strcmp(sys->functions.function[i].interface, name))
			return true;
	return false;
}

static bool component_names_check(const struct sys *sys, const struct conf_component *conf)
{
	struct pool pool = {0};
	bool ok = true;

	for (size_t i = 0; i < conf->roles.n; i++) {
		if (is_role(conf->roles.word[i].text))
			continue;
		report_at(sys->conf->file, conf->roles.word[i].line,
			  "role \"%s\" of component \"%s\": expected one of %s",
			  conf->roles.word[i].text, conf->name, roles_known(&pool));
		ok = false;
	}
	for (size_t i = 0; i < conf->imports.n; i++) {
		if (is_function_or_interface(sys, conf->imports.word[i].text))
			continue;
		report_at(
			sys->conf->file, conf->imports.word[i].line,
			"import \"%s\" of component \"%s\": expected a function of interface/, or "
			"an interface",
			conf->imports.word[i].text, conf->name);
		ok = false;
	}
	pool_free(&pool);
	return ok;
}

bool audience_names_check(const struct sys *sys)
{
	bool ok = true;

	for (size_t i = 0; i < sys->conf->ncomponents; i++)
		ok = component_names_check(sys, &sys->conf->component[i]) && ok;
	return ok;
}
