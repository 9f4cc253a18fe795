/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A byte stream in memory with a reading and a writing side, for pipes and FIFOs.
 *
 * I1 A write of up to PIPE_BUF bytes is atomic.
 * I2 Each side counts its opens. A read without data and without a writer is the end of the file; a
 *    write without a reader is EPIPE.
 */
#ifndef RUMP_KERN_PIPE_H
#define RUMP_KERN_PIPE_H

#include "kern/file.h"
#include "kern/select.h"
#include "kern/sync.h"

/*
 * NetBSD's sizes: a buffer of 64 KiB lets a writer run ahead by several reads. PIPE_BUF is a page;
 * POSIX asks for 512 at least.
 */
#define PIPE_SIZE 65536
#define PIPE_BUF 4096

struct pipe {
	struct kmutex p_lock;
	struct kcv p_rcv, p_wcv; /* data or the end; space or no reader */
	struct kcv p_opencv;	 /* FIFO: the other side was opened */
	char *p_buf;
	size_t p_head, p_len; /* the data: p_len bytes from p_head on, wrapping around */
	unsigned p_readers, p_writers;
	unsigned p_ropens, p_wopens; /* how often each side was opened in all */
	struct selinfo p_rsel, p_wsel;
	struct rump_timespec p_time;
};

struct pipe *pipe_alloc(void); /* NULL: no memory */
void pipe_free(struct pipe *p);
int pipe_read(struct pipe *p, struct uio *uio, bool nonblock);
int pipe_write(struct pipe *p, struct uio *uio, bool nonblock);
int pipe_poll(struct pipe *p, int events, unsigned fflag);
int pipe_ioctl(struct pipe *p, unsigned long req, void *data);
int pipe_kqfilter(struct pipe *p, struct knote *kn);
/* A side was closed. */
void pipe_detach(struct pipe *p, unsigned fflag);

#endif
