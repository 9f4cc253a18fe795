/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of posix-run: run.c (start and services), run_memory.c (mem), run_thread.c (threads).
 */
#ifndef TESTS_POSIX_RUN_H
#define TESTS_POSIX_RUN_H

#include <cos/abi.h>

#define PROGRAM 9 /* the program's component id */

/* component_init of each, renamed by the build. */
long storage_component_init(void);
long network_component_init(void);
long posix_component_init(void);

/* Make the program's memory. -1: errno says why. */
int run_memory_init(void);
/* Catch the signals that are a program's system calls and exceptions. */
void run_signals_init(void);

#endif
