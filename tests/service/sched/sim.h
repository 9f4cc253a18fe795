/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the simulations of sched_test and cores_test have in common: the parts of libcos and mem
 * that do not depend on how many cores are simulated (sim.c), and the headers that such a test
 * needs.
 */
#ifndef TESTS_SERVICE_SCHED_SIM_H
#define TESTS_SERVICE_SCHED_SIM_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <boot/roles.h>
#include <mem/arcv.h>
#include <mem/mem.h>
#include <mem/thread.h>
/* The host has a function of that name. */
#define sched_yield sched_yield_of_the_interface
#include <sched/boot.h>
#include <sched/control.h>
#include <sched/device.h>
#include <sched/program.h>
#include <sched/sched.h>
#include <cos/cap.h>
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/lend.h>
#include <cos/reach.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "service/sched/core.h"

#define SIM_SCHED 3 /* component id of sched */

long component_init(void); /* service/sched/main.c */
_Noreturn void sched_main(void);
void sched_entry(void);

/* A thread of the test that runs function(arg); its tid. */
long create(void (*function)(unsigned long), unsigned long arg, long prio);

#endif
