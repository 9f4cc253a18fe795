/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree /proc. */
#ifndef POSIX_SYNTH_PROC_H
#define POSIX_SYNTH_PROC_H

struct synth_ops;
struct text;
struct thread;

extern const struct synth_ops proc_tree;

/* What makes a file's text. Of the process (proc_pid.c): */
void make_maps(struct thread *t, struct text *x);
void make_self_stat(struct thread *t, struct text *x);
void make_statm(struct thread *t, struct text *x);
void make_status(struct thread *t, struct text *x);
void make_cmdline(struct thread *t, struct text *x);
void make_comm(struct thread *t, struct text *x);
/* Of the network (proc_net.c): */
void make_pnp(struct thread *t, struct text *x);
/* Of the system's parameters (proc_sys.c): */
void make_somaxconn(struct thread *t, struct text *x);
void make_overcommit(struct thread *t, struct text *x);

#endif
