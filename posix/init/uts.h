/* SPDX-License-Identifier: BSD-2-Clause */
/* The system's name. */
#ifndef POSIX_INIT_UTS_H
#define POSIX_INIT_UTS_H

/* The composition's name for the system, or a default. */
const char *uts_hostname(void);

#endif
