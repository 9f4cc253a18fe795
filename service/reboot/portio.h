/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O instructions of drivers. User level may not execute in and out, which raise a
 * general-protection exception. Drivers that were written for a kernel have them. For ports of a
 * device that belongs to the component, dev does what the instruction asks, and the component
 * continues behind it.
 *
 * Supported: in and out of al, ax and eax, by an immediate port or dx.
 * Not supported: string instructions (ins, outs), other prefixes than the operand size.
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
 * Decode the instruction of these bytes, with that rdx (SDM 2A, IN; 2B, OUT). False: not supported.
 */
bool portio_decode(const uint8_t code[PORTIO_CODE_MAX], uint64_t rdx, struct portio *io);

/*
 * Carry out the instruction that component comp faulted at, and set the registers that it returns
 * to. False: it is no such instruction, or not allowed: a failure.
 */
bool portio_handle(long comp, const uint64_t reg[COS_NREGS]);

#endif
