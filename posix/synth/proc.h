/* SPDX-License-Identifier: BSD-2-Clause */
/* /proc, as far as programs look there: text made when a file is opened. */
#ifndef POSIX_SYNTH_PROC_H
#define POSIX_SYNTH_PROC_H

struct synth_ops;
struct text;
struct thread;

extern const struct synth_ops proc_tree;

/* Makers of text: proc_pid.c, */
void make_maps(struct thread *t, struct text *x);
void make_self_stat(struct thread *t, struct text *x);
void make_statm(struct thread *t, struct text *x);
void make_status(struct thread *t, struct text *x);
void make_cmdline(struct thread *t, struct text *x);
void make_comm(struct thread *t, struct text *x);
/* proc_net.c, */
void make_pnp(struct thread *t, struct text *x);
/* proc_sys.c. */
void make_number(struct thread *t, struct text *x);
void make_overcommit(struct thread *t, struct text *x);

#endif
