/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payload of a bootable image (cos/image.h): its tables, for boot and for the services that
 * boot maps them for.
 * Audience: r2c, boot, dev, reboot.
 */
#ifndef INTERFACE_BOOT_IMAGE_H
#define INTERFACE_BOOT_IMAGE_H

#include <cos/image.h>
#include <boot/roles.h>

struct image_table {
	uint32_t offset;
	uint32_t count;
};

struct image_header {
	struct image_first first;
	struct image_table domains;
	struct image_table segments;
	struct image_table components;
	struct image_table invocations;
	struct image_table devices;
	struct image_table blobs;
	uint32_t name; /* of the system; strings are offsets from the payload's start */
	uint32_t cmdline;
};

/* A protection domain: one executable linked by r2c, at most one page table. */
struct image_domain {
	uint32_t name;
	uint32_t first_segment;
	uint32_t nsegments;
	uint32_t symbols; /* blob: its ELF file with symbols, for backtraces; ~0: none */
	/*
	 * copyin and copyout: a fault at [copy_start, copy_end) on a window or shared address that
	 * mem cannot resolve resumes at copy_fault
	 */
	uint64_t copy_start;
	uint64_t copy_end;
	uint64_t copy_fault;
	uint64_t memory_limit_bytes; /* 0: none */
	uint64_t init_entry; /* boot enters here: rdi = a component's init; returns its result */
};

struct image_component {
	uint32_t name;
	uint32_t id;	 /* component id, from 1; boot is 1 */
	uint32_t domain; /* index */
	uint32_t role;	 /* enum component_role */
	uint64_t init;	 /* address of its component_init, long (*)(void); called by init_entry */
	uint64_t interrupt_prio;
	uint32_t params; /* string list: "KEY=VALUE" NUL ... NUL NUL (already linked in as well) */
	int32_t pager;	 /* index into invocations, -1: none (mem, sched, boot) */
	int32_t handler;
	uint32_t sees; /* string list: the components whose windows and shared buffers it sees */
};

/*
 * One sinv capability: in the captbl of the client's domain, index cap leads to the server's entry.
 */
struct image_invocation {
	uint32_t client; /* component index; the domain's captbl gets it */
	uint32_t server; /* component index */
	uint32_t cap;
	uint32_t token; /* component id of the client */
	uint64_t entry;
	uint32_t function; /* name */
	uint32_t flags;	   /* IMAGE_INV_* */
};
#define IMAGE_INV_PAGER 1 /* not in a captbl: to be given to components as their pager */
#define IMAGE_INV_HANDLER 2
#define IMAGE_INV_GATE 4 /* posix_gate: for the programs that client creates by mem_as_create */
#define IMAGE_INV_PROGRAM_HANDLER 8 /* posix_exception, likewise */

/*
 * A PCI device for a component, by what it is, "vendor:device[#n]" in hex, n-th of its kind from 0.
 */
#define IMAGE_DEVICE_ALL ((uint32_t)-1) /* as nth: every one of its kind */
struct image_device {
	uint32_t component;
	uint16_t vendor;
	uint16_t device;
	uint32_t nth; /* or IMAGE_DEVICE_ALL */
	uint32_t reserved;
};

/* A named piece of data: read by the component through libcos (cos_blob). */
struct image_blob {
	uint32_t name;
	uint32_t component; /* whose domain it is mapped into, read-only; ~0: boot's only */
	uint64_t offset;    /* page-aligned */
	uint64_t len_bytes;
};

#endif
