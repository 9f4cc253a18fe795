/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of the PCI hypercalls (rumpcomp_pci.h). Only run when selected by name, on a host that has
 * given the suite these two devices of QEMU:
 *
 * edu (docs/specs/edu.txt) has registers, copies between memory and a buffer of its own, and
 * interrupts by its line until the interrupt is acknowledged.
 *
 * e1000e, an Intel 82574L (its data sheet, 10.2), has I/O ports through which its registers can be
 * reached as well, and a message for each cause of an interrupt; a register raises causes.
 */
#include "conf.h"
#include "rumpcomp_pci.h"
#include "x86_64/port.h"

#define PATIENCE_NS 20000000000
#define PAGE 4096ul

/* PCI 3.0, 6.1 and 6.7. */
#define CONF_ID 0x00
#define CONF_COMMAND 0x04
#define CONF_BAR(n) (0x10 + 4 * (n))
#define CONF_CAPABILITIES 0x34
#define CONF_LINE 0x3c
#define COMMAND_ALL 7u /* ports, memory, bus master */
#define CAPABILITY_MSIX 0x11

#define EDU 0x11e81234u
#define EDU_BYTES (1ul << 20)
#define EDU_ID 0x00
#define EDU_LIVE 0x04
#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_RAISE 0x60
#define EDU_IRQ_ACK 0x64
#define EDU_DMA_SOURCE 0x80
#define EDU_DMA_TARGET 0x88
#define EDU_DMA_BYTES 0x90
#define EDU_DMA_COMMAND 0x98
#define EDU_DMA_START 1u
#define EDU_DMA_TO_MEMORY 2u
#define EDU_DMA_IRQ 4u
#define EDU_DMA_CAUSE 0x100u
#define EDU_BUFFER 0x40000ul
/* at once: the buffer has 4096 bytes, but QEMU ends when all of it is copied */
#define COPY 4000u

#define NIC 0x10d38086u
#define NIC_MESSAGES 5
#define NIC_PORTS_BAR 2
#define NIC_STATUS 0x08
#define NIC_RAL 0x5400 /* a register that keeps its value */
#define NIC_ICR 0xc0
#define NIC_ICS 0xc8
#define NIC_IMS 0xd0
#define NIC_IVAR 0xe4
#define NIC_CAUSE(n) (1u << (20 + (n))) /* of the two receive, then the transmit queues */
#define NIC_CAUSES 3
#define NIC_IVAR_ENTRY(cause, message) ((8u | (message)) << 4 * (cause))

struct place {
	unsigned bus, dev, fun;
};

/* The device, with its ports, memory and bus mastering enabled. */
static bool device_find(unsigned id, struct place *p)
{
	unsigned value;

	for (unsigned n = 0; rumpcomp_pci_enum(n, &p->bus, &p->dev, &p->fun) == 0; n++)
		if (rumpcomp_pci_confread(p->bus, p->dev, p->fun, CONF_ID, &value) == 0 &&
		    value == id)
			return rumpcomp_pci_confwrite(p->bus, p->dev, p->fun, CONF_COMMAND,
						      COMMAND_ALL) == 0;
	return false;
}

static volatile uint8_t *registers(const struct place *p)
{
	unsigned long len;
	void *va = NULL;

	EXPECT(rumpcomp_pci_map_bar(p->bus, p->dev, p->fun, 0, &va, &len) == 0);
	return va;
}

static uint32_t reg_read(volatile uint8_t *regs, unsigned reg)
{
	return *(volatile uint32_t *)(regs + reg);
}

static void reg_write(volatile uint8_t *regs, unsigned reg, uint32_t value)
{
	*(volatile uint32_t *)(regs + reg) = value;
}

/* Wait until *counter is value; it may not become more. */
static bool comes_to(_Atomic int *counter, int value)
{
	int64_t deadline = conf_now_ns() + PATIENCE_NS;

	while (*counter < value && conf_now_ns() < deadline)
		conf_breathe();
	conf_breathe();
	return *counter == value;
}

