/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O interrupt controller (ioapic.h). */
#include <cos/abi.h>

#include "ioapic.h"

/* An index register and a window onto the register that it names (82093AA 3.1). */
#define IOREGSEL (0x00 / 4)
#define IOWIN (0x10 / 4)
#define REG_VERSION 1
#define REG_REDIRECTION(pin) (0x10 + 2 * (pin))
#define VERSION_LAST_PIN(value) ((value) >> 16 & 0xff)
/* Redirection entry, 82093AA 3.2.4; trigger mode and delivery mode 0 are edge and fixed. */
#define REDIRECTION_ACTIVE_LOW (1u << 13)
#define REDIRECTION_MASKED (1u << 16)
#define REDIRECTION_DESTINATION_SHIFT 24

static uint32_t reg_read(volatile uint32_t *regs, uint32_t reg)
{
	regs[IOREGSEL] = reg;
	return regs[IOWIN];
}

static void reg_write(volatile uint32_t *regs, uint32_t reg, uint32_t value)
{
	regs[IOREGSEL] = reg;
	regs[IOWIN] = value;
}

long ioapic_route(volatile uint32_t *regs, uint32_t pin, bool active_low, uint8_t vector,
		  uint8_t apic_id)
{
	uint32_t low = REG_REDIRECTION(pin);

	if (pin > VERSION_LAST_PIN(reg_read(regs, REG_VERSION)))
		return -COS_EINVAL;
	/* Masked while the two halves do not match. */
	reg_write(regs, low, REDIRECTION_MASKED);
	reg_write(regs, low + 1, (uint32_t)apic_id << REDIRECTION_DESTINATION_SHIFT);
	reg_write(regs, low, vector | (active_low ? REDIRECTION_ACTIVE_LOW : 0));
	return 0;
}

void ioapic_mask(volatile uint32_t *regs, uint32_t pin)
{
	if (pin <= VERSION_LAST_PIN(reg_read(regs, REG_VERSION)))
		reg_write(regs, REG_REDIRECTION(pin), REDIRECTION_MASKED);
}
