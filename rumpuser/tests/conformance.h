/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conformance suite of rumpuser(3). One source for every host: a harness supplies main, which
 * runs the cases in order and reports; a case returns NULL or what was wrong. The suite uses
 * nothing but the hypercalls, and calls rumpuser_init itself with upcalls that count.
 */
#ifndef RUMPUSER_TESTS_CONFORMANCE_H
#define RUMPUSER_TESTS_CONFORMANCE_H

#include <stddef.h>

struct rumpuser_case {
	const char *name;
	const char *(*run)(void);
};

extern const struct rumpuser_case rumpuser_cases[];
extern const size_t rumpuser_ncases;

/* A path of the host that a file may be made under, for the cases on files; set before they run. */
extern const char *rumpuser_test_path;

#endif
