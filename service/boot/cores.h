/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start the other cores, by COS_BOOT_HW, whose scheduler thread the caller is. Used by boot, and by
 * the kernel's tests.
 */
#ifndef SERVICE_BOOT_CORES_H
#define SERVICE_BOOT_CORES_H

#include <stdint.h>
#include <cos/abi.h>
#include "../acpi/acpi.h"

struct cores_host {
	acpi_map_fn *map;
	/* COS_CORE_PAGES contiguous pages of kernel type, below 4 GiB: the cos_mem of the first. */
	uint64_t (*memory)(void);
	uint64_t tsc_hz;
	/* A core does not start, and those after it are left out. COS_ETIMEDOUT: no answer. */
	void (*failed)(uint32_t apic_id, long error);
};

/* Start the cores that ACPI lists. The number of all that run. */
uint32_t cores_start(const struct cos_bootinfo *info, const struct cores_host *host);

#endif
