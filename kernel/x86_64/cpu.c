/* SPDX-License-Identifier: BSD-2-Clause */
/* A core's GDT, TSS, IDT, stacks, control registers and MSRs. */
#include "core.h"
#include "cpu.h"
#include "log.h"
#include "machine.h"
#include "select.h"
#include "x86.h"

#define CPUID7_FSGSBASE (1u << 0) /* leaf 7, ebx */
#define CPUID7_SMEP (1u << 7)
#define CPUID7_SMAP (1u << 20)
#define CPUID7_UMIP (1u << 2)	/* leaf 7, ecx */
#define CPUID_RDTSCP (1u << 27) /* leaf 0x80000001, edx */
#define CPUID_MCA (1u << 14)	/* leaf 1, edx */
#define MCG_CAP_CTL 0x100

#define STUB_SIZE 16
#define IST_COUNT 4	    /* #DB, NMI, #DF, #MC */
#define STACK_SIZE 4096	    /* of an IST stack: the top word is found by rounding up (entry.S) */
#define KSTACK_SIZE 16384   /* twice the stack frames of all functions together (-fstack-usage) */
#define GATE_INTERRUPT 0x8e /* present, ring 0 (SDM 3A, 6.14.1) */
#define GATE_USER 0x60	    /* may be raised by INT3 and INTO */
#define TSS_AVAILABLE 0x89

/* SDM 3A, 7.7 */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t iopb;
} __attribute__((packed));

struct idt_gate {
	uint16_t offset_low;
	uint16_t selector;
	uint8_t ist;
	uint8_t type;
	uint16_t offset_mid;
	uint32_t offset_high;
	uint32_t reserved;
};

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

/* The top word of an IST stack is the address of struct cpu (entry.S). */
union ist_stack {
	uint8_t byte[STACK_SIZE];
	uint64_t word[STACK_SIZE / 8];
};

struct percore {
	union ist_stack ist[IST_COUNT] __attribute__((aligned(STACK_SIZE)));
	uint8_t kstack[KSTACK_SIZE] __attribute__((aligned(16)));
	uint64_t gdt[7];
	struct tss tss;
	struct cpu cpu;
};

_Static_assert(sizeof(struct percore) <= COS_CORE_PAGES * COS_PAGE_SIZE, "COS_CORE_PAGES");

static struct percore first_core;
static struct idt_gate idt[256];

extern char trap_stubs[], entry_syscall[];

static void cpu_gdt_init(struct percore *core)
{
	uint64_t tss = (uint64_t)&core->tss;
	struct table_register gdtr = {sizeof(core->gdt) - 1, (uint64_t)core->gdt};

	core->gdt[SEL_KCODE / 8] = 0x00af9b000000ffff;
	core->gdt[SEL_KDATA / 8] = 0x00cf93000000ffff;
	core->gdt[SEL_UDATA / 8] = 0x00cff3000000ffff;
	core->gdt[SEL_UCODE / 8] = 0x00affb000000ffff;
	/* SDM 3A, 7.2.3 */
	core->gdt[SEL_TSS / 8] = (sizeof(struct tss) - 1) | (tss & 0xffffff) << 16 |
				 (uint64_t)TSS_AVAILABLE << 40 | (tss >> 24 & 0xff) << 56;
	core->gdt[SEL_TSS / 8 + 1] = tss >> 32;
	__asm__ volatile("lgdt %0\n\t"
			 "pushq %1\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\tmovl %2, %%ss\n\t"
			 "lldt %w4\n\t"
			 "ltr %w3"
			 :
			 : "m"(gdtr), "i"(SEL_KCODE), "r"(SEL_KDATA), "r"(SEL_TSS), "r"(0)
			 : "rax", "memory");
}

/* Which vectors have a stack of their own, from 1. */
static const uint8_t vector_ist[256] = {[1] = 1, [2] = 2, [8] = 3, [18] = 4};

