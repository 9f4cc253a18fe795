/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of roles, by role and by name. */
#include <string.h>
#include "roles.h"

#define ROLE_ENTRY(role, name, traits, rights, gifts) [COMPONENT_##role] = {name, traits},
static const struct role {
	const char *name;
	unsigned traits;
} roles[COMPONENT_NROLES] = {[COMPONENT_PLAIN] = {"", 0}, COMPONENT_ROLES(ROLE_ENTRY)};

enum component_role role_find(const char *name)
{
	for (unsigned i = COMPONENT_PLAIN + 1; i < COMPONENT_NROLES; i++)
		if (!strcmp(roles[i].name, name))
			return (enum component_role)i;
	return COMPONENT_PLAIN;
}

const char *role_name(enum component_role role)
{
	return roles[role].name;
}

unsigned role_traits(enum component_role role)
{
	return roles[role].traits;
}
