/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_CONSOLE_FILE_H
#define POSIX_CONSOLE_FILE_H

void console_file_init(void);

#endif
