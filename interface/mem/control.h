/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem: stop components that failed, and look into them.
 * Audience: reboot.
 */
#ifndef INTERFACE_MEM_CONTROL_H
#define INTERFACE_MEM_CONTROL_H

#include "interface.h"

/*
 * Stop component comp (COS_COMP_STOP) together with all others of its domain. COS_EPERM: mem, sched
 * or the caller share that domain. start: let invocations in again.
 */
COS_INTERFACE long mem_comp_stop(long comp);
COS_INTERFACE long mem_comp_start(long comp);
/*
 * For a debugger on the host: v0 = 0, v1 = the physical address of the page table (level 4) of
 * comp's domain; or COS_ENOENT.
 */
COS_INTERFACE struct cos_pair mem_space(long comp);
/* v0 = 0, v1 = the 8 bytes at addr (a multiple of 8) in slot 0 of comp's domain; or COS_EFAULT. */
COS_INTERFACE struct cos_pair mem_peek(long comp, unsigned long addr);

#endif
