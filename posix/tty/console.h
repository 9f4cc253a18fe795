/* SPDX-License-Identifier: BSD-2-Clause */
/* The console as a file, and its signals. */
#ifndef POSIX_TTY_CONSOLE_H
#define POSIX_TTY_CONSOLE_H

struct file;
struct process;

void console_file_init(void);
/* The process that the host's signals (Ctrl-C) go to. */
void console_set_foreground(struct process *proc);
/* CONSOLE_STDIN, _STDOUT or _STDERR of the program that r2c runs; with a reference. */
struct file *console_file(int stream);

#endif
