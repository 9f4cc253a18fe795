/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_RUMPUSER_COS_CASES_H
#define TESTS_RUMPUSER_COS_CASES_H

#include "conformance.h"

/* Run after the suite, which has called rumpuser_init. */
extern const struct rumpuser_case cos_cases[];
extern const size_t cos_ncases;

#endif
