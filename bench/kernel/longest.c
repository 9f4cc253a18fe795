/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long interrupts are off at most, for each operation and each exception or interrupt, in ticks
 * of the TSC. For a kernel that is otherwise the usual one, linked with --wrap; it prints the table
 * when the machine ends. Idleness does not count. For a single core: under -icount the TSC of all
 * cores counts the instructions of all.
 */
#include <stddef.h>
#include "core.h"
#include "cpu.h"
#include "log.h"
#include "machine.h"
#include "op.h"
#include "trace/entries.h"

#define OPERATIONS 32
#define ARGUMENTS 4
#define VECTORS 256

struct longest {
	uint64_t ticks, count;
	uint64_t argument[ARGUMENTS];
};

static const char *const types[CAP_NTYPES] = {
	[CAP_CAPTBL] = "captbl",   [CAP_PGTBL] = "pgtbl",   [CAP_COMP] = "comp",
	[CAP_THD] = "thd",	   [CAP_ARCV] = "arcv",	    [CAP_ASND] = "asnd",
	[CAP_UNTYPED] = "untyped", [CAP_DEVMEM] = "devmem", [CAP_HW] = "hw",
	[CAP_IOPORT] = "ioport",   [CAP_TCAP] = "tcap",	    [CAP_SINV] = "sinv",
};

/* The last of a row is for any other operation. */
static struct longest operation[CAP_NTYPES][OPERATIONS + 1], other, vectors[VECTORS];
static uint64_t idle;

static void note(struct longest *l, uint64_t start, const uint64_t *argument)
{
	uint64_t ticks = machine_tsc() - start - idle;

	l->count++;
	if (ticks <= l->ticks)
		return;
	l->ticks = ticks;
	for (unsigned i = 0; i < ARGUMENTS; i++)
		l->argument[i] = argument ? argument[i] : 0;
}

static struct longest *longest_of(const struct thd *thd, uint64_t argument[ARGUMENTS])
{
	static const uint8_t reg[ARGUMENTS] = {COS_REG_RDI, COS_REG_RSI, COS_REG_RDX, COS_REG_R10};
	uint64_t call = thd->reg[COS_REG_RAX], number = call & 0xffff;
	enum cap_type type;

	for (unsigned i = 0; i < ARGUMENTS; i++)
		argument[i] = thd->reg[reg[i]];
	if (!captbl_lookup(cpu()->top->comp->captbl, call >> 16, &type) || !types[type])
		return &other;
	return &operation[type][number < OPERATIONS ? number : OPERATIONS];
}

void __wrap_trap_syscall(void)
{
	uint64_t argument[ARGUMENTS];
	struct longest *l = longest_of(cpu()->thd, argument);
	uint64_t start = machine_tsc();

	idle = 0;
	__real_trap_syscall();
	note(l, start, argument);
}

void __wrap_trap_operation(struct cap *cap)
{
	uint64_t argument[ARGUMENTS];
	struct longest *l = longest_of(cpu()->thd, argument);
	uint64_t start = machine_tsc();

	idle = 0;
	__real_trap_operation(cap);
	note(l, start, argument);
}

void __wrap_trap_user(uint64_t vector, uint64_t error)
{
	uint64_t start = machine_tsc();

	idle = 0;
	__real_trap_user(vector, error);
	note(&vectors[vector], start, NULL);
}

void __wrap_trap_kernel(const struct trap_regs *regs)
{
	uint64_t start = machine_tsc(), outside = idle;

	idle = 0;
	__real_trap_kernel(regs);
	note(&vectors[regs->vector], start, NULL);
	idle = outside;
}

/* The interrupt that ends the idle halt is counted by itself. */
void __wrap_machine_idle(void)
{
	uint64_t start = machine_tsc();

	__real_machine_idle();
	idle += machine_tsc() - start;
}

static void print(const char *what, unsigned number, const struct longest *l)
{
	if (l->count)
		log_print("longest %lu %s %u of %lu, arguments 0x%lx 0x%lx 0x%lx 0x%lx\n", l->ticks,
			  what, number, l->count, l->argument[0], l->argument[1], l->argument[2],
			  l->argument[3]);
}

noreturn void __wrap_machine_halt(unsigned status)
{
	for (unsigned type = 0; type < CAP_NTYPES; type++)
		for (unsigned n = 0; n <= OPERATIONS; n++)
			print(types[type], n, &operation[type][n]);
	for (unsigned i = 0; i < VECTORS; i++)
		print("vector", i, &vectors[i]);
	print("other", 0, &other);
	__real_machine_halt(status);
}
