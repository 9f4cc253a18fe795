/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals for the component itself. */
#ifndef RUMPUSER_COS_SIGNAL_H
#define RUMPUSER_COS_SIGNAL_H

#include <stdbool.h>

/*
 * May be defined by a component that handles signals of its own. true: the signal (NetBSD's number)
 * has been handled; false, or not defined: the default for a process applies.
 */
bool component_signal(int netbsd_signal) __attribute__((weak));

#endif
