/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_POSIX_RUN_H
#define TESTS_POSIX_RUN_H

/* component_init of each, renamed by the build. */
long storage_component_init(void);
long network_component_init(void);
long posix_component_init(void);

#endif
