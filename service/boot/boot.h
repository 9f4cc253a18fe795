/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot, the first component. What it makes: see interface/boot/boot.h; from what: cos/image.h.
 *
 *	main.c		the order of things
 *	memory.c	memory taken from the kernel's ranges, capability slots
 *	clock.c		the time of day, the frequency of the TSC
 *	hpet.c		the TSC's frequency, where the older timer does not answer
 *	cores.c		the other cores
 *	build.c		domains and components
 *	handover.c	what mem takes over
 *	roles.c		what certain services get beside
 *
 * All of it runs once, alone, before there is a scheduler; whatever fails ends the system, with a
 *line that says what it was.
 */
#ifndef BOOT_H
#define BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <boot/boot.h>
#include <boot/handover.h>
#include <boot/image.h>
#include <cos/abi.h>
#include <cos/layout.h>

#define PROT_RO COS_PG_READ
#define PROT_RW (COS_PG_READ | COS_PG_WRITE)
#define INVALID UINT32_MAX

struct domain {
	const struct image_domain *image;
	uint32_t captbl; /* capabilities of boot */
	uint32_t pgtbl;
	uint32_t slot0;
	uint64_t pgtbl_paddr;
	bool wired;
};

struct component {
	const struct image_component *image;
	uint32_t comp; /* capability */
	uint32_t init; /* capability: invocation of its domain's init_entry */
};

struct system {
	const struct cos_bootinfo *info;
	const struct image_header *image;
	uint64_t tid;
	struct domain *domain;
	struct component *component;
	uint32_t *pager_cap;  /* of each invocation that is a pager or handler */
	uint32_t framebuffer; /* capability of its pages */
	uint64_t framebuffer_pages;
	uint64_t info_mem; /* the copy of cos_bootinfo that everyone sees */
};
extern struct system boot_system;

/* Ends the system unless result >= 0; what and name say what it was. The result. */
long boot_must(long result, const char *what, const char *name);

const void *image_at(uint32_t offset);
const char *image_string(uint32_t offset);
const struct image_segment *image_segments(void);
const struct image_invocation *image_invocations(void);

/* memory.c */
void memory_init(const struct cos_bootinfo *info);
/* A fresh page, zeroed: its cos_mem. */
uint64_t memory_page(unsigned type);
/* count of them in a row. */
uint64_t memory_pages(unsigned type, uint64_t count);
uint64_t memory_used(unsigned range);
uint32_t memory_cap(void);
/* Sees to it that index of captbl has its leaf. */
void captbl_prepare(uint32_t captbl, uint32_t index);
/* A copy of one of boot's capabilities. */
void captbl_give(uint32_t captbl, uint32_t index, uint32_t source, uint32_t rights);
/* Where a page that memory_page gave is. */
uint64_t memory_paddr(uint64_t mem);
/* Maps a page in the space of pgtbl, making tables as needed. */
void memory_map(uint32_t pgtbl, uint64_t va, uint64_t mem, uint32_t prot);
/* npages zeroed in boot's own domain, at consecutive addresses; mem[i]: their cos_mem, unless NULL.
 */
void *memory_own(size_t npages, uint64_t *mem);

/* What is at a physical address that is not RAM, until the next call; NULL: not to be had. */
const uint8_t *memory_physical(uint64_t paddr, size_t len_bytes);
/* The same, of a device's registers. */
volatile uint8_t *memory_device(uint64_t paddr, size_t len_bytes);

/* clock.c: fills in tsc_hz, and wall_boot_ns from the battery-backed clock, taken to be in UTC. */
void clock_init(struct cos_bootinfo *info);

/* hpet.c: the TSC's frequency, 0: there is no HPET, or it does not count. */
uint64_t hpet_tsc_hz(const struct cos_bootinfo *info);

/* build.c */
void build_domains(void);
void build_components(void);
void build_invocations(void);
/* The component of that role (boot/roles.h), or of that name; NULL. */
struct component *component_of_role(uint32_t role);
struct component *component_named(const char *name);
/* The capability of an invocation's server entry in boot's captbl; token 0. */
uint32_t build_sinv(uint32_t comp, uint64_t entry, uint64_t token);

/* handover.c, roles.c */
void build_handover(void);
void build_roles(void);

struct cos_pair boot_invoke(unsigned long cap, unsigned long arg);
_Noreturn void boot_main(const struct cos_bootinfo *info, uint64_t tid);

#endif
