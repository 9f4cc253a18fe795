/* SPDX-License-Identifier: BSD-2-Clause */
/* Where entry.S enters C: system calls, exceptions, interrupts; and the end by a panic. */
#include <stdatomic.h>
#include "apic.h"
#include "arcv.h"
#include "core.h"
#include "cpu.h"
#include "inv.h"
#include "log.h"
#include "machine.h"
#include "op.h"
#include "pte.h"
#include "quiesce.h"
#include "x86.h"

#define VECTOR_DB 1
#define VECTOR_NMI 2
#define VECTOR_NM 7
#define VECTOR_DF 8
#define VECTOR_MC 18
#define VECTOR_EXCEPTIONS 32
#define BACKTRACE_MAX 16 /* callers: deeper than the kernel calls, and short on a broken stack */

extern const char kernel_text[];
/* From kernel.ld and symbols.awk: where each function starts, from kernel_text, ascending. */
extern const struct symbol {
	uint32_t start;
	char name[28];
} kernel_symbols[], kernel_symbols_end[];
/* 1 + the APIC id of the core that ends the machine; 0: none does. */
static _Atomic uint32_t panicking;

void trap_syscall(void)
{
	struct cpu *c = cpu();

	core_enter(c);
	op_syscall();
	core_exit(c);
}

/* Operation 0 of a capability that is no sinv. Switches and events are the frequent ones. */
__attribute__((optimize("omit-frame-pointer"))) void trap_operation(struct cap *cap)
{
	struct cpu *c = cpu();
	struct thd *thd = c->thd;

	core_enter(c);
	if (cap->type == CAP_THD && (cap->rights & 1U << COS_THD_SWITCH))
		thd->reg[COS_REG_RAX] = (uint64_t)core_switch(c, cap->thd, thd->reg[COS_REG_RDI],
							      thd->reg[COS_REG_RSI]);
	else if (cap->type == CAP_ASND && (cap->rights & 1U << COS_ASND))
		thd->reg[COS_REG_RAX] = (uint64_t)arcv_send(cap->thd);
	else
		op_first(thd, cap);
	core_exit(c);
}

/*
 * A device can send any number of them (apic.h): a line each time that there are twice as many.
 * trap_nmi may have interrupted the kernel anywhere, so it only counts.
 */
static _Atomic unsigned nmis, nmis_next = 1;

static void trap_nmi(void)
{
	while (panicking)
		__asm__ volatile("cli; hlt");
	if (++nmis >= nmis_next)
		log_later = true;
}

static void trap_log(void)
{
	log_drain();
	if (nmis < nmis_next)
		return;
	nmis_next = 2 * nmis;
	log_print("kernel: NMI, %u by now\n", nmis_next / 2);
}

static void trap_interrupt(unsigned vector)
{
	apic_eoi(vector);
	if (vector == APIC_VECTOR_TIMER)
		core_timer();
	else if (vector == APIC_VECTOR_POKE)
		core_poked();
	else if (vector >= IRQ_VECTOR_FIRST && vector <= IRQ_VECTOR_LAST)
		core_interrupt(vector);
	if (log_later)
		trap_log();
}

static void trap_exception(struct thd *thd, unsigned vector, uint64_t error)
{
	switch (vector) {
	case VECTOR_NMI:
		trap_nmi();
		break;
	case VECTOR_DF:
	case VECTOR_MC:
		log_panic("exception %u of the machine, ip 0x%lx", vector, thd->reg[COS_REG_IP]);
	case VECTOR_NM:
		if (fpu_first_use(thd))
			break;
		/* fallthrough */
	default:
		inv_fault(thd, vector, vector == COS_FAULT_PAGE ? x86_read_cr2() : 0, error);
	}
}

void trap_user(uint64_t vector, uint64_t error)
{
	struct cpu *c = cpu();

	core_enter(c);
	if (vector < VECTOR_EXCEPTIONS)
		trap_exception(c->thd, (unsigned)vector, error);
	else
		trap_interrupt((unsigned)vector);
	core_exit(c);
}

/*
 * Print FUNCTION+OFFSET. back is 1 for a return address, which may lie behind its function already.
 */
static void symbol_print(uint64_t ip, unsigned back)
{
	uint64_t at = ip - back - (uint64_t)kernel_text;
	const struct symbol *s = kernel_symbols;

	while (s + 1 < kernel_symbols_end && s[1].start <= at)
		s++;
	log_print("  0x%lx %s+0x%lx\n", ip, s->name, at - s->start + back);
}

static bool trap_mapped(uint64_t va)
{
	uint64_t pte = pte_paddr(x86_read_cr3()) | PTE_P;

	for (unsigned level = PGTBL_LEVELS; level && pte_present(pte) && !(pte & PTE_PS); level--)
		pte = ((uint64_t *)pa_va(pte_paddr(pte)))[pte_index(va, level)];
	return pte_present(pte);
}

void machine_backtrace(const uint64_t *frame)
{
	const uint64_t *last = (const uint64_t *)DIRECT_BASE;

	/*
	 * The stack may be broken: go on while a stack frame can be read and lies above the last.
	 */
	for (unsigned i = 0; i < BACKTRACE_MAX && frame > last && (uint64_t)frame % 8 == 0; i++) {
		if (!trap_mapped((uint64_t)frame) || !trap_mapped((uint64_t)(frame + 1)))
			break;
		symbol_print(frame[1], 1);
		last = frame;
		frame = (const uint64_t *)frame[0];
	}
}

void machine_panic(void)
{
	uint32_t self = 1 + (x86_cpuid(1, 0).b >> 24), first = 0;

	if (!atomic_compare_exchange_strong(&panicking, &first, self)) {
		if (first == self)
			machine_halt(COS_HALT_PANIC);
		trap_nmi();
	}
	if (core_count() > 1)
		apic_stop_others();
	log_wait(true);
}

static noreturn void trap_panic(const struct trap_regs *r)
{
	static const char names[][4] = {"r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10",
					"r9",  "r8",  "rdi", "rsi", "rdx", "rcx", "rax"};

	machine_panic();
	log_print("kernel panic: exception %lu, error 0x%lx cr2 0x%lx cr3 0x%lx\n", r->vector,
		  r->error, x86_read_cr2(), x86_read_cr3());
	log_print("  rip 0x%lx rsp 0x%lx flags 0x%lx cs 0x%lx", r->ip, r->sp, r->flags, r->cs);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		log_print("%s %s 0x%lx", i % 5 ? "" : "\n ", names[i], (&r->r15)[i]);
	log_print("\n");
	symbol_print(r->ip, 0);
	machine_backtrace((const uint64_t *)r->rbp);
	/* Last, since it needs more of the kernel to be intact. */
	log_print("core %lu, thread %lu\n", cpu()->core, cpu()->tid);
	machine_halt(COS_HALT_PANIC);
}

void trap_kernel(const struct trap_regs *regs)
{
	if (regs->vector >= VECTOR_EXCEPTIONS) {
		/* The interrupt has ended the idle halt. */
		quiesce_enter(cpu());
		trap_interrupt((unsigned)regs->vector);
		return;
	}
	if (regs->vector == VECTOR_NMI)
		trap_nmi();
	/* A debug trap that user level caused just before SYSCALL is ignored. */
	else if (regs->vector != VECTOR_DB)
		trap_panic(regs);
}

void machine_idle(void)
{
	/* STI takes effect after the next instruction, so no interrupt comes before the halt. */
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}
