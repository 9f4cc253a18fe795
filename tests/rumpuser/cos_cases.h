/* SPDX-License-Identifier: BSD-2-Clause */
/* Further checks of the COS host (cos_cases.c). */
#ifndef TESTS_RUMPUSER_COS_CASES_H
#define TESTS_RUMPUSER_COS_CASES_H

#include "conformance.h"

struct cos_case {
	const char *says;
	const char *(*run)(void); /* NULL, or what was wrong */
};

/* Run after the suite, in a thread without an lwp. */
extern const struct cos_case cos_cases[];
extern const size_t cos_ncases;

#endif