static const char *devices(void)
{
	struct place p, last = {0};
	unsigned value, n;

	for (n = 0; rumpcomp_pci_enum(n, &p.bus, &p.dev, &p.fun) == 0; n++) {
		CHECK(n == 0 || (p.bus << 8 | p.dev << 3 | p.fun) >
					(last.bus << 8 | last.dev << 3 | last.fun));
		last = p;
	}
	CHECK(n == 2);
	CHECK(rumpcomp_pci_enum(n, &p.bus, &p.dev, &p.fun) == RUMP_ENOENT);
	CHECK(device_find(EDU, &p));
	CHECK(device_find(NIC, &p));
	value = 0;
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, 7 - p.fun, CONF_ID, &value) == RUMP_ENODEV);
	CHECK(value == ~0u);
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, 7 - p.fun, CONF_COMMAND, 0) == RUMP_ENODEV);
	return NULL;
}

static int msix_capability(const struct place *p)
{
	unsigned at, head;

	if (rumpcomp_pci_confread(p->bus, p->dev, p->fun, CONF_CAPABILITIES, &at) != 0)
		return 0;
	for (at &= 0xfc; at != 0; at = head >> 8 & 0xfc)
		if (rumpcomp_pci_confread(p->bus, p->dev, p->fun, (int)at, &head) != 0 ||
		    (head & 0xff) == CAPABILITY_MSIX)
			break;
	return (int)at;
}

static const char *configuration(void)
{
	struct place p;
	unsigned value, base, len;
	int msix;

	CHECK(device_find(EDU, &p));
	for (int reg = -4; reg <= 256; reg += 65)
		CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, reg, &value) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, p.fun, 256, 0) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, p.fun, CONF_COMMAND, 0) == 0);
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_COMMAND, &value) == 0);
	CHECK((value & COMMAND_ALL) == 0);
	/* A BAR reports its size, and gets its address back. */
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_BAR(0), &base) == 0);
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, p.fun, CONF_BAR(0), ~0u) == 0);
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_BAR(0), &len) == 0);
	CHECK(-(len & ~0xfu) == EDU_BYTES);
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, p.fun, CONF_BAR(0), base) == 0);
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_BAR(0), &value) == 0);
	CHECK(value == base);
	/* Registers that the host keeps for itself. */
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, p.fun, CONF_BAR(0), base + EDU_BYTES) ==
	      RUMP_EPERM);
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, p.fun, CONF_BAR(1), 0x1000) == RUMP_EPERM);
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_BAR(0), &value) == 0);
	CHECK(value == base);
	CHECK(device_find(NIC, &p));
	msix = msix_capability(&p);
	CHECK(msix != 0);
	CHECK(rumpcomp_pci_confwrite(p.bus, p.dev, p.fun, msix, ~0u) == RUMP_EPERM);
	return NULL;
}

static const char *memory_bar(void)
{
	struct place p;
	unsigned base;
	unsigned long len = 0;
	void *va = NULL, *part;
	volatile uint8_t *regs;

	CHECK(device_find(EDU, &p));
	CHECK(rumpcomp_pci_map_bar(p.bus, p.dev, p.fun, 0, &va, &len) == 0);
	CHECK(len == EDU_BYTES);
	regs = va;
	CHECK((reg_read(regs, EDU_ID) & 0xffff) == 0x00ed);
	reg_write(regs, EDU_LIVE, 0x12345678);
	CHECK(reg_read(regs, EDU_LIVE) == ~0x12345678u);
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_BAR(0), &base) == 0);
	base &= ~0xfu;
	part = rumpcomp_pci_map(base + EDU_LIVE, 4);
	CHECK(part != NULL && reg_read(part, 0) == ~0x12345678u);
	CHECK(rumpcomp_pci_map(base, EDU_BYTES) != NULL);
	CHECK(rumpcomp_pci_map(base, EDU_BYTES + 1) == NULL);
	CHECK(rumpcomp_pci_map(base + EDU_BYTES, 4) == NULL);
	CHECK(rumpcomp_pci_map(PAGE, 4) == NULL);
	CHECK(rumpcomp_pci_map_bar(p.bus, p.dev, p.fun, 1, &va, &len) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_map_bar(p.bus, p.dev, p.fun, 6, &va, &len) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_map_bar(p.bus, p.dev, p.fun ^ 1, 0, &va, &len) == RUMP_ENODEV);
	CHECK(device_find(NIC, &p));
	CHECK(rumpcomp_pci_map_bar(p.bus, p.dev, p.fun, NIC_PORTS_BAR, &va, &len) == RUMP_EINVAL);
	return NULL;
}

