/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cores beside the one that booted, started by the first component: here boot, and the kernel's
 * tests have another one. By COS_BOOT_HW, whose scheduler thread the caller is.
 */
#ifndef SERVICE_BOOT_CORES_H
#define SERVICE_BOOT_CORES_H

#include <stdint.h>
#include <cos/abi.h>
#include "../acpi/acpi.h"

struct cores_host {
	acpi_map_fn *map;
	/* COS_CORE_PAGES pages of kernel type in a row, below 4 GiB: the first one's cos_mem. */
	uint64_t (*memory)(void);
	uint64_t tsc_hz;
	/* A core does not start, and those after it are left out. -COS_ETIMEDOUT: it does not
	 * answer. */
	void (*failed)(uint32_t apic_id, long error);
};

/* Starts those that ACPI says there are; the number of all that run. */
uint32_t cores_start(const struct cos_bootinfo *info, const struct cores_host *host);

#endif
