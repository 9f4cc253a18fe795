/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_INIT_UTS_H
#define POSIX_INIT_UTS_H

/* The name of the system, for uname. */
const char *uts_hostname(void);

#endif
