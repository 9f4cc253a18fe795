/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A composition together with the objects of its components: exports and imports, what each
 * component is given, the order in which components start. Everything that can be wrong with a
 * composition besides its grammar is found here, before anything is linked.
 */
#ifndef R2C_COMPOSE_SYSTEM_H
#define R2C_COMPOSE_SYSTEM_H

#include "composition.h"
#include "interface.h"
#include "object.h"
#include "roles.h"

#define SYS_NONE ((size_t)-1)

struct sys_component {
	const char *name;
	enum component_role role; /* by that name */
	size_t domain;
	int line;			   /* where the composition names it, 0: it does not */
	const struct conf_component *conf; /* NULL: no section of its own */
	const char *object_path;
	struct object object;
	size_t id;		 /* component id: 1 for boot; in the order of start */
	struct conf_list params; /* as given to the component, posix's included */
	struct conf_list sees;	 /* components whose windows and shared buffers it sees */
	struct sys_device *device;
	size_t ndevices;
};

struct sys_domain {
	const char *name;
	size_t *component; /* indices */
	size_t ncomponents;
};

#define SYS_DEVICE_ALL ((uint32_t)-1)
struct sys_device {
	uint16_t vendor;
	uint16_t device;
	uint32_t nth; /* SYS_DEVICE_ALL: every one */
};

/* A function that a component calls. */
struct sys_import {
	size_t client;
	size_t server;
	size_t function;
	bool weak;
	bool crossing; /* from one domain to another */
};

/* Function exported by a component. */
struct sys_export {
	size_t component;
	size_t function;
	bool entry; /* the component supplies the entry itself, as __cos_entry_FUNCTION */
};

struct sys {
	struct pool pool;
	const char *top; /* of the tree */
	struct composition *conf;
	struct functions functions;
	struct sys_domain *domain; /* boot's first */
	size_t ndomains;
	struct sys_component *component; /* in the order of start, boot first */
	size_t ncomponents;
	struct sys_import *import;
	size_t nimports;
	struct sys_export *export;
	size_t nexports;
	size_t nbudgets; /* budgets of CPU time that sched gets */
};

/* False: the mistakes are reported. sys_free either way; conf must outlive it. */
bool sys_read(struct sys *sys, struct composition *conf, const char *top);
void sys_free(struct sys *sys);

/* Indices; SYS_NONE: there is no such component, or nothing exports that. */
size_t sys_component(const struct sys *sys, const char *name);
size_t sys_role(const struct sys *sys, enum component_role role);
size_t sys_export(const struct sys *sys, const char *function);
/* The component that exports functions of an interface. */
size_t sys_exporter(const struct sys *sys, const char *interface);
/* Does component c export functions of an interface? */
bool sys_exports(const struct sys *sys, size_t c, const char *interface);
/* A bit for each role that component c has: 1 << enum component_role, COMPONENT_POSIX included. */
uint32_t sys_roles(const struct sys *sys, size_t c);

#endif
