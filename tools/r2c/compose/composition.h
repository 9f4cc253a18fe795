/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A composition file as written, with the line of everything in it (docs/composition.md has the
 * format). What is wrong together with the objects of components is found by system.h.
 */
#ifndef R2C_COMPOSE_COMPOSITION_H
#define R2C_COMPOSE_COMPOSITION_H

#include <stdbool.h>
#include <stdint.h>
#include "pool.h"

struct conf_word {
	const char *text;
	int line;
};

struct conf_list {
	struct conf_word *word;
	size_t n;
	bool given; /* perhaps as an empty one */
};

struct conf_domain {
	const char *name;
	int line;
	struct conf_list components;
};

struct conf_component {
	const char *name;
	int line;
	struct conf_word object;
	struct conf_word rump;	    /* text NULL: the one in this tree, or none */
	struct conf_list libraries; /* of NetBSD's rump kernel */
	struct conf_list roles;	    /* that it has besides those of its name and exports */
	struct conf_list imports;   /* not given: whatever its object asks for */
	struct conf_list sees;
	struct conf_list devices;
	struct conf_list params;
	uint64_t memory_bytes; /* 0: no limit */
	uint64_t priority;
	long cpu_percent; /* of a core; 0: no limit */
	int cpu_line;
};

struct conf_mount {
	const char *path;
	int line;
	struct conf_word type;
	struct conf_word device; /* text NULL: none */
	struct conf_list options;
};

struct conf_program {
	const char *path;
	int line;
	struct conf_list args;
	struct conf_list env;
	const char *cwd;
	bool stdin_null;
	long cpu_percent; /* as a component's */
};

struct conf_network {
	const char *hostname; /* NULL: not given */
	const char *address;  /* "none", "dhcp" or "ADDRESS/PREFIX"; NULL: no network section */
	const char *gateway;
	const char *dns;
	int line;
};

struct conf_blob {
	const char *name;
	int line;
	struct conf_word file;
	struct conf_word component; /* text NULL: boot's only */
};

struct conf_machine {
	uint64_t memory_bytes;
	long cpus;
	struct conf_list disks;
	bool transitional; /* virtio devices with the interface from before 1.0, too */
	bool iommu;	   /* all devices are behind one */
	bool net;
	struct conf_list forwards;
};

struct composition {
	struct pool pool;
	const char *file;
	const char *name;
	const char *cmdline;
	struct conf_list services;
	struct conf_list interfaces;
	struct conf_domain *domain;
	size_t ndomains;
	struct conf_component *component;
	size_t ncomponents;
	struct conf_mount *mount;
	size_t nmounts;
	struct conf_blob *blob;
	size_t nblobs;
	struct conf_program *program; /* the first is the main one: the system ends with it */
	size_t nprograms;
	struct conf_network network;
	struct conf_machine machine;
};

#define CONF_MEMORY_DEFAULT (512ULL << 20)
#define CONF_PRIORITY_DEFAULT 4

/* Read FILE. False: every mistake that could be found has been reported. composition_free either
 * way. */
bool composition_read(struct composition *conf, const char *file);
void composition_free(struct composition *conf);

/* "64M" and the like in bytes; false when text is no size or too large. */
bool size_parse(const char *text, uint64_t *bytes);
/* A port forwarding "HOST:GUEST", both 1 to 65535. */
bool forward_parse(const char *text, unsigned *host, unsigned *guest);

#endif
