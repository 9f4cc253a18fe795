/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entropy: random numbers from a device, to seed generators with.
 * Audience: everyone.
 */
#ifndef INTERFACE_ENTROPY_H
#define INTERFACE_ENTROPY_H

#include "interface.h"

/*
 * v0 = 63 random bits, v1 = 64 more. Blocks until the device has given them. COS_ENODEV: there is
 * none, COS_EIO: it failed; COS_EAGAIN: the component has not started yet (one that is imported
 * weakly must come first in the composition).
 */
COS_INTERFACE struct cos_pair entropy_draw(void);

#endif
