/* SPDX-License-Identifier: BSD-2-Clause */
/* The role that a component has because of its name: the table interface/boot/roles.h. */
#ifndef R2C_COMPOSE_ROLES_H
#define R2C_COMPOSE_ROLES_H

#include <boot/roles.h>

/* COMPONENT_PLAIN: none. Only here are names of components compared. */
enum component_role role_find(const char *name);
const char *role_name(enum component_role role);
unsigned role_traits(enum component_role role); /* ROLE_* */

#endif
