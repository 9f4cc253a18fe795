/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to device registers. In a file of its own, so that a test can substitute a model of a
 * device.
 */
#include "dev/virtio/virtio.h"

uint8_t virtio_mmio_read8(const volatile void *addr)
{
	return *(const volatile uint8_t *)addr;
}

uint16_t virtio_mmio_read16(const volatile void *addr)
{
	return *(const volatile uint16_t *)addr;
}

uint32_t virtio_mmio_read32(const volatile void *addr)
{
	return *(const volatile uint32_t *)addr;
}

void virtio_mmio_write8(volatile void *addr, uint8_t v)
{
	*(volatile uint8_t *)addr = v;
}

void virtio_mmio_write16(volatile void *addr, uint16_t v)
{
	*(volatile uint16_t *)addr = v;
}

void virtio_mmio_write32(volatile void *addr, uint32_t v)
{
	*(volatile uint32_t *)addr = v;
}
