/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables that libcos finds owners of addresses, their clients and roles by (cos/reach.h), as
 * assembly. Every domain has the same ones.
 *
 * Window slots are dealt out evenly to the components that export posix, in the order of their ids,
 * so no tenant takes another's. Parts of the shared slot are as large as the number of components
 * lets them be, for buffers need not be of the same size.
 */
#include <inttypes.h>
#include <string.h>
#include <cos/layout.h>
#include "domain.h"

static size_t posix_count(const struct sys *sys)
{
	size_t n = 0;

	for (size_t c = 0; c < sys->ncomponents; c++)
		n += sys_exports(sys, c, "posix");
	return n;
}

/* The id of the n-th component that exports posix. */
static size_t posix_id(const struct sys *sys, size_t n)
{
	size_t c = 0;

	while (!sys_exports(sys, c, "posix") || n-- > 0)
		c++;
	return sys->component[c].id;
}

static unsigned shared_shift(size_t ncomponents)
{
	unsigned shift = COS_SLOT_SHIFT;

	while (((uint64_t)ncomponents << shift) > COS_SLOT(1ULL))
		shift--;
	return shift;
}

static bool sees(const struct sys_component *c, const char *owner)
{
	for (size_t i = 0; i < c->sees.n; i++)
		if (!strcmp(c->sees.word[i].text, owner))
			return true;
	return false;
}

static bool reaches(const struct sys *sys, size_t client, size_t owner)
{
	const struct sys_domain *domain = &sys->domain[sys->component[client].domain];

	if (sys->component[client].domain == sys->component[owner].domain)
		return true;
	for (size_t i = 0; i < domain->ncomponents; i++)
		if (sees(&sys->component[domain->component[i]], sys->component[owner].name))
			return true;
	return false;
}

/* The byte of client's row that has the bits of owners 8 * byte to 8 * byte + 7, by their ids. */
static unsigned row_byte(const struct sys *sys, size_t client, size_t byte)
{
	unsigned bits = 0;

	for (size_t id = 8 * byte; id < 8 * byte + 8; id++)
		if (id >= 1 && id <= sys->ncomponents && reaches(sys, client, id - 1))
			bits |= 1U << id % 8;
	return bits;
}

void domain_reach(struct buffer *text, const struct sys *sys)
{
	size_t n = sys->ncomponents, nposix = posix_count(sys);
	size_t slots = COS_SLOT_WINDOW_LAST - COS_SLOT_WINDOW_FIRST + 1;

	buffer_printf(text,
		      "\n\t.section .rodata.cos_system, \"a\", @progbits\n\t.balign 4\n"
		      "\t.globl __cos_system, __cos_roles, __cos_reach\n"
		      "__cos_system:\n\t.long %zu, %u\n",
		      n, shared_shift(n));
	for (size_t slot = 0; slot <= COS_SLOT_WINDOW_LAST; slot++)
		buffer_printf(
			text, "\t.long %zu\n",
			slot < COS_SLOT_WINDOW_FIRST || !nposix
				? 0
				: posix_id(sys, (slot - COS_SLOT_WINDOW_FIRST) * nposix / slots));
	buffer_printf(text, "__cos_roles:\n\t.long 0\n");
	for (size_t c = 0; c < n; c++)
		buffer_printf(text, "\t.long %#" PRIx32 "\n", sys_roles(sys, c));
	buffer_printf(text, "__cos_reach:\n\t.skip %zu\n", n / 8 + 1);
	for (size_t c = 0; c < n; c++)
		for (size_t byte = 0; byte < n / 8 + 1; byte++)
			buffer_printf(text, "\t.byte %#x\n", row_byte(sys, c, byte));
}
