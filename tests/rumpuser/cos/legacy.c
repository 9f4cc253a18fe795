/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver of the older kind, for a virtio entropy device with the legacy interface (virtio 1.2,
 * 4.1.4.10): its registers are I/O ports, accessed by in and out, and its interrupt is a line.
 * Every round must bring an interrupt and other numbers.
 */
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <reboot/system.h>

#include "no_kernel.h"
#include "rumpcomp_pci.h"

#define ROUNDS 50
#define BYTES 64
#define PATIENCE_NS (20 * COS_NS_PER_S)

#define CONF_COMMAND 0x04
#define CONF_BAR0 0x10
#define CONF_INTERRUPT 0x3c
#define COMMAND_IO_MASTER 5
/* Ports, from BAR 0. */
#define QUEUE_ADDRESS 8
#define QUEUE_SIZE 12
#define QUEUE_SELECT 14
#define QUEUE_NOTIFY 16
#define STATUS 18
#define ISR 19
#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER 2
#define STATUS_DRIVER_OK 4
/* The queue (2.7): descriptors, available, and at the next page used. */
#define DESC_F_WRITE 2
struct desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};
struct used {
	uint16_t flags, idx;
	struct {
		uint32_t id, len;
	} ring[];
};

static struct cos_sem interrupted;
static unsigned short base;
static _Atomic long acknowledged;
static long failures;

long component_init(void);

static void check(const char *what, long is, long wanted)
{
	if (is == wanted)
		return;
	cos_log("legacy: %s: %ld, not %ld\n", what, is, wanted);
	failures++;
}

static uint8_t in8(unsigned short port)
{
	uint8_t value;

	__asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"((unsigned short)(base + port)));
	return value;
}

static uint16_t in16(unsigned short port)
{
	uint16_t value;

	__asm__ volatile("inw %w1, %w0" : "=a"(value) : "Nd"((unsigned short)(base + port)));
	return value;
}

static void out8(unsigned short port, uint8_t value)
{
	__asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"((unsigned short)(base + port)));
}

static void out16(unsigned short port, uint16_t value)
{
	__asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"((unsigned short)(base + port)));
}

static void out32(unsigned short port, uint32_t value)
{
	__asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"((unsigned short)(base + port)));
}

static int handler(void *arg)
{
	(void)arg;
	if (in8(ISR) & 1) { /* reading it lowers the line */
		acknowledged++;
		cos_sem_post(&interrupted);
	}
	return 1;
}

static void rounds(uint8_t *ring, unsigned long ring_pa, uint16_t size, size_t used_off)
{
	struct desc *desc = (struct desc *)ring;
	volatile uint16_t *avail = (volatile uint16_t *)(ring + 16 * size);
	volatile struct used *used = (volatile struct used *)(ring + used_off);
	uint8_t *data = ring + used_off + 4096, before[BYTES] = {0};

	for (uint16_t n = 0; n < ROUNDS; n++) {
		desc[0] = (struct desc){ring_pa + used_off + 4096, BYTES, DESC_F_WRITE, 0};
		avail[2 + n % size] = 0;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		avail[1] = (uint16_t)(n + 1);
		out16(QUEUE_NOTIFY, 0);
		check("an interrupt", cos_sem_wait(&interrupted, cos_now_ns() + PATIENCE_NS), 0);
		check("used", used->idx, n + 1);
		check("length", used->ring[n % size].len, BYTES);
		check("the same again", memcmp(before, data, BYTES) == 0, 0);
		memcpy(before, data, BYTES);
	}
	check("interrupts", acknowledged, ROUNDS);
}

long component_init(void)
{
	unsigned bus, dev, fun, bar, value;
	unsigned long pa, va;
	size_t used_off;
	uint16_t size;

	check("init", rumpuser_init(RUMPUSER_VERSION, &no_kernel), 0);
	check("ports", rumpcomp_pci_iospace_init(), 0);
	check("device", rumpcomp_pci_enum(0, &bus, &dev, &fun), 0);
	rumpcomp_pci_confread(bus, dev, fun, CONF_BAR0, &bar);
	check("bar 0 has ports", bar & 3, 1);
	base = (unsigned short)(bar & ~3u);
	rumpcomp_pci_confread(bus, dev, fun, CONF_COMMAND, &value);
	check("command",
	      rumpcomp_pci_confwrite(bus, dev, fun, CONF_COMMAND,
				     (value & 0xffff) | COMMAND_IO_MASTER),
	      0);
	out8(STATUS, 0);
	out8(STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	check("status", in8(STATUS), STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	out16(QUEUE_SELECT, 0);
	size = in16(QUEUE_SIZE);
	used_off = (16ul * size + 6 + 2 * size + 4095) & ~4095ul;
	check("memory", rumpcomp_pci_dmalloc(used_off + 8192, 4096, &pa, &va), 0);
	out32(QUEUE_ADDRESS, (uint32_t)(pa >> 12));
	rumpcomp_pci_confread(bus, dev, fun, CONF_INTERRUPT, &value);
	check("line", rumpcomp_pci_irq_map(bus, dev, fun, (int)(value & 0xff), 1), 0);
	check("establish", rumpcomp_pci_irq_establish(1, handler, NULL) != NULL, 1);
	out8(STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
	if (failures == 0)
		rounds((uint8_t *)va, pa, size, used_off);
	cos_log("legacy: %ld failures\n", failures);
	reboot_system(failures != 0);
	return 0;
}