static unsigned short ports;

static uint32_t by_port(uint32_t reg)
{
	out32(ports, reg);
	return in32((uint16_t)(ports + 4));
}

static void ports_use(void *arg)
{
	*(uint32_t *)arg = by_port(NIC_RAL);
}

static const char *io_ports(void)
{
	struct place p;
	volatile uint8_t *regs;
	unsigned bar;
	uint32_t seen = 0;

	CHECK(device_find(NIC, &p));
	CHECK(rumpcomp_pci_iospace_init() == 0);
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_BAR(NIC_PORTS_BAR), &bar) == 0);
	CHECK((bar & 3) == 1);
	ports = (unsigned short)(bar & ~3u);
	regs = registers(&p);
	CHECK(by_port(NIC_STATUS) == reg_read(regs, NIC_STATUS));
	out32(ports, NIC_RAL);
	out32((uint16_t)(ports + 4), 0xc0ffee01);
	CHECK(reg_read(regs, NIC_RAL) == 0xc0ffee01);
	reg_write(regs, NIC_RAL, 0x55aa1234);
	CHECK(by_port(NIC_RAL) == 0x55aa1234);
	/* Every thread can use them, and so can one that is made later. */
	CHECK(conf_start(&conf_threads[0], ports_use, &seen) == 0);
	CHECK(conf_join(&conf_threads[0]) == 0);
	CHECK(seen == 0x55aa1234);
	return NULL;
}

/* Have edu copy, which takes a while. */
static bool copied(volatile uint8_t *regs, uint64_t from, uint64_t to, uint32_t len,
		   uint32_t command)
{
	int64_t deadline = conf_now_ns() + PATIENCE_NS;

	*(volatile uint64_t *)(regs + EDU_DMA_SOURCE) = from;
	*(volatile uint64_t *)(regs + EDU_DMA_TARGET) = to;
	*(volatile uint64_t *)(regs + EDU_DMA_BYTES) = len;
	*(volatile uint64_t *)(regs + EDU_DMA_COMMAND) = EDU_DMA_START | command;
	while ((reg_read(regs, EDU_DMA_COMMAND) & EDU_DMA_START) != 0 && conf_now_ns() < deadline)
		conf_breathe();
	return (reg_read(regs, EDU_DMA_COMMAND) & EDU_DMA_START) == 0;
}

static void pattern(uint8_t *mem, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++)
		mem[i] = (uint8_t)(i * 7 + i / 256 + seed);
}

/* Copy from one place to another through the device. */
static const char *moved(volatile uint8_t *regs, uint8_t *from, unsigned long from_pa, uint8_t *to,
			 unsigned long to_pa, uint32_t len, unsigned seed)
{
	pattern(from, len, seed);
	memset(to, 0, len);
	CHECK(copied(regs, from_pa, EDU_BUFFER, len, 0));
	memset(from, 0x5a, len);
	CHECK(copied(regs, EDU_BUFFER, to_pa, len, EDU_DMA_TO_MEMORY));
	pattern(from, len, seed);
	CHECK(memcmp(from, to, len) == 0);
	return NULL;
}

#define MOVED(...)                                      \
	do {                                            \
		const char *wrong = moved(__VA_ARGS__); \
		if (wrong != NULL)                      \
			return wrong;                   \
	} while (0)

