/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stubs of a domain, by the macros of libcos/include/cos/stub.S.h: of each component one for
 * each function that it imports, and of each export that is entered from outside the domain one
 * entry; and the tables of reach.c.
 */
#include <inttypes.h>
#include <string.h>
#include "domain.h"
#include "report.h"

bool domain_calls_number(struct domain_calls *calls, struct sys *sys)
{
	unsigned *next = pool_alloc(&sys->pool, sys->ndomains * sizeof(*next));

	*calls = (struct domain_calls){0};
	for (size_t i = 0; i < sys->nimports; i++) {
		const struct sys_import *import = &sys->import[i];
		size_t domain = sys->component[import->client].domain;

		if (!import->crossing)
			continue;
		unsigned cap = CAP_SINV_FIRST + next[domain]++;
		if (cap >= CAP_SINV_END) {
			report("domain \"%s\" calls more than %d functions of other domains",
			       sys->domain[domain].name, CAP_SINV_END - CAP_SINV_FIRST);
			return false;
		}
		pool_push(&sys->pool, calls->call, calls->n) = (struct domain_call){import, cap};
	}
	return true;
}

static bool is_function(const struct sys *sys, size_t export, const char *name)
{
	return !strcmp(sys->functions.function[sys->export[export].function].name, name);
}

bool domain_export_is_handler(const struct sys *sys, size_t export)
{
	return is_function(sys, export, "reboot_exception") ||
	       is_function(sys, export, "posix_exception");
}

bool domain_export_is_entered(const struct sys *sys, size_t export)
{
	const struct sys_export *e = &sys->export[export];

	if (domain_export_is_handler(sys, export) || is_function(sys, export, "mem_pagefault") ||
	    is_function(sys, export, "posix_gate"))
		return true;
	for (size_t i = 0; i < sys->nimports; i++) {
		const struct sys_import *import = &sys->import[i];
		if (import->crossing && import->server == e->component &&
		    import->function == e->function)
			return true;
	}
	return false;
}

const char *component_prefix(struct pool *pool, const struct sys_component *component)
{
	return pool_printf(pool, "%s.", component->name);
}

static void component_stubs(struct buffer *text, const struct sys *sys, size_t c, size_t index,
			    const struct domain_calls *calls)
{
	struct pool pool = {0};
	const struct sys_component *component = &sys->component[c];
	const char *prefix = component_prefix(&pool, component);

	buffer_printf(text, "\nCOS_COMPONENT %s, %zu, %zu\n", prefix, component->id, index);
	buffer_printf(text, "\t.globl\t%s__cos_params\n\t.set\t%s__cos_params, %#" PRIx64 "\n",
		      prefix, prefix, (uint64_t)(PARAMS_VA + index * PARAMS_MAX));
	for (size_t i = 0; i < calls->n; i++) {
		const struct sys_import *import = calls->call[i].import;
		if (import->client == c)
			buffer_printf(text, "COS_CLIENT_STUB %s, %s, %u\n", prefix,
				      sys->functions.function[import->function].name,
				      calls->call[i].cap);
	}
	for (size_t i = 0; i < sys->nimports; i++) {
		const struct sys_import *import = &sys->import[i];
		if (import->client == c && !import->crossing)
			buffer_printf(text, "COS_LOCAL_STUB %s, %s, %zu\n", prefix,
				      sys->functions.function[import->function].name,
				      component->id);
	}
	pool_free(&pool);
}

void domain_stubs(struct buffer *text, const struct sys *sys, size_t domain,
		  const struct domain_calls *calls)
{
	const struct sys_domain *d = &sys->domain[domain];

	buffer_printf(text,
		      "#include <cos/stub.S.h>\n#include <cos/cap.h>\n"
		      "#if COS_CAP_SINV_FIRST != %d || COS_CAP_SINV_END != %d\n"
		      "#error r2c and libcos number capabilities differently\n#endif\n",
		      CAP_SINV_FIRST, CAP_SINV_END);
	for (size_t i = 0; i < d->ncomponents; i++)
		component_stubs(text, sys, d->component[i], i, calls);
	for (size_t i = 0; i < sys->nexports; i++) {
		const struct sys_export *e = &sys->export[i];
		if (sys->component[e->component].domain != domain || e->entry ||
		    !domain_export_is_entered(sys, i))
			continue;
		buffer_printf(text, "COS_%s_STUB %s\n",
			      domain_export_is_handler(sys, i) ? "HANDLER" : "SERVER",
			      sys->functions.function[e->function].name);
	}
	domain_reach(text, sys);
	buffer_printf(text, "\n\t.section .note.GNU-stack, \"\", @progbits\n");
}
