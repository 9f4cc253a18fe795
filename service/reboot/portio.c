/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O instructions of drivers (portio.h). */
#include "portio.h"

#include <cos/syscall.h>
#include <dev/control.h>
#include <mem/control.h>

#define PREFIX_OPERAND_SIZE 0x66
#define IN_AL_IMM 0xe4
#define IN_AL_DX 0xec
#define OPCODE_OUT 2  /* in the opcode: the other direction */
#define OPCODE_WIDE 1 /* ax or eax */

/* A small system has no dev. */
extern __typeof__(dev_port_read) dev_port_read __attribute__((weak));
extern __typeof__(dev_port_write) dev_port_write __attribute__((weak));

bool portio_decode(const uint8_t code[PORTIO_CODE_MAX], uint64_t rdx, struct portio *io)
{
	unsigned n = code[0] == PREFIX_OPERAND_SIZE;
	uint8_t opcode = code[n++], kind = opcode & (uint8_t) ~(OPCODE_OUT | OPCODE_WIDE);

	if (kind != IN_AL_IMM && kind != IN_AL_DX)
		return false;
	io->write = opcode & OPCODE_OUT;
	io->width_bytes = !(opcode & OPCODE_WIDE) ? 1 : code[0] == PREFIX_OPERAND_SIZE ? 2 : 4;
	io->port = kind == IN_AL_IMM ? code[n++] : (uint16_t)rdx;
	io->length_bytes = n;
	return true;
}

/* The bytes at the instruction pointer, which may cross from one word to the next. */
static bool code_get(long comp, uint64_t ip, uint8_t code[PORTIO_CODE_MAX])
{
	struct cos_pair word = {0};

	for (unsigned n = 0; n < PORTIO_CODE_MAX; n++) {
		if (n == 0 || (ip + n) % 8 == 0)
			word = mem_peek(comp, (ip + n) & ~7ul);
		/*
		 * A shorter instruction may be the last of its page, with nothing mapped behind it.
		 */
		code[n] = word.v0 == 0 ? (uint8_t)((uint64_t)word.v1 >> 8 * ((ip + n) & 7)) : 0;
		if (word.v0 != 0 && n == 0)
			return false;
	}
	return true;
}

static void frame_set(unsigned n, uint64_t value)
{
	cos_op2(COS_CAP_SELF, COS_SELF_CALLER_SET, n, value);
}

bool portio_handle(long comp, const uint64_t reg[COS_NREGS])
{
	uint8_t code[PORTIO_CODE_MAX];
	struct portio io;
	uint64_t mask, rax = reg[COS_REG_RAX];

	if (!dev_port_read || !dev_port_write || !code_get(comp, reg[COS_REG_IP], code) ||
	    !portio_decode(code, reg[COS_REG_RDX], &io))
		return false;
	mask = io.width_bytes == 4 ? UINT32_MAX : io.width_bytes == 2 ? UINT16_MAX : UINT8_MAX;
	if (io.write) {
		if (dev_port_write(comp, io.port, io.width_bytes, rax & mask) < 0)
			return false;
	} else {
		struct cos_pair in = dev_port_read(comp, io.port, io.width_bytes);

		if (in.v0 < 0)
			return false;
		/* 32 bits clear what is above them; 8 and 16 leave it (SDM 1, 3.4.1.1). */
		rax = io.width_bytes == 4 ? 0 : rax & ~mask;
		frame_set(COS_REG_RAX, rax | ((uint64_t)in.v1 & mask));
	}
	frame_set(COS_REG_IP, reg[COS_REG_IP] + io.length_bytes);
	return true;
}
