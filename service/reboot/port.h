/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that a component may not execute, done for it. */
#ifndef SERVICE_REBOOT_PORT_H
#define SERVICE_REBOOT_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct port_access {
	bool write;
	bool immediate; /* the port is in the instruction, else in dx */
	uint8_t port;
	uint8_t width_bytes;
	uint8_t len_bytes; /* of the instruction */
};

/* IN and OUT with one value (SDM 2A, IN; 2B, OUT), not their string forms. code: 3 bytes. */
bool port_decode(const uint8_t *code, struct port_access *access);
/* What rax is after the value was read. */
uint64_t port_merge(uint64_t rax, uint64_t value, unsigned width_bytes);

/* A general protection fault of component comp: true, it was access to a port of its own, and the
 * exception's registers are those after it. */
bool port_emulate(long comp, const uint64_t *reg);

#endif
