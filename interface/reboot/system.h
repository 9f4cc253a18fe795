/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reboot: the end of the whole system.
 * Audience: posix.
 */
#ifndef INTERFACE_REBOOT_SYSTEM_H
#define INTERFACE_REBOOT_SYSTEM_H

#include "interface.h"

/*
 * End the system: status 0 to COS_HALT_MAX as exit status of QEMU's debug exit. COS_EPERM: the
 * caller has not the role of posix.
 */
COS_INTERFACE long reboot_system(long status);

#endif
