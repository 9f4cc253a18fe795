/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC (apic.h). */
#include <stdbool.h>
#include "apic.h"
#include "core.h"
#include "cpu.h"
#include "log.h"
#include "machine.h"
#include "x86.h"

#define APIC_BASE_X2 0x400UL
#define APIC_BASE_ENABLE 0x800UL
#define APIC_BASE_ADDR 0xffffffffff000UL
#define CPUID_APIC (1u << 9)	      /* leaf 1, edx */
#define CPUID_X2APIC (1u << 21)	      /* leaf 1, ecx */
#define CPUID_TSC_DEADLINE (1u << 24) /* leaf 1, ecx */

/* Registers (SDM 3A, table 10-1) */
#define REG_ID 0x20
#define REG_TPR 0x80
#define REG_EOI 0xb0
#define REG_SPURIOUS 0xf0
#define REG_ICR 0x300
#define REG_ICR_HIGH 0x310
#define REG_LVT_TIMER 0x320
#define REG_LVT_LINT0 0x350
#define REG_LVT_LINT1 0x360
#define REG_LVT_ERROR 0x370
#define REG_TIMER_INITIAL 0x380
#define REG_TIMER_CURRENT 0x390
#define REG_TIMER_DIVIDE 0x3e0
#define SPURIOUS_ENABLE 0x100
#define LVT_MASKED 0x10000
#define LVT_TSC_DEADLINE 0x40000
#define DIVIDE_BY_1 0xb
#define ICR_FIXED 0x4000
#define ICR_NMI_OTHERS 0xc4400
#define ICR_PENDING 0x1000 /* not in x2APIC mode */
/* Far more than a delivery takes; a broken APIC must not hang the kernel. */
#define ICR_POLLS_MAX 100000
#define TIMER_MAX 0xffffffffU
/* Measuring the timer: a round is some ms. It is good when its error is below 500 millionths. */
#define ROUND_TSC (1UL << 24)
#define ROUNDS_MAX 50
#define ROUND_GOOD 500

static struct {
	volatile uint32_t *mmio; /* NULL: x2APIC */
	uint64_t paddr;
	uint64_t round_ticks, round_tsc; /* so many ticks of the timer are so many of the TSC */
	bool tsc_deadline;
} apic;

static uint32_t apic_read(unsigned reg)
{
	if (apic.mmio)
		return apic.mmio[reg / 4];
	return (uint32_t)x86_rdmsr(MSR_X2APIC + reg / 16);
}

static void apic_write(unsigned reg, uint32_t value)
{
	if (apic.mmio)
		apic.mmio[reg / 4] = value;
	else
		x86_wrmsr(MSR_X2APIC + reg / 16, value);
}

void apic_init_core(void)
{
	uint64_t base = x86_rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE;

	x86_wrmsr(MSR_APIC_BASE, base);
	if (!apic.mmio)
		x86_wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2);
	cpu()->machine_id = apic_id();
	apic_write(REG_TPR, IRQ_VECTOR_FIRST - 1);
	apic_write(REG_SPURIOUS, SPURIOUS_ENABLE | APIC_VECTOR_SPURIOUS);
	apic_write(REG_LVT_LINT0, LVT_MASKED);
	apic_write(REG_LVT_LINT1, LVT_MASKED);
	apic_write(REG_LVT_ERROR, LVT_MASKED);
	apic_write(REG_LVT_TIMER, APIC_VECTOR_TIMER | (apic.tsc_deadline ? LVT_TSC_DEADLINE : 0));
	apic_write(REG_TIMER_DIVIDE, DIVIDE_BY_1);
}

/* The legacy PIC's ports: initialisation (vectors, cascade, 8086 mode), mask (Intel 8259A). */
static const uint8_t pic_setup[][2] = {
	{0x20, 0x11}, {0x21, PIC_VECTORS},     {0x21, 4}, {0x21, 1}, {0x21, 0xff},
	{0xa0, 0x11}, {0xa1, PIC_VECTORS + 8}, {0xa1, 2}, {0xa1, 1}, {0xa1, 0xff},
};

