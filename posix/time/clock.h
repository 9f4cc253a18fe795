/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's clocks. */
#ifndef POSIX_TIME_CLOCK_H
#define POSIX_TIME_CLOCK_H

#include <stdbool.h>

/* Is there a clock of that id? */
bool clock_known(int clock);
/* Does it show the time of day, rather than a time since the start? */
bool clock_is_real(int clock);

#endif
