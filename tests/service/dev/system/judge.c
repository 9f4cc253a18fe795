/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the intruder reach for memory of the keeper, and asks the keeper whether that is unchanged.
 * With an IOMMU it must be; without one it must not be, or the test would show nothing.
 */
#include <stdbool.h>
#include <stdint.h>
#include <cos/abi.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/string.h>
#include <reboot/system.h>
#include <sched/sched.h>
#include "intruder.h"
#include "keeper.h"

#define TIMES 20
#define DEVICE_NS (500 * COS_NS_PER_MS) /* five times as long as the device takes */

long component_init(void);

static bool all_passed = true;

static void report(const char *name, bool passed)
{
	cos_log("%s %s\n", passed ? "PASS" : "FAIL", name);
	all_passed = all_passed && passed;
}

static bool done(long what, unsigned long paddr, long *value)
{
	struct cos_pair result = intruder_do(what, paddr);

	if (result.v0 != 0)
		cos_log("judge: intruder_do(%ld) failed: %ld\n", what, result.v0);
	*value = result.v1;
	return result.v0 == 0;
}

static void pause(void)
{
	uint64_t until_ns = cos_now_ns() + DEVICE_NS;

	while (cos_now_ns() < until_ns)
		sched_park(until_ns);
}

/* Memory that was the intruder's becomes the keeper's. */
static void once_its_own(const char *name, long what, bool confined)
{
	long paddr = 0, value, error;

	if (!done(what, 0, &paddr))
		return report(name, false);
	error = keeper_take((unsigned long)paddr);
	if (error) {
		cos_log("judge: the keeper did not get 0x%lx: %ld\n", paddr, error);
		return report(name, false);
	}
	report(name,
	       done(INTRUDER_WRITE, (unsigned long)paddr, &value) && keeper_intact() == confined);
}

long component_init(void)
{
	const char *iommu = cos_param("IOMMU");
	bool confined = iommu && strcmp(iommu, "true") == 0;
	long value = 0;
	unsigned long target = (unsigned long)keeper_memory();

	report("its own memory for DMA", done(INTRUDER_OWN, 0, &value));
	report("its stack and heap", done(INTRUDER_STACK, 0, &value));
	report("another's memory is written to",
	       done(INTRUDER_WRITE, target, &value) && keeper_intact() == confined);
	report("another's memory is read",
	       done(INTRUDER_READ, target, &value) && (value == keeper_secret()) == !confined);
	report("its own that it may only read is written to",
	       done(INTRUDER_OWN, 0, &value) && done(INTRUDER_READ_ONLY, 0, &value) &&
		       value == !confined);
	once_its_own("what was its own for DMA is written to", INTRUDER_FREED, confined);
	once_its_own("what was its own heap is written to", INTRUDER_UNMAPPED, confined);
	/* More faults than the log reports. */
	for (int i = 0; confined && i < TIMES; i++)
		all_passed = done(INTRUDER_WRITE, target, &value) && all_passed;
	/* Its device does not outlive it, with or without an IOMMU. */
	report("it fails",
	       intruder_do(INTRUDER_DIE, (unsigned long)keeper_memory()).v0 == -COS_EREBOOT);
	pause();
	report("its device writes when it has failed", keeper_intact() == 1);
	cos_log("judge: done\n");
	reboot_system(!all_passed);
	return 0;
}
