/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A byte stream in memory with a reading and a writing side, for pipes and for FIFOs. Writes of up
 * to PIPE_BUF bytes are atomic.
 */
#ifndef RUMP_KERN_PIPE_H
#define RUMP_KERN_PIPE_H

#include "kern/file.h"
#include "kern/select.h"
#include "kern/sync.h"

#define PIPE_SIZE 65536
#define PIPE_BUF 4096

struct pipe {
	struct kmutex p_lock;
	struct kcv p_rcv, p_wcv; /* data or end; space or nobody reads */
	struct kcv p_opencv;	 /* FIFO: the other side came */
	char *p_buf;
	size_t p_head, p_len; /* the data: from p_head on, p_len bytes, around the end */
	unsigned p_readers, p_writers;
	unsigned p_ropens, p_wopens; /* how often each side was ever opened */
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
/* An open side goes. */
void pipe_detach(struct pipe *p, unsigned fflag);

#endif
