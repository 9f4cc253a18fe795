/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains and components as boot built them, and programs as they come and go.
 *
 * I1  A domain that boot built exists for ever, as do its components. Their ids and order are
 *     boot's.
 * I2  A program is a component in a domain of its own. Its id is used again, lowest first, when it
 *     is gone; until then its creator alone may name it (program_get).
 * I3  A stopped domain keeps its memory and its stacks, for reboot and debuggers to look at.
 * I4  The slot of a program's window is the program's alone, in every space (window_take).
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
	bool stopped;	   /* I3 */
	bool wired;	   /* no pager: the stack of each thread is there before it enters */
	uint32_t next_cap; /* index in captbl for the next end-point of one of its threads */
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
	bool ending;	     /* destroyed together with its last thread */
	uint32_t comp_frame; /* frames of kernel objects */
	uint32_t pgtbl_frame;
};

/* Take over what boot has built. False: out of memory. */
bool domain_init(const struct boot_handover *handover);

size_t domain_count(void);
struct domain *domain_get(size_t index);
uint32_t domain_empty_captbl(void); /* which all programs have */
uint32_t domain_pager(void);	    /* capability */

/* The component or program of that id, or NULL. */
struct component *component_get(long id);
/* Every id is below this. */
uint32_t component_limit(void);
/* Give component an id, under which it is found from now on; 0: out of memory. */
uint32_t component_add(struct component *component);
void component_remove(struct component *component);
/* The component or program that called the interface function. */
struct component *component_client(void);
/* The component of that role (boot/roles.h), or NULL. */
struct component *component_by_role(uint32_t role);

/* Is `of` in the domain, or does a component of the domain see its memory (`sees`)? */
bool domain_sees(const struct domain *domain, const struct component *of);

/* The program whose window is at slot, or NULL. */
struct component *window_get(uint64_t slot);
/* A free slot of its creator's (cos/reach.h), which is the program's from now on; 0: none. */
uint32_t window_take(struct component *program);
void window_give(uint32_t slot);

#endif
