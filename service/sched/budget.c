/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Budgets of CPU time (budget.h): the accounts, and the temporal capabilities that slices are put
 * in.
 */
#include <mem/mem.h>
#include <mem/thread.h>
#include <sched/sched.h>
#include <cos/cap.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/syscall.h>
#include "core.h"

/*
 * The most that a core holds of an account: a twentieth of a period, which is what I1 may be off.
 */
#define SLICE_NS (5 * COS_NS_PER_MS)
/* Less in an account counts as nothing: not worth a switch. */
#define GRAIN_NS (20 * 1000)
/* Put into a core's own tcap: years. It is filled again when it is empty (budget_used_up). */
#define OWN_TICKS (1UL << 60)

/*
 * An account is one word, for a compare-and-swap: the low bits of the period's number, and the
 * ticks that are left in it. A core's clock may be behind another's: an account of the next period
 * counts as of this one.
 */
#define LEFT_BITS 40
#define LEFT_MASK ((1UL << LEFT_BITS) - 1)
#define PERIOD_MASK (UINT64_MAX >> LEFT_BITS)

struct budget {
	uint64_t quota; /* ticks in a period */
	long component; /* whose threads are under it; 0: none */
	/* Changed by all cores. */
	uint64_t account __attribute__((aligned(CACHE_LINE)));
	uint64_t debt;	 /* time that it had in excess, to be taken from the next quotas */
	uint32_t payers; /* cores that run a thread on its time */
	struct {
		uint64_t tcap; /* capability */
		uint64_t held; /* ticks that were in it when the core left it */
		uint64_t end;  /* TSC at which the slice is used up, at the earliest */
	} __attribute__((aligned(CACHE_LINE))) core[];
};

static char *budgets;
static size_t budget_size, nbudgets;
static uint64_t period, slice, grain; /* ticks */

struct budget *budget_get(long number)
{
	if (number < 1 || (size_t)number > nbudgets)
		return NULL;
	return (struct budget *)(budgets + (size_t)(number - 1) * budget_size);
}

struct budget *budget_of(long comp)
{
	for (long number = 1; (size_t)number <= nbudgets; number++)
		if (budget_get(number)->component == comp)
			return budget_get(number);
	return NULL;
}

static const char *param_of(long number)
{
	char key[32];

	cos_snprintf(key, sizeof(key), "BUDGET%ld", number);
	return cos_param(key);
}

/* Read a number at *text and move *text behind it and a blank. False: there is none. */
static bool read_number(const char **text, uint64_t *value)
{
	const char *at = *text;

	for (*value = 0; *at >= '0' && *at <= '9' && *value < UINT32_MAX; at++)
		*value = *value * 10 + (uint64_t)(*at - '0');
	if (at == *text || (*at != '\0' && *at != ' '))
		return false;
	*text = *at == ' ' ? at + 1 : at;
	return true;
}

static bool read_budget(struct budget *budget, const char *text)
{
	uint64_t percent, component = 0;

	if (!read_number(&text, &percent) || (*text != '\0' && !read_number(&text, &component)) ||
	    *text != '\0' || percent == 0 || percent > LEFT_MASK / period * 100)
		return false;
	budget->quota = period / 100 * percent;
	budget->component = (long)component;
	return true;
}

