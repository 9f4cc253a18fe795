/* SPDX-License-Identifier: BSD-2-Clause */
/* Text in registers: four words, the first byte lowest (console_log, console_fail). */
#ifndef SERVICE_CONSOLE_WORDS_H
#define SERVICE_CONSOLE_WORDS_H

#define CONSOLE_WORDS_BYTES 32

#endif
