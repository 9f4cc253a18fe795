/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linking the domains of a system: one executable each, of the domain's components and the stubs
 * for their calls to other domains (domain.c has the rules, libcos/README.md the recipe).
 * Parameters are in a segment of their own at PARAMS_VA: to change them needs no new link.
 *
 *	build/system/NAME/COMPONENT.DOMAIN.o	a component with its symbols made local
 *	build/system/NAME/DOMAIN.S, .stubs.o	its stubs
 *	build/system/NAME/DOMAIN.elf		linked, with symbols and debugging information
 *	build/system/NAME/DOMAIN.map		the component of each address, for debug/gdb
 *	build/system/NAME/DOMAIN.sym		its symbol table alone, for backtraces
 */
#ifndef R2C_BAKE_DOMAIN_H
#define R2C_BAKE_DOMAIN_H

#include "compose/system.h"

/*
 * The parameters of component i of a domain are at PARAMS_VA + i * PARAMS_MAX. All of them are
 * below 2 GiB, as everything that code refers to directly. 4 MiB is twice what Linux gives a
 * program for its arguments and environment (execve(2)), which are the longest parameters.
 */
#define PARAMS_VA 0x70000000ULL
#define PARAMS_MAX (4ULL << 20)

/* The capabilities of invocations; the stubs check that libcos (cos/cap.h) has the same numbers. */
#define CAP_SINV_FIRST 128
#define CAP_SINV_END 1024

struct domain_elf {
	const char *path;
	const char *symbols_path;
	struct object elf;
};

/* A call from one domain to another, and the capability that it goes through. */
struct domain_call {
	const struct sys_import *import;
	unsigned cap;
};

struct domain_calls {
	struct domain_call *call;
	size_t n;
};

/* Number the capabilities. False, reported: a domain has too many. */
bool domain_calls_number(struct domain_calls *calls, struct sys *sys);

/* The assembly text of a domain's stubs. */
void domain_stubs(struct buffer *text, const struct sys *sys, size_t domain,
		  const struct domain_calls *calls);

/* The tables of cos/reach.h, which every domain has alike. */
void domain_reach(struct buffer *text, const struct sys *sys);

/* Link domain i into folder. False: reported. */
bool domain_link(struct domain_elf *out, struct sys *sys, size_t domain,
		 const struct domain_calls *calls, const char *folder);

/*
 * Is the export entered from outside its domain: called from another domain, or a pager, handler or
 * gate, which the kernel enters? Is it a handler?
 */
bool domain_export_is_entered(const struct sys *sys, size_t export);
bool domain_export_is_handler(const struct sys *sys, size_t export);

/* "NAME.": the prefix of a component's own symbols in its domain. */
const char *component_prefix(struct pool *pool, const struct sys_component *component);

#endif
