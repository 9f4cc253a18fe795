/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ACPI says of DMA remapping (Intel VT-d 4.1, 8.1 to 8.3). acpi_table_find has verified the
 * table as a whole.
 *
 * Not supported: reserved memory regions (8.4). A device that needs one is refused, and the log
 * says so. PCI segments other than 0.
 */
#ifndef SERVICE_DEV_DMAR_H
#define SERVICE_DEV_DMAR_H

#include <stddef.h>
#include <stdint.h>

#define DMAR_UNITS 48 /* the table starts with so many bytes before its units */

/*
 * Where the registers of remapping unit n of PCI segment 0 are. 0; -COS_ENOENT: there is none;
 * -COS_EINVAL: the table is corrupt.
 */
long dmar_unit(const uint8_t *dmar, size_t len_bytes, unsigned n, uint64_t *paddr);

#endif