static void cpu_idt_init(void)
{
	for (unsigned i = 0; i < 256; i++) {
		uint64_t stub = (uint64_t)trap_stubs + i * STUB_SIZE;

		idt[i] = (struct idt_gate){
			.offset_low = (uint16_t)stub,
			.selector = SEL_KCODE,
			.ist = vector_ist[i],
			.type = GATE_INTERRUPT | (i == 3 || i == 4 ? GATE_USER : 0),
			.offset_mid = (uint16_t)(stub >> 16),
			.offset_high = (uint32_t)(stub >> 32),
		};
	}
}

static void cpu_stacks_init(struct percore *core)
{
	struct cpu *c = &core->cpu;

	c->kstack = cpu_stack(core);
	core->tss.rsp[0] = c->kstack;
	core->tss.iopb = sizeof(struct tss);
	for (unsigned i = 0; i < IST_COUNT; i++) {
		union ist_stack *stack = &core->ist[i];
		unsigned top = STACK_SIZE / 8 - 1;

		stack->word[top] = (uint64_t)c;
		core->tss.ist[i] = (uint64_t)&stack->word[top - 1];
	}
}

/* All errors of all banks are machine checks, which end the machine (SDM 3B, 15.8). */
static void cpu_machine_check(void)
{
	uint64_t cap = x86_cpuid(1, 0).d & CPUID_MCA ? x86_rdmsr(MSR_MCG_CAP) : 0;

	if (cap & MCG_CAP_CTL)
		x86_wrmsr(MSR_MCG_CTL, UINT64_MAX);
	for (uint32_t bank = cap & 0xff; bank-- > 0;)
		x86_wrmsr(MSR_MC_CTL(bank), UINT64_MAX);
}

/*
 * start.S has cleared what firmware had in CR4. PCE stays off; so does TSD, user level has the TSC.
 */
static void cpu_features(void)
{
	struct cpuid features = x86_cpuid(7, 0);
	uint64_t cr4 = x86_read_cr4() | CR4_FSGSBASE | CR4_MCE;

	if (x86_cpuid(0, 0).a < 7 || !(features.b & CPUID7_FSGSBASE))
		log_panic("the CPU lacks FSGSBASE (Intel since 2012, AMD since 2014)");
	if (features.b & CPUID7_SMEP)
		cr4 |= CR4_SMEP;
	if (features.b & CPUID7_SMAP)
		cr4 |= CR4_SMAP;
	if (features.c & CPUID7_UMIP)
		cr4 |= CR4_UMIP;
	if (!(x86_cpuid(0x80000001, 0).d & CPUID_RDTSCP))
		log_panic("the CPU lacks RDTSCP (Intel since 2008, AMD since 2007)");
	x86_write_cr4(cr4);
}

uint64_t cpu_stack(struct percore *core)
{
	return (uint64_t)core->kstack + KSTACK_SIZE;
}

/* This core will have the next number (core_add). */
void cpu_init_core(struct percore *core)
{
	struct table_register idtr = {sizeof(idt) - 1, (uint64_t)idt};

	cpu_stacks_init(core);
	cpu_gdt_init(core);
	__asm__ volatile("lidt %0" : : "m"(idtr));
	cpu_features();
	cpu_machine_check();
	x86_wrmsr(MSR_GS_BASE, (uint64_t)&core->cpu);
	x86_wrmsr(MSR_KERNEL_GS_BASE, 0);
	/* SDM 2B, SYSCALL and SYSRET: kernel code, and what user code and data are counted from. */
	x86_wrmsr(MSR_STAR, (uint64_t)SEL_KCODE << 32 | (uint64_t)(SEL_KDATA | 3) << 48);
	x86_wrmsr(MSR_LSTAR, (uint64_t)entry_syscall);
	/* From 32-bit code, which no segment makes possible. SYSENTER faults (SDM 2B). */
	x86_wrmsr(MSR_CSTAR, (uint64_t)entry_syscall);
	x86_wrmsr(MSR_SYSENTER_CS, 0);
	x86_wrmsr(MSR_FMASK, FMASK_FLAGS);
	x86_wrmsr(MSR_TSC_AUX, core_count());
}

void cpu_init(void)
{
	cpu_idt_init();
	cpu_init_core(&first_core);
	core_add(&first_core.cpu);
}
