/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages about what is wrong, and exit statuses.
 */
#ifndef R2C_REPORT_H
#define R2C_REPORT_H

#include <stdio.h>

#define STATUS_USAGE 2		  /* r2c itself was called wrongly */
#define STATUS_KERNEL_PANIC 124	  /* COS_HALT_PANIC: the kernel ended itself */
#define STATUS_SYSTEM_FAILED 125  /* not the program but the system under it failed */
#define STATUS_NOT_EXECUTABLE 126 /* as a shell: found, but not a program */
#define STATUS_NOT_FOUND 127	  /* as a shell */
#define STATUS_SIGNAL 128	  /* plus the signal that killed the program */

/* "r2c: message" on the report stream, stderr unless report_to was called. */
__attribute__((format(printf, 1, 2))) void report(const char *format, ...);
/* "FILE:LINE: message"; line 0: the file as a whole. */
__attribute__((format(printf, 3, 4))) void report_at(const char *file, int line, const char *format,
						     ...);
void report_to(FILE *stream);

#endif
