/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who there is: domains and components as boot built them, and programs as they come and go. A
 * program is a component in a domain of its own.
 */
#ifndef MEM_DOMAIN_H
#define MEM_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <boot/handover.h>
#include <cos/layout.h>
#include "cap.h"
#include "space.h"

struct domain {
	struct space space;
	uint32_t captbl; /* capability */
	struct cap_leaves leaves;
	uint64_t copy_start;
	uint64_t copy_end;
	uint64_t copy_fault;
	uint64_t pgtbl_paddr;
	bool stopped;	   /* its memory stays as it was, for whoever looks at it */
	bool wired;	   /* no pager: the stacks of all threads are there from the start */
	uint32_t next_cap; /* captbl: end-points of its threads are given from here on */
};

struct component {
	uint32_t id;
	uint32_t comp;	/* capability; 0: none */
	uint32_t role;	/* enum component_role; of a program COMPONENT_PLAIN */
	uint32_t flags; /* BOOT_COMP_* */
	struct domain *domain;
	const struct boot_component *boot; /* NULL: a program */
	/* of a program */
	struct component *creator;
	uint32_t slot; /* of its window */
	uint32_t nthreads;
	bool ending;	     /* goes with its last thread */
	uint32_t comp_frame; /* kernel objects */
	uint32_t pgtbl_frame;
};

/* From what boot hands over. False: out of memory. */
bool domain_init(const struct boot_handover *handover);

size_t domain_count(void);
struct domain *domain_get(size_t index);
uint32_t domain_empty_captbl(void); /* for programs */
uint32_t domain_pager(void);	    /* capability */

/* The component or program of that id, or NULL. */
struct component *component_get(long id);
/* All ids are below. */
uint32_t component_limit(void);
/* A new id, known to be component's; 0: out of memory. */
uint32_t component_add(struct component *component);
void component_remove(struct component *component);
/* The caller of the interface function we are in. */
struct component *component_client(void);
/* That has the role, or NULL. */
struct component *component_by_role(uint32_t role);

/* Does the domain have components that see of's memory, or of itself? */
bool domain_sees(const struct domain *domain, const struct component *of);

/* The program whose window is at slot, or NULL. */
struct component *window_get(uint64_t slot);
/* A free slot, now program's; 0: none. */
uint32_t window_take(struct component *program);
void window_give(uint32_t slot);

#endif
