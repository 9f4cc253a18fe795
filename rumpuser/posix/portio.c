/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The I/O instructions of drivers. A process may not execute in and out: they raise a
 * general-protection exception, which Linux turns into SIGSEGV. For ports of the rump kernel's
 * devices the signal's handler has VFIO perform the access, and the thread continues after the
 * instruction. For all else the previous handling of SIGSEGV applies. So no privilege is needed,
 * and no thread can use other ports. (COS does the same: service/reboot/portio.h.)
 *
 * Supported: in and out of 8, 16 and 32 bits. Not supported: string instructions.
 */
#include "hyp.h"

#include <errno.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include "rumpcomp_pci.h"
#include "vfio.h"

/* SDM 2A, IN; 2B, OUT. String instructions (ins, outs) are not carried out. */
#define PREFIX_OPERAND_SIZE 0x66
#define IN_AL_IMM 0xe4
#define IN_AL_DX 0xec
#define OPCODE_OUT 2  /* bit of the opcode: out */
#define OPCODE_WIDE 1 /* bit of the opcode: ax or eax */

struct portio {
	bool write;
	unsigned width_bytes;
	unsigned length_bytes; /* of the instruction */
	uint16_t port;
};

static struct sigaction before; /* the previous handling of SIGSEGV */

static bool decode(const uint8_t *code, uint64_t rdx, struct portio *io)
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

/* False: not a port of the rump kernel's devices. */
static bool port_access(const struct portio *io, uint32_t *value)
{
	const struct vfio_device *d;

	for (unsigned n = 0; (d = vfio_device_get(n)) != NULL; n++)
		for (const struct vfio_bar *bar = d->bar; bar < d->bar + VFIO_NBARS; bar++) {
			off_t at = (off_t)(bar->offset + io->port - bar->base);
			ssize_t done;

			if (!bar->io || io->port < bar->base ||
			    io->port + io->width_bytes > bar->base + bar->len_bytes)
				continue;
			done = io->write ? pwrite(d->fd, value, io->width_bytes, at)
					 : pread(d->fd, value, io->width_bytes, at);
			return done == (ssize_t)io->width_bytes;
		}
	return false;
}

static bool instruction_done(greg_t *reg)
{
	uint64_t rax = (uint64_t)reg[REG_RAX], mask;
	uint32_t value = (uint32_t)rax;
	struct portio io;

	if (!decode((const uint8_t *)reg[REG_RIP], (uint64_t)reg[REG_RDX], &io) ||
	    !port_access(&io, &value))
		return false;
	mask = io.width_bytes == 4 ? UINT32_MAX : io.width_bytes == 2 ? UINT16_MAX : UINT8_MAX;
	/*
	 * A 32-bit access clears the upper half of the register; 8 and 16 bits do not (SDM 1,
	 * 3.4.1.1).
	 */
	if (!io.write)
		reg[REG_RAX] = (greg_t)((io.width_bytes == 4 ? 0 : rax & ~mask) | (value & mask));
	reg[REG_RIP] += io.length_bytes;
	return true;
}

static void fault(int sig, siginfo_t *info, void *context)
{
	int saved = errno;
	bool done = info->si_code == SI_KERNEL &&
		    instruction_done(((ucontext_t *)context)->uc_mcontext.gregs);

	errno = saved;
	if (done)
		return;
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(sig, info, context);
	else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
		before.sa_handler(sig);
	else
		sigaction(sig, &before, NULL); /* and the instruction faults again */
}

static void handler_install(void)
{
	struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	sigemptyset(&action.sa_mask);
	MUST(sigaction(SIGSEGV, &action, &before));
}

int rumpcomp_pci_iospace_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	MUST(pthread_once(&once, handler_install));
	return 0;
}
