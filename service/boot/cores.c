/* SPDX-License-Identifier: BSD-2-Clause */
/* The start of the other cores (cores.h), by INIT and STARTUP (SDM 3A, 8.4.4.1). */
#include <cos/clock.h>
#include <cos/syscall.h>
#include "cores.h"

#define HZ_OF_MS 1000
#define HZ_OF_US 1000000
/* The first two are the SDM's. The last is for a host that is slow to give the core a processor. */
#define INIT_MS 10
#define STARTUP_US 200
#define UP_MS 5000

static void wait_until(uint64_t tsc)
{
	while (cos_tsc() < tsc)
		(void)cos_op2(COS_BOOT_HW, COS_HW_IDLE, tsc, 0);
}

static long core_start(const struct cores_host *host, uint32_t apic_id, uint64_t memory)
{
	long count = cos_op1(COS_BOOT_HW, COS_HW_CORE_STARTUP, 0);
	long error = cos_op2(COS_BOOT_HW, COS_HW_CORE_INIT, apic_id, memory);

	if (error)
		return error;
	wait_until(cos_tsc() + host->tsc_hz / HZ_OF_MS * INIT_MS);
	(void)cos_op1(COS_BOOT_HW, COS_HW_CORE_STARTUP, 1);
	wait_until(cos_tsc() + host->tsc_hz / HZ_OF_US * STARTUP_US);
	(void)cos_op1(COS_BOOT_HW, COS_HW_CORE_STARTUP, 1);
	for (unsigned ms = 0; ms < UP_MS; ms++) {
		if (cos_op1(COS_BOOT_HW, COS_HW_CORE_STARTUP, 0) > count)
			return 0;
		wait_until(cos_tsc() + host->tsc_hz / HZ_OF_MS);
	}
	return -COS_ETIMEDOUT;
}

static void cores_start_all(const struct cores_host *host, const uint8_t *madt, size_t len)
{
	uint32_t apic_id;
	uint64_t memory = 0;

	/* With a single core there is nothing to start. */
	if (acpi_core(madt, len, 1, &apic_id))
		return;
	for (unsigned n = 0; acpi_core(madt, len, n, &apic_id) == 0; n++) {
		long error;

		if (memory == 0)
			memory = host->memory();
		error = core_start(host, apic_id, memory);
		if (error == 0)
			memory = 0;
		else if (error != -COS_EEXIST) {
			host->failed(apic_id, error);
			return;
		}
	}
}

uint32_t cores_start(const struct cos_bootinfo *info, const struct cores_host *host)
{
	const uint8_t *madt = NULL;
	uint64_t paddr;
	size_t len;

	if (acpi_table_find(host->map, info->rsdp, ACPI_MADT, ACPI_MADT_MIN, &paddr, &len) == 0)
		madt = host->map(paddr, len);
	if (madt != NULL)
		cores_start_all(host, madt, len);
	return (uint32_t)cos_op1(COS_BOOT_HW, COS_HW_CORE_STARTUP, 0);
}