static const char *dma_memory(void)
{
	struct place p;
	volatile uint8_t *regs;
	unsigned long pa[3], va[3];

	CHECK(device_find(EDU, &p));
	regs = registers(&p);
	CHECK(rumpcomp_pci_dmalloc(0, 1, &pa[0], &va[0]) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_dmalloc(PAGE, 3, &pa[0], &va[0]) == RUMP_EINVAL);
	for (size_t align = 1; align <= 64 << 10; align *= 2) {
		size_t len = align < PAGE ? 100 : align;

		CHECK(rumpcomp_pci_dmalloc(len, align, &pa[0], &va[0]) == 0);
		CHECK(pa[0] != 0 && pa[0] % align == 0);
		CHECK(conf_filled((void *)va[0], 0, len));
		memset((void *)va[0], 0xff, len);
		rumpcomp_pci_dmafree(va[0], len);
	}
	/* Far more than there is, one at a time. */
	for (int i = 0; i < 100; i++) {
		CHECK(rumpcomp_pci_dmalloc(3 << 20, PAGE, &pa[0], &va[0]) == 0);
		rumpcomp_pci_dmafree(va[0], 3 << 20);
	}
	for (int i = 0; i < 3; i++)
		CHECK(rumpcomp_pci_dmalloc(2 * PAGE, PAGE, &pa[i], &va[i]) == 0);
	MOVED(regs, (uint8_t *)va[0], pa[0], (uint8_t *)va[1], pa[1], COPY, 1);
	/* Across the end of a page, and to a third place; the bytes beside it stay. */
	memset((void *)va[2], 0x77, 2 * PAGE);
	MOVED(regs, (uint8_t *)va[1] + 2000, pa[1] + 2000, (uint8_t *)va[2] + 3000, pa[2] + 3000,
	      3000, 2);
	CHECK(conf_filled((void *)va[2], 0x77, 3000));
	CHECK(conf_filled((uint8_t *)va[2] + 6000, 0x77, 2 * PAGE - 6000));
	for (int i = 0; i < 3; i++)
		rumpcomp_pci_dmafree(va[i], 2 * PAGE);
	return NULL;
}

static const char *segments(void)
{
	struct place p;
	volatile uint8_t *regs;
	unsigned long pa, va;
	struct rumpcomp_pci_dmaseg segs[3];
	void *mem = NULL;

	CHECK(device_find(EDU, &p));
	regs = registers(&p);
	CHECK(rumpcomp_pci_dmalloc(4 * PAGE, PAGE, &pa, &va) == 0);
	segs[0] = (struct rumpcomp_pci_dmaseg){pa, PAGE, va};
	segs[1] = (struct rumpcomp_pci_dmaseg){pa + PAGE, 2 * PAGE, va + PAGE};
	segs[2] = (struct rumpcomp_pci_dmaseg){pa + 3 * PAGE, PAGE, va + 3 * PAGE};
	CHECK(rumpcomp_pci_dmamem_map(segs, 3, 4 * PAGE + 1, &mem) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_dmamem_map(segs, 0, 1, &mem) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_dmamem_map(segs, 3, 4 * PAGE, &mem) == 0);
	/* From the first segment to the last, which lies in the mapping where it should. */
	MOVED(regs, mem, segs[0].ds_pa, (uint8_t *)mem + 3 * PAGE, segs[2].ds_pa, COPY, 3);
	MOVED(regs, mem, segs[0].ds_pa, (uint8_t *)mem + 2 * PAGE, segs[1].ds_pa + PAGE, COPY, 4);
	segs[2].ds_vacookie = va;
	CHECK(rumpcomp_pci_dmamem_map(segs, 3, 4 * PAGE, &mem) == RUMP_EOPNOTSUPP);
	rumpcomp_pci_dmafree(va, 4 * PAGE);
	return NULL;
}

#define LARGE (3ul << 20)

/* All memory of a rump kernel with a device is contiguous for it (rumpcomp_pci.h, I4). */
static const char *any_memory(void)
{
	struct place p;
	volatile uint8_t *regs;
	void *small[40], *large, *pages;
	unsigned long pa;

	CHECK(device_find(EDU, &p));
	regs = registers(&p);
	for (size_t i = 0; i < 40; i++) {
		CHECK(rumpuser_malloc(100 + 50 * i, 0, &small[i]) == 0);
		CHECK(rumpcomp_pci_virt_to_mach(small[i]) != 0);
	}
	CHECK(rumpuser_malloc(LARGE, 4096, &large) == 0);
	CHECK(rumpuser_anonmmap(NULL, LARGE, 16, 0, &pages) == 0);
	CHECK(conf_aligned(pages, 65536) && conf_filled(pages, 0, LARGE));
	pa = rumpcomp_pci_virt_to_mach(large);
	CHECK(pa != 0);
	for (size_t at = 0; at < LARGE; at += PAGE - 1)
		CHECK(rumpcomp_pci_virt_to_mach((uint8_t *)large + at) == pa + at);
	pa = rumpcomp_pci_virt_to_mach(pages);
	CHECK(pa != 0);
	CHECK(rumpcomp_pci_virt_to_mach((uint8_t *)pages + LARGE - 1) == pa + LARGE - 1);
	MOVED(regs, small[3], rumpcomp_pci_virt_to_mach(small[3]), small[4],
	      rumpcomp_pci_virt_to_mach(small[4]), 250, 5);
	MOVED(regs, (uint8_t *)large + LARGE - PAGE,
	      rumpcomp_pci_virt_to_mach((uint8_t *)large + LARGE - PAGE),
	      (uint8_t *)pages + LARGE / 2, pa + LARGE / 2, COPY, 6);
	/* Memory that is not the rump kernel's. */
	CHECK(rumpcomp_pci_virt_to_mach((void *)64) == 0);
	rumpuser_unmap(pages, LARGE);
	rumpuser_free(large, LARGE);
	for (size_t i = 0; i < 40; i++)
		rumpuser_free(small[i], 100 + 50 * i);
	return NULL;
}