long budget_init(uint32_t ncores)
{
	size_t count = 0;
	long pages;

	while (param_of((long)count + 1) != NULL)
		count++;
	if (count == 0)
		return 0;
	period = cos_ns_to_ticks(SCHED_BUDGET_PERIOD_NS);
	slice = cos_ns_to_ticks(SLICE_NS);
	grain = cos_ns_to_ticks(GRAIN_NS);
	budget_size = sizeof(struct budget) + ncores * sizeof(((struct budget *)0)->core[0]);
	pages = mem_map(count * budget_size, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
	if (pages < 0)
		return pages;
	budgets = (char *)pages;
	nbudgets = count;
	for (long number = 1; (size_t)number <= nbudgets; number++) {
		if (!read_budget(budget_get(number), param_of(number))) {
			cos_log("sched: BUDGET%ld=%s: expected a percentage, 1 or more, and the "
				"number of a component or nothing\n",
				number, param_of(number));
			return -COS_EINVAL;
		}
	}
	return 0;
}

static long give_own(const struct core *core)
{
	return cos_op2(COS_CAP_HW, COS_HW_TIME, core->own_tcap, OWN_TICKS);
}

long budget_init_core(struct core *core)
{
	long tcap;

	if (nbudgets == 0)
		return 0;
	tcap = mem_tcap_create();
	if (tcap < 0)
		return tcap;
	core->own_tcap = (uint64_t)tcap;
	for (long number = 1; (size_t)number <= nbudgets; number++) {
		tcap = mem_tcap_create();
		if (tcap < 0)
			return tcap;
		budget_get(number)->core[core->number].tcap = (uint64_t)tcap;
	}
	return give_own(core);
}

/* The part of a new period's quota that pays the debt. */
static uint64_t take_debt(struct budget *budget)
{
	uint64_t debt = __atomic_load_n(&budget->debt, __ATOMIC_RELAXED), part;

	do
		part = debt < budget->quota ? debt : budget->quota;
	while (!__atomic_compare_exchange_n(&budget->debt, &debt, debt - part, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return part;
}

/* The account of that period, which this core begins unless another has. */
static uint64_t open_account(struct budget *budget, uint64_t now_period)
{
	uint64_t account = __atomic_load_n(&budget->account, __ATOMIC_RELAXED), next, debt;
	uint64_t behind = (now_period - (account >> LEFT_BITS)) & PERIOD_MASK;

	if (behind == 0 || behind == PERIOD_MASK)
		return account;
	debt = take_debt(budget);
	next = now_period << LEFT_BITS | (budget->quota - debt);
	if (__atomic_compare_exchange_n(&budget->account, &account, next, false, __ATOMIC_RELAXED,
					__ATOMIC_RELAXED))
		return next;
	__atomic_fetch_add(&budget->debt, debt, __ATOMIC_RELAXED);
	return account;
}

/* Take a slice, or what there is; 0: nothing. */
static uint64_t take(struct budget *budget, uint64_t now)
{
	uint64_t account = open_account(budget, now / period & PERIOD_MASK), left, part;

	do {
		left = account & LEFT_MASK;
		if (left < grain)
			return 0;
		part = left < slice ? left : slice;
	} while (!__atomic_compare_exchange_n(&budget->account, &account, account - part, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return part;
}

/* It had so many ticks without having taken them (I2). */
static void owe(struct budget *budget, uint64_t ticks)
{
	uint64_t account = __atomic_load_n(&budget->account, __ATOMIC_RELAXED), part;

	do
		part = ticks < (account & LEFT_MASK) ? ticks : account & LEFT_MASK;
	while (!__atomic_compare_exchange_n(&budget->account, &account, account - part, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	__atomic_fetch_add(&budget->debt, ticks - part, __ATOMIC_RELAXED);
}

/* Give ticks back. The account is never more than a quota: they may be of the period before. */
static void give(struct budget *budget, uint64_t ticks)
{
	uint64_t account = __atomic_load_n(&budget->account, __ATOMIC_RELAXED), left;

	do {
		left = (account & LEFT_MASK) + ticks;
		if (left > budget->quota)
			left = budget->quota;
	} while (!__atomic_compare_exchange_n(&budget->account, &account,
					      (account & ~LEFT_MASK) | left, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

static uint64_t ticks_left(uint64_t tcap)
{
	struct cos_results results;

	cos_assert(cos_op_r(tcap, COS_TCAP_BUDGET, 0, 0, 0, 0, 0, 0, &results) == 0);
	return results.rdi;
}

uint64_t budget_tcap(const struct core *core, const struct budget *budget)
{
	return budget->core[core->number].tcap;
}

/*
 * Bring the tcap to so many ticks, less what the core has used of it since it was settled: the way
 * to the switch is charged to the budget too.
 */
static void fill(const struct core *core, struct budget *budget, uint64_t ticks)
{
	uint64_t tcap = budget_tcap(core, budget), held = budget->core[core->number].held;

	if (ticks >= held) {
		cos_assert(cos_op2(COS_CAP_HW, COS_HW_TIME, tcap, ticks - held) == 0);
		return;
	}
	held -= ticks;
	/* It may be charged meanwhile and have less than that: then nothing is to be left in it. */
	while (cos_op2(tcap, COS_TCAP_TRANSFER, core->own_tcap, held) < 0)
		held = ticks_left(tcap);
}

bool budget_pay(struct core *core, struct budget *budget, uint64_t now)
{
	uint64_t part;

	if (core->payer == budget)
		return true;
	budget_settle(core, now);
	/* Without a tcap the core could not be set up for budgets; the log says so. */
	part = budget_tcap(core, budget) != 0 ? take(budget, now) : 0;
	if (part == 0)
		return false;
	fill(core, budget, part);
	budget->core[core->number].end = now + part;
	__atomic_fetch_add(&budget->payers, 1, __ATOMIC_RELAXED);
	core->payer = budget;
	core->special |= CORE_CHARGED;
	return true;
}

void budget_settle(struct core *core, uint64_t now)
{
	struct budget *budget = core->payer;
	uint64_t left, end;

	if (budget == NULL)
		return;
	left = ticks_left(budget_tcap(core, budget));
	end = budget->core[core->number].end;
	budget->core[core->number].held = left;
	/* An end that came late, on a machine that did something else, is a debt (I2). */
	if (left == 0 && now > end)
		owe(budget, now - end);
	else
		give(budget, left);
	__atomic_fetch_sub(&budget->payers, 1, __ATOMIC_RELAXED);
	core->payer = NULL;
}

void budget_used_up(struct core *core, uint64_t now)
{
	if (core->payer != NULL)
		budget_settle(core, now);
	else
		cos_assert(give_own(core) == 0);
}

void budget_throttle(struct core *core, struct thd *thd, uint64_t now)
{
	uint64_t until = (now / period + 1) * period;

	if (__atomic_load_n(&thd->budget->payers, __ATOMIC_RELAXED) > 0 && now + slice < until)
		until = now + slice;
	core_unready(core, thd, THD_THROTTLED);
	thd->capped = 1;
	cos_timeout_insert(&core->timeouts, &thd->timeout, until);
}
