/* SPDX-License-Identifier: BSD-2-Clause */
/* The component's parameters from the composition: "KEY=VALUE" strings, linked in by r2c. */
#ifndef COS_PARAM_H
#define COS_PARAM_H

#include <stdbool.h>
#include <stdint.h>

/* The value of key, or NULL. It lives as long as the component. */
const char *cos_param(const char *key);
/*
 * All parameters in the composition's order: cos_param_next(NULL) is the first "KEY=VALUE"; NULL
 * after the last.
 */
const char *cos_param_next(const char *previous);
/*
 * A value that is a size: a number of bytes, or of KiB, MiB, GiB with k, m, g (or K, M, G) behind
 * it, at most INT64_MAX bytes. False: it is none.
 */
bool cos_size_parse(const char *text, uint64_t *bytes);

#endif