/* Interrupts. Cookies and vectors cannot be returned: one check for the line, one for messages. */

static volatile uint8_t *edu_regs;
static _Atomic int line_served;
static _Atomic uint32_t line_causes;
static _Atomic(struct lwp *) line_lwp;

static int line_handler(void *arg)
{
	uint32_t cause = reg_read(edu_regs, EDU_IRQ_STATUS);
	struct lwp *l = rumpuser_curlwp();

	EXPECT(arg == &line_served);
	EXPECT(l != NULL && l->scheduled);
	if (cause == 0)
		return 0;
	EXPECT(line_lwp == NULL || line_lwp == l);
	line_lwp = l;
	line_causes |= cause;
	reg_write(edu_regs, EDU_IRQ_ACK, cause);
	line_served++;
	return 1;
}

static const char *line(void)
{
	struct place p;
	unsigned value;
	unsigned long pa, va;

	CHECK(device_find(EDU, &p));
	edu_regs = registers(&p);
	CHECK(rumpcomp_pci_confread(p.bus, p.dev, p.fun, CONF_LINE, &value) == 0);
	CHECK(rumpcomp_pci_irq_map(p.bus, p.dev, p.fun ^ 1, 11, 1) == RUMP_ENODEV);
	CHECK(rumpcomp_pci_irq_map(p.bus, p.dev, p.fun, (int)(value & 0xff), 1) == 0);
	CHECK(rumpcomp_pci_irq_map(p.bus, p.dev, p.fun, (int)(value & 0xff), 2) == RUMP_EEXIST);
	CHECK(rumpcomp_pci_irq_establish(2, line_handler, &line_served) == NULL);
	/* The line is up before its interrupt is enabled. */
	reg_write(edu_regs, EDU_IRQ_RAISE, 1);
	CHECK(rumpcomp_pci_irq_establish(1, line_handler, &line_served) != NULL);
	CHECK(rumpcomp_pci_irq_establish(1, line_handler, &line_served) == NULL);
	CHECK(comes_to(&line_served, 1));
	CHECK(line_lwp != rumpuser_curlwp());
	for (int n = 2; n <= 50; n++) {
		reg_write(edu_regs, EDU_IRQ_RAISE, 1u << n % 8);
		CHECK(comes_to(&line_served, n));
	}
	CHECK(line_causes == 0xff);
	CHECK(rumpcomp_pci_dmalloc(PAGE, PAGE, &pa, &va) == 0);
	CHECK(copied(edu_regs, pa, EDU_BUFFER, COPY, EDU_DMA_IRQ));
	CHECK(comes_to(&line_served, 51));
	CHECK(line_causes == (0xff | EDU_DMA_CAUSE));
	rumpcomp_pci_dmafree(va, PAGE);
	return NULL;
}

static volatile uint8_t *nic_regs;
static _Atomic int message_served[NIC_CAUSES];
static _Atomic(struct lwp *) message_lwp[NIC_CAUSES];
static _Atomic bool slow;

static int message_handler(void *arg)
{
	_Atomic int *served = arg;
	size_t n = (size_t)(served - message_served);
	struct lwp *l = rumpuser_curlwp();

	EXPECT(l != NULL && l->scheduled);
	EXPECT(message_lwp[n] == NULL || message_lwp[n] == l);
	message_lwp[n] = l;
	reg_write(nic_regs, NIC_ICR, NIC_CAUSE(n));
	if (n == 0 && slow)
		conf_stage_wait(1);
	(*served)++;
	return 1;
}

