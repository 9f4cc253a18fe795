/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals for the component itself. */
#ifndef RUMPUSER_COS_SIGNAL_H
#define RUMPUSER_COS_SIGNAL_H

#include <stdbool.h>

/*
 * A component that has signals of its own handled defines this: true, it has dealt with the signal
 * (NetBSD's number); false, or not defined: what a process would do by default.
 */
bool component_signal(int netbsd_signal) __attribute__((weak));

#endif
