/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to I/O ports by instructions. No component may execute them (SDM 1, 19.5.2: the kernel
 * gives no I/O permission bit map), since ports are capabilities; but drivers written for a kernel
 * do. The exception comes here, dev says whether the port belongs to a device of the component, and
 * the component goes on behind the instruction. Drivers that care for speed have registers in
 * memory.
 */
#include "port.h"

#include <cos/abi.h>
#include <cos/syscall.h>
#include <dev/dev.h>
#include <mem/mem.h>

#define PREFIX_WORD 0x66
#define OPCODE_MASK 0xf4 /* of the four pairs: bit 0: word, bit 1: out, bit 3: by dx */
#define OPCODE 0xe4
#define OPCODE_WORD 0x01
#define OPCODE_OUT 0x02
#define OPCODE_DX 0x08

/* A system may do without devices. */
extern __typeof__(dev_port) dev_port __attribute__((weak));

bool port_decode(const uint8_t *code, struct port_access *access)
{
	bool word = code[0] == PREFIX_WORD;
	uint8_t opcode = code[word];

	if ((opcode & OPCODE_MASK) != OPCODE)
		return false;
	access->write = opcode & OPCODE_OUT;
	access->immediate = !(opcode & OPCODE_DX);
	access->port = access->immediate ? code[word + 1] : 0;
	access->width_bytes = !(opcode & OPCODE_WORD) ? 1 : word ? 2 : 4;
	access->len_bytes = (uint8_t)(1 + word + access->immediate);
	return true;
}

uint64_t port_merge(uint64_t rax, uint64_t value, unsigned width_bytes)
{
	uint64_t mask = width_bytes == 1 ? 0xff : width_bytes == 2 ? 0xffff : ~0ull;

	/* 32 bits clear the upper half of the register (SDM 1, 3.4.1.1). */
	return (rax & ~mask) | (value & mask & 0xffffffff);
}

/* The instruction's first bytes; zeros where there is nothing to read, which it does not have. */
static void code_read(long comp, uint64_t ip, uint8_t *code, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct cos_pair word = mem_peek(comp, (ip + i) & ~7ul);

		code[i] = word.v0 == 0 ? (uint8_t)((uint64_t)word.v1 >> (ip + i) % 8 * 8) : 0;
	}
}

bool port_emulate(long comp, const uint64_t *reg)
{
	struct port_access a;
	struct cos_pair done;
	uint8_t code[3];
	uint64_t port;

	if (!dev_port)
		return false;
	code_read(comp, reg[COS_REG_IP], code, sizeof(code));
	if (!port_decode(code, &a))
		return false;
	port = a.immediate ? a.port : reg[COS_REG_RDX] & 0xffff;
	done = dev_port(comp, port, a.width_bytes, a.write, reg[COS_REG_RAX]);
	if (done.v0 != 0)
		return false;
	if (!a.write &&
	    cos_op2(COS_CAP_SELF, COS_SELF_FRAME_SET, COS_REG_RAX,
		    port_merge(reg[COS_REG_RAX], (uint64_t)done.v1, a.width_bytes)) != 0)
		return false;
	return cos_op2(COS_CAP_SELF, COS_SELF_FRAME_SET, COS_REG_IP,
		       reg[COS_REG_IP] + a.len_bytes) == 0;
}
