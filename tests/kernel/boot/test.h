/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The test's first component. It makes further domains that map its own text, so that its functions
 * can be servers there. Such a function may use its arguments, its stack and the shared region
 * only, since each domain has variables of its own.
 */
#ifndef TEST_H
#define TEST_H

#define SHARED_VA 0x20000000
#define SHARED_PAGES 33 /* one of variables, then stacks */
#define STACKS_VA (SHARED_VA + 0x1000)
#define STACKS 32 /* 16 and up: of threads on other cores */
#define PROGRAM_SP 0x30000

#define SHARED_EXIT 0
#define SHARED_KIND 8
#define SHARED_FPU_YIELD 16
#define SHARED_FPU_ROUNDS 24
#define SHARED_FPU_BAD 32

#define AGAIN_S 30
#define TSC_HZ 2000000000UL /* roughly: the kernel does not know it */

/* privilege.S */
#define TRY_SKIP 16
#define TRY_UMIP 5
#define TRY_OTHER 39
#define TRIES 43

#define SYS_CALL 0
#define SYS_ARG 8

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cos/abi.h"

struct shared {
	uint64_t exit_status;
	uint64_t inv_kind;
	uint64_t fpu_yield;
	uint64_t fpu_rounds;
	uint64_t fpu_bad;
	/* Pager and handler: what they have got, and what they answer. */
	uint64_t faults[2]; /* pager, handler */
	uint64_t fault[6];
	uint64_t answer[2];
	uint64_t fault_map; /* the pager: map this page at the address first, in that table */
	uint64_t fault_pgtbl;
	uint64_t fault_skip; /* the handler: bytes of the instruction to go over */
	uint64_t fault_regs_bad;
	uint64_t spins;
	uint64_t woken;
	uint64_t log[8];
	uint64_t nlog;
};
#define shared ((volatile struct shared *)SHARED_VA)

struct sys {
	uint64_t call;
	uint64_t arg[6];
};

long sys(struct sys *s);

/* Roughly: the kernel does not know how long a second is. */
#define TSC_HZ 2000000000UL
uint64_t tsc(void);
extern const struct cos_bootinfo *bootinfo;

/* One call. */
static inline long op_once(uint64_t cap, uint64_t op, uint64_t a, uint64_t b)
{
	struct sys s = {COS_OP(cap, op), {a, b}};

	return sys(&s);
}

/* Repeat while the result is COS_EAGAIN: another core may still use what was freed just now. */
static inline long op6(uint64_t cap, uint64_t op, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		       uint64_t e, uint64_t f)
{
	uint64_t start = tsc();
	long status;

	do {
		struct sys s = {COS_OP(cap, op), {a, b, c, d, e, f}};

		status = sys(&s);
	} while (status == -COS_EAGAIN && tsc() - start < AGAIN_S * TSC_HZ);
	return status;
}
#define OP_ARGS(cap, op, a, b, c, d, e, f, ...) op6(cap, op, a, b, c, d, e, f)
/* Up to six arguments. */
#define OP(cap, ...) OP_ARGS(cap, __VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

extern char thd_entry[], server_entry[], echo_entry[], gate_entry[], program_entry[], pager_entry[],
	empty_entry[], recurse_entry[], fpu_entry[], spin_entry[], program_capless_entry[],
	handler_entry[], decline_entry[], reader_entry[];

/* Slots and pages for the tests. They are never given back. */
uint64_t slot_new(void);
/* A page of that type: its cos_mem. */
uint64_t page_new(unsigned type);
uint64_t page_kernel(void);
/* Retype pages, COS_MEM_RETYPE_MAX at a time. */
void pages_retype(uint64_t untyped, uint64_t page, uint64_t count, unsigned type);

struct domain {
	uint64_t captbl;
	uint64_t pgtbl;
	uint64_t comp;
};

/* A domain with the test's text, the shared region, and nothing in its captbl. */
void domain_make(struct domain *d, uint64_t id);
/* Map a page, making the tables that are missing. */
void domain_map(const struct domain *d, uint64_t va, uint64_t mem, unsigned flags);
uint64_t sinv_new(uint64_t comp, const void *entry, uint64_t token);
uint64_t thd_new(uint64_t comp, uint64_t tid, const void *entry, uint64_t argument);

/* Prepare memory, capabilities, and our thread as the core's scheduler thread. */
void setup(void);
extern unsigned test_failures;
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void test_fail(const char *file, int line, const char *what, long got, long expected);
/* Compare, report, count; the test goes on. */
#define EXPECT(got, expected)                                                 \
	do {                                                                  \
		long got_ = (long)(got), expected_ = (long)(expected);        \
		if (got_ != expected_)                                        \
			test_fail(__FILE__, __LINE__, #got, got_, expected_); \
	} while (0)

void test_captbl(void);
void test_delegate(void);
void test_mem(void);
void test_pgtbl(void);
void test_super(void);
void test_comp(void);
void test_sinv(void);
void test_stop(void);
void test_depth(void);
void test_gate(void);
void test_pager(void);
void test_handler(void);
void test_self(void);
void test_hw(void);
void test_log(void);
void test_interrupts(void);
void test_privilege(void);
void test_switch(void);
void test_timer(void);
void test_events(void);
void test_fpu(void);
void test_tcap(void);
void test_random(void);
void test_attacks(void);
void test_cores(void);
void test_send(void);
void test_move(void);
void test_restart(void);
void test_revoke(void);
void test_revoke_all(void);
void test_remap(void);
void test_quiesce(void);
void test_destroy(void);

/*
 * The other cores (cores.c). The scheduler thread of each is in our component and idles until it
 * gets a function to run.
 */
#define CORES 8 /* that are used at most */
unsigned cores_used(void);
/* Starts them. */
void cores_setup(void);
void core_run(unsigned core, void (*run)(unsigned core));
/* Wait until no core runs a function. A timeout fails the test; a working kernel needs far less. */
void cores_wait(void);
bool core_runs(unsigned core);
/* Take and forget all events of this core's scheduler thread. */
void core_events(unsigned core);
/* Let a millisecond pass, or wait until there is an event. */
void nap(void);

#define SCHED_PRIO 10

/* The end-point of our thread. */
extern uint64_t sched_arcv;

/* The number behind name on the kernel's command line. */
uint64_t option(const char *name, uint64_t otherwise);

/* Take all events; -> the mask of that thread's, 0: none. */
uint64_t events_of(uint64_t tid);
#endif

#endif
