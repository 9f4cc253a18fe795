/* SPDX-License-Identifier: BSD-2-Clause */
/* For components that use the hypercalls without a rump kernel. */
#ifndef TESTS_RUMPUSER_COS_NO_KERNEL_H
#define TESTS_RUMPUSER_COS_NO_KERNEL_H

#include "rumpuser.h"

/* Their upcalls. */
extern const struct rumpuser_hyperup no_kernel;

#endif
