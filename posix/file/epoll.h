/* SPDX-License-Identifier: BSD-2-Clause */
/* epoll, as files that end need it. */
#ifndef POSIX_FILE_EPOLL_H
#define POSIX_FILE_EPOLL_H

struct file;

/* The last reference to f is gone: no epoll watches it any more. */
void epoll_forget(struct file *f);

#endif
