/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reboot as the handler of every component's exceptions.
 * Audience: the kernel.
 */
#ifndef INTERFACE_REBOOT_HANDLER_H
#define INTERFACE_REBOOT_HANDLER_H

#include "interface.h"

/*
 * An exception (cos/abi.h, Exception) in a component that is no program. COS_EPERM: there is none.
 */
COS_INTERFACE long reboot_exception(long kind, unsigned long addr, long error, unsigned long ip,
				    unsigned long sp, long comp);

#endif
