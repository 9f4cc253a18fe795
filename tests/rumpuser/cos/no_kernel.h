/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_RUMPUSER_COS_NO_KERNEL_H
#define TESTS_RUMPUSER_COS_NO_KERNEL_H

#include "rumpuser.h"

/* The upcalls of a component that uses the hypercalls without a rump kernel. */
extern const struct rumpuser_hyperup no_kernel;

#endif
