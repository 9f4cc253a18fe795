/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The I/O instructions of drivers. User level may not execute in and out: they are a
 * general-protection exception. Drivers that were written for a kernel have them; for such a
 * component, and for the ports of a device that is its own, dev does what the instruction asks and
 * the component goes on behind it.
 */
#ifndef SERVICE_REBOOT_PORTIO_H
#define SERVICE_REBOOT_PORTIO_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/abi.h>

struct portio {
	bool write;
	unsigned width_bytes;
	unsigned length_bytes; /* of the instruction */
	uint16_t port;
};

#define PORTIO_CODE_MAX 3 /* bytes of the longest of these instructions */

/*
 * What the instruction of these bytes is, with dx in the register (SDM 2A, IN; 2B, OUT). False: not
 * one of in and out of al, ax, eax. String instructions (ins, outs) are none.
 */
bool portio_decode(const uint8_t code[PORTIO_CODE_MAX], uint64_t rdx, struct portio *io);

/* Do it for component comp; the frame is the one that we were entered with. False: it is a failure.
 */
bool portio_handle(long comp, const uint64_t reg[COS_NREGS]);

#endif
