/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling policies: what is refused and how, and that what was set is what one gets. */
#include "policy.h"

#define RESET 0x40000000

static void sizes(void)
{
	struct attr attr = {.size = 48};

	CALL(syscall(SYS_sched_setattr, 0, NULL, 0));
	CALL(syscall(SYS_sched_setattr, 0, 8, 0));
	CALL(setattr(0, attr, 1));
	CALL(setattr(-1, attr, 0));
	CALL(setattr(999999, attr, 0));
	CALL(setattr(0, (struct attr){.size = 0}, 0));
	CALL(setattr(0, (struct attr){.size = 40}, 0));
	CALL(setattr(0, (struct attr){.size = 5000}, 0));
	CALL(setattr(0, (struct attr){.size = 80}, 0));
	CALL(setattr(0, (struct attr){.size = 80, .more[7] = 1}, 0));
	CALL(syscall(SYS_sched_getattr, 0, NULL, 48, 0));
	CALL(syscall(SYS_sched_getattr, 0, &attr, 48, 1));
	CALL(getattr(0, &attr, 47));
	CALL(getattr(0, &attr, 4097));
	CALL(getattr(-1, &attr, 48));
	CALL(getattr(999999, &attr, 48));
}

static void ordinary(void)
{
	struct sched_param param = {0};

	show_attr();
	SET(.policy = 3);
	show_attr();
	SET(.policy = 5, .flags = 1);
	show_attr();
	SET(.policy = 0);
	show_attr();
	SET(.policy = 4);
	SET(.policy = 7000);
	SET(.policy = -1u);
	SET(.policy = 0, .priority = 1);
	SET(.policy = 0, .flags = 1ul << 40);
	SET(.policy = 1);
	SET(.policy = 1, .priority = 100);
	SET(.policy = 3, .flags = 8);
	show_attr();
	CALL(syscall(SYS_sched_setscheduler, 0, 3 | RESET, &param));
	show_attr();
	CALL(syscall(SYS_sched_setparam, 0, &param));
	show_attr();
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, DEADLINE, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 1, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 4, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 0, NULL));
	CALL(syscall(SYS_sched_setscheduler, -1, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 999999, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, -1, &param));
	CALL(syscall(SYS_sched_getscheduler, -1));
	CALL(syscall(SYS_sched_getscheduler, 999999));
	CALL(syscall(SYS_sched_getparam, 0, NULL));
	CALL(syscall(SYS_sched_getparam, -1, &param));
	CALL(syscall(SYS_sched_getparam, 0, &param));
	CALL(param.sched_priority);
	param.sched_priority = 1;
	CALL(syscall(SYS_sched_setparam, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &param));
}

static void deadlines_refused(void)
{
	SET(.policy = DEADLINE);
	SET(.policy = DEADLINE, .runtime = 1000, .deadline = 10 * MS);
	SET(.policy = DEADLINE, .runtime = 11 * MS, .deadline = 10 * MS, .period = 20 * MS);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS, .period = 9 * MS);
	SET(.policy = DEADLINE, .runtime = 2000, .deadline = 50000, .period = 50000);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS, .period = 5000 * MS);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS, .priority = 1);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 1ul << 63, .period = 1ul << 63);
}

int main(void)
{
	sizes();
	ordinary();
	deadlines_refused();
	SAY("as another user:");
	CALL(setuid(1000));
	ordinary();
	deadlines_refused();
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS);
	SET(.policy = 1, .priority = 1);
	SET(.policy = 2, .priority = 99);
	show_attr();
	return 0;
}
