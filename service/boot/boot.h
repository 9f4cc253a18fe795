/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot, the first component: it builds the system from the image (boot/image.h). What it leaves
 * behind is in boot/boot.h and boot/handover.h.
 *
 *	main.c		the order of all steps
 *	memory.c	memory from the kernel's ranges, capability slots
 *	clock.c		the time of day, the frequency of the TSC
 *	hpet.c		the frequency of the TSC, where the older timer does not count
 *	cores.c		the other cores
 *	build.c		domains and components
 *	handover.c	what mem takes over
 *	roles.c		what components with a role get besides
 *
 * I1  All of it runs once, in one thread, before there is a scheduler. A failure ends the system
 *     with a line that says what failed (boot_must); there is nothing to undo.
 * I2  Until build_handover reads them, memory and capabilities belong to boot. Afterwards boot
 *     takes no memory: what it has not used is mem's.
 * I3  mem starts before sched, sched before all others, and these in the order of the image: each
 *     comes after the components that it imports from (r2c refuses a circle).
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
	uint64_t info_mem; /* the page of cos_bootinfo that all domains have */
};
extern struct system boot_system;

/* The result, if it is not negative. Else end the system; what and name say what failed. */
long boot_must(long result, const char *what, const char *name);

const void *image_at(uint32_t offset);
const char *image_string(uint32_t offset);
const struct image_segment *image_segments(void);
const struct image_invocation *image_invocations(void);

/* memory.c */
void memory_init(const struct cos_bootinfo *info);
/* A zeroed page: its cos_mem. */
uint64_t memory_page(unsigned type);
/* The first of count contiguous pages. */
uint64_t memory_pages(unsigned type, uint64_t count);
uint64_t memory_used(unsigned range);
uint32_t memory_cap(void);
/* Make the leaf for index of captbl, unless it is there. */
void captbl_prepare(uint32_t captbl, uint32_t index);
/* Copy one of boot's capabilities to index of captbl. */
void captbl_give(uint32_t captbl, uint32_t index, uint32_t source, uint32_t rights);
/* The physical address of a page that memory_page gave. */
uint64_t memory_paddr(uint64_t mem);
/* Map a page in the space of pgtbl, making tables as needed. */
void memory_map(uint32_t pgtbl, uint64_t va, uint64_t mem, uint32_t prot);
/*
 * npages, zeroed, at consecutive addresses of boot's own domain; mem[i]: their cos_mem, unless
 * NULL.
 */
void *memory_own(size_t npages, uint64_t *mem);

/* The bytes at a physical address that is not RAM, until the next call; NULL: cannot be mapped. */
const uint8_t *memory_physical(uint64_t paddr, size_t len_bytes);
/* The same for the registers of a device. */
volatile uint8_t *memory_device(uint64_t paddr, size_t len_bytes);

/*
 * clock.c: fill in tsc_hz, and wall_boot_ns from the battery-backed clock, which is taken as UTC.
 */
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
/* A capability in boot's captbl that invokes entry of comp with that token. */
uint32_t build_sinv(uint32_t comp, uint64_t entry, uint64_t token);

/* handover.c, roles.c */
void build_handover(void);
void build_roles(void);

struct cos_pair boot_invoke(unsigned long cap, unsigned long arg);
_Noreturn void boot_main(const struct cos_bootinfo *info, uint64_t tid);

#endif
