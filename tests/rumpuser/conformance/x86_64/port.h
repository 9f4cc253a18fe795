/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports, for the checks of PCI devices. */
#ifndef RUMPUSER_TESTS_X86_64_PORT_H
#define RUMPUSER_TESTS_X86_64_PORT_H

#include <stdint.h>

static inline uint32_t in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port));
}

#endif
