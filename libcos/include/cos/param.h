/* SPDX-License-Identifier: BSD-2-Clause */
/* The component's parameters from the composition: "KEY=VALUE" strings, linked in by r2c. */
#ifndef COS_PARAM_H
#define COS_PARAM_H

/* The value of key, or NULL. It lives as long as the component. */
const char *cos_param(const char *key);
/* Walk all, in the composition's order: cos_param_next(NULL) is the first "KEY=VALUE"; NULL after
 * the last. */
const char *cos_param_next(const char *previous);

#endif