/* Messages 4, 3 and 2 are for the causes 0, 1 and 2. */
#define MESSAGE(cause) (4 - (cause))

static const char *messages(void)
{
	struct place p;

	CHECK(device_find(EDU, &p));
	CHECK(rumpcomp_pci_msix_count(p.bus, p.dev, p.fun) == 0);
	CHECK(rumpcomp_pci_msix_map(p.bus, p.dev, p.fun, 0, 10) == RUMP_EINVAL);
	CHECK(rumpcomp_pci_msix_count(p.bus, p.dev, p.fun ^ 1) == 0);
	CHECK(rumpcomp_pci_msix_map(p.bus, p.dev, p.fun ^ 1, 0, 10) == RUMP_ENODEV);
	CHECK(device_find(NIC, &p));
	nic_regs = registers(&p);
	CHECK(rumpcomp_pci_msix_count(p.bus, p.dev, p.fun) == NIC_MESSAGES);
	CHECK(rumpcomp_pci_msix_map(p.bus, p.dev, p.fun, NIC_MESSAGES, 10) == RUMP_EINVAL);
	for (unsigned n = 0; n < NIC_CAUSES; n++)
		CHECK(rumpcomp_pci_msix_map(p.bus, p.dev, p.fun, MESSAGE(n), 10 + n) == 0);
	CHECK(rumpcomp_pci_msix_map(p.bus, p.dev, p.fun, MESSAGE(0), 20) == RUMP_EEXIST);
	CHECK(rumpcomp_pci_msix_map(p.bus, p.dev, p.fun, 0, 10) == RUMP_EEXIST);
	for (unsigned n = 0; n < NIC_CAUSES; n++) {
		CHECK(rumpcomp_pci_irq_establish(10 + n, message_handler, &message_served[n]) !=
		      NULL);
		CHECK(rumpcomp_pci_irq_establish(10 + n, message_handler, &message_served[n]) ==
		      NULL);
	}
	CHECK(rumpcomp_pci_irq_establish(20, message_handler, &message_served[0]) == NULL);
	reg_write(nic_regs, NIC_IVAR,
		  NIC_IVAR_ENTRY(0, MESSAGE(0)) | NIC_IVAR_ENTRY(1, MESSAGE(1)) |
			  NIC_IVAR_ENTRY(2, MESSAGE(2)));
	reg_write(nic_regs, NIC_IMS, NIC_CAUSE(0) | NIC_CAUSE(1) | NIC_CAUSE(2));
	for (int i = 1; i <= 20; i++)
		for (unsigned n = 0; n < NIC_CAUSES; n++) {
			reg_write(nic_regs, NIC_ICS, NIC_CAUSE(n));
			CHECK(comes_to(&message_served[n], i));
			CHECK(message_served[(n + 1) % NIC_CAUSES] ==
			      (n + 1 < NIC_CAUSES ? i - 1 : i));
		}
	/* Each has a thread of its own: a slow handler delays no other (rumpcomp_pci.h, I2). */
	CHECK(message_lwp[0] != message_lwp[1] && message_lwp[1] != message_lwp[2]);
	slow = true;
	reg_write(nic_regs, NIC_ICS, NIC_CAUSE(0));
	reg_write(nic_regs, NIC_ICS, NIC_CAUSE(1));
	CHECK(comes_to(&message_served[1], 21));
	CHECK(message_served[0] == 20);
	conf_stage_set(1);
	CHECK(comes_to(&message_served[0], 21));
	return NULL;
}

static const struct conf_check checks[] = {
	{"the devices of the rump kernel are listed in order, others are not", devices},
	{"configuration space is read and written, except for the host's registers", configuration},
	{"a memory BAR is mapped by number and, in parts, by machine address", memory_bar},
	{"in and out reach the ports of a device's BAR, in every thread", io_ports},
	{"memory for DMA is zeroed, aligned, contiguous, and is had again when freed", dma_memory},
	{"several segments are one mapping if they follow one another", segments},
	{"memory of rumpuser_malloc and rumpuser_anonmmap has machine addresses", any_memory},
	{"an interrupt line is heard, from a thread of its own, until it is down", line},
	{"each message is heard by its own handler, in a thread of its own", messages},
};
const struct conf_section conf_pci = SECTION("pci", checks);