void apic_init(void)
{
	struct cpuid features = x86_cpuid(1, 0);

	if (!(features.d & CPUID_APIC))
		log_panic("the CPU lacks an APIC");
	/*
	 * First the legacy PIC, then its line (LINT0): a request on the line is withdrawn by then.
	 */
	for (unsigned i = 0; i < sizeof(pic_setup) / sizeof(pic_setup[0]); i++)
		port_out(pic_setup[i][0], 1, pic_setup[i][1]);
	apic.paddr = x86_rdmsr(MSR_APIC_BASE) & APIC_BASE_ADDR;
	if (!(features.c & CPUID_X2APIC))
		apic.mmio = kmap_device(apic.paddr);
	apic.tsc_deadline = features.c & CPUID_TSC_DEADLINE;
	apic_init_core();
}

void apic_send(uint32_t id, uint32_t command)
{
	if (!apic.mmio) {
		/* A write to an x2APIC register is no barrier (SDM 3A, 10.12.3). */
		__asm__ volatile("mfence; lfence" : : : "memory");
		x86_wrmsr(MSR_X2APIC + REG_ICR / 16, (uint64_t)id << 32 | command);
		return;
	}
	/* The former command is pending for some bus cycles. */
	for (unsigned i = 0; i < ICR_POLLS_MAX && (apic_read(REG_ICR) & ICR_PENDING); i++)
		__asm__ volatile("pause");
	apic_write(REG_ICR_HIGH, id << 24);
	apic_write(REG_ICR, command);
}

void machine_interrupt(uint32_t id)
{
	apic_send(id, ICR_FIXED | APIC_VECTOR_POKE);
}

void apic_stop_others(void)
{
	apic_send(0, ICR_NMI_OTHERS);
}

bool apic_id_valid(uint64_t id)
{
	return id < (apic.mmio ? 0xff : UINT32_MAX);
}

void apic_timer_init(void)
{
	uint64_t best = UINT64_MAX;

	if (apic.tsc_deadline)
		return;
	apic_write(REG_LVT_TIMER, LVT_MASKED | APIC_VECTOR_TIMER);
	/*
	 * A hypervisor may interrupt a round, which then is inaccurate: take the best of several.
	 */
	for (unsigned i = 0; i < ROUNDS_MAX && best > ROUND_GOOD; i++) {
		uint64_t before = machine_tsc(), start, end, after, ticks, error;

		apic_write(REG_TIMER_INITIAL, TIMER_MAX);
		start = machine_tsc();
		while (machine_tsc() - start < ROUND_TSC)
			__asm__ volatile("pause");
		end = machine_tsc();
		ticks = TIMER_MAX - apic_read(REG_TIMER_CURRENT);
		after = machine_tsc();
		apic_write(REG_TIMER_INITIAL, 0);
		/* In millionths: how much of the round is not certain. */
		error = (start - before + after - end) * 1000000 / (end - start);
		if (error < best) {
			best = error;
			apic.round_ticks = ticks;
			apic.round_tsc = end - start;
		}
	}
	apic_write(REG_LVT_TIMER, APIC_VECTOR_TIMER);
	if (!apic.round_ticks)
		log_panic("the APIC's timer does not count");
}

void timer_arm(uint64_t tsc)
{
	uint64_t now, ticks;

	if (apic.tsc_deadline) {
		x86_wrmsr(MSR_TSC_DEADLINE, tsc);
		return;
	}
	now = machine_tsc();
	ticks = tsc > now ? tsc - now : 0;
	/* Beyond the counter's range: as far as it goes. core_timer arms it again (core.h, D6). */
	if (ticks / apic.round_tsc >= TIMER_MAX / apic.round_ticks)
		ticks = TIMER_MAX;
	else
		ticks = x86_muldiv(ticks, apic.round_ticks, apic.round_tsc) + 1;
	apic_write(REG_TIMER_INITIAL, ticks > TIMER_MAX ? TIMER_MAX : (uint32_t)ticks);
}

void apic_eoi(unsigned vector)
{
	if (vector >= IRQ_VECTOR_FIRST)
		apic_write(REG_EOI, 0);
}

uint32_t apic_id(void)
{
	uint32_t id = apic_read(REG_ID);

	return apic.mmio ? id >> 24 : id;
}

uint64_t apic_paddr(void)
{
	return apic.paddr;
}
