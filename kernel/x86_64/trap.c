/* SPDX-License-Identifier: BSD-2-Clause */
/* Where x86_64/entry.S enters C. */
#include "apic.h"
#include "arcv.h"
#include "core.h"
#include "cpu.h"
#include "fpu.h"
#include "inv.h"
#include "log.h"
#include "machine.h"
#include "op.h"
#include "quiesce.h"
#include "x86.h"

#define VECTOR_DB 1
#define VECTOR_NMI 2
#define VECTOR_NM 7
#define VECTOR_DF 8
#define VECTOR_MC 18
#define VECTOR_EXCEPTIONS 32
#define BACKTRACE_MAX 16

void trap_syscall(void);
void trap_operation(struct cap *cap);
void trap_user(uint64_t vector, uint64_t error);
void trap_kernel(const struct trap_regs *regs);

void trap_syscall(void)
{
	struct cpu *c = cpu();

	core_enter(c);
	op_syscall();
	core_exit(c);
}

/* Operation 0 of a capability other than a sinv: switches and events, that is. */
__attribute__((optimize("omit-frame-pointer"))) void trap_operation(struct cap *cap)
{
	struct cpu *c = cpu();
	struct thd *thd = c->thd;

	core_enter(c);
	if (cap->type == CAP_THD && (cap->rights & 1U << COS_THD_SWITCH))
		thd->reg[COS_REG_RAX] = (uint64_t)core_switch(
			c, cap->thd, thd->reg[COS_REG_RDI], thd->reg[COS_REG_RSI]);
	else if (cap->type == CAP_ASND && (cap->rights & 1U << COS_ASND))
		thd->reg[COS_REG_RAX] = (uint64_t)arcv_send(cap->thd);
	else
		op_first(thd, cap);
	core_exit(c);
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
}

static void trap_exception(struct thd *thd, unsigned vector, uint64_t error)
{
	switch (vector) {
	case VECTOR_NMI:
		log_print("NMI\n");
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

void machine_backtrace(const void *frame)
{
	const uint64_t *fp = frame;

	log_print("called from");
	for (unsigned i = 0; i < BACKTRACE_MAX; i++) {
		if ((uint64_t)fp < KERNEL_BASE || (uint64_t)fp % 8)
			break;
		log_print(" 0x%lx", fp[1]);
		fp = (const uint64_t *)fp[0];
	}
	log_print("\n");
}

static noreturn void trap_panic(const struct trap_regs *r)
{
	const struct thd *thd = cpu()->thd;

	log_print("exception %lu in the kernel: error 0x%lx cr2 0x%lx cr3 0x%lx\n", r->vector,
		  r->error, x86_read_cr2(), x86_read_cr3());
	log_print("ip 0x%lx sp 0x%lx flags 0x%lx cs 0x%lx\n", r->ip, r->sp, r->flags, r->cs);
	log_print("r15 to r8, rbp rbx, di si dx cx ax:");
	for (const uint64_t *reg = &r->r15; reg <= &r->rax; reg++)
		log_print(" 0x%lx", *reg);
	log_print("\ncore %lu, thread %lu\n", cpu()->core, thd ? thd->id : 0);
	machine_backtrace((const void *)r->rbp);
	log_panic("an exception in the kernel");
}

void trap_kernel(const struct trap_regs *regs)
{
	if (regs->vector >= VECTOR_EXCEPTIONS) {
		/* It was idle. */
		quiesce_enter(cpu());
		trap_interrupt((unsigned)regs->vector);
		return;
	}
	if (regs->vector == VECTOR_NMI)
		log_print("NMI\n");
	/* A debug trap that user level set off just before it entered is of no interest. */
	else if (regs->vector != VECTOR_DB)
		trap_panic(regs);
}

void machine_idle(void)
{
	/* STI takes effect after the next instruction: no interrupt is lost before the halt. */
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}
