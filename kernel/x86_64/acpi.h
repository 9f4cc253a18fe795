/* SPDX-License-Identifier: BSD-2-Clause */
/* The one thing that the kernel asks ACPI's tables: which cores there are. service/dev reads the rest. */
#ifndef X86_64_ACPI_H
#define X86_64_ACPI_H

#include <stdint.h>

/* APIC ids of at most max cores that can be used (ACPI 6.4, 5.2.12); their number, 0 when nothing
 * says so. rsdp: the root pointer, 0 if unknown. */
unsigned acpi_cores(uint64_t rsdp, uint32_t *id, unsigned max);

#endif
