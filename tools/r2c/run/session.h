/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run of a system in QEMU, from its start to its end: the program's streams and r2c's own are
 * joined, signals are passed on, the log is kept, time limits are watched.
 *
 * What ends a run, and r2c's exit status:
 * - the guest sends WIRE_EXIT: the program's own, or 128 + the signal that killed it; QEMU then
 *   gets EXIT_GRACE_S to end by itself
 * - the guest sends WIRE_FAILED: 125
 * - the kernel panics: 124, whatever the guest sent before
 * - QEMU ends without any of these: 125; in a system without a program the status 0 to COS_HALT_MAX
 *   that it was halted with (COS_HW_HALT)
 * - no WIRE_HELLO in time, unless it is debugged, or time is up: 125
 * - SIGINT, SIGQUIT, or EPIPE on stdout: the signal is sent to the program (WIRE_SIGNAL); when it
 *   comes again, or the guest sends nothing for REACTION_S, QEMU is ended: 128 + the signal
 * - SIGTERM, SIGHUP: QEMU is ended: 128 + the signal
 */
#ifndef R2C_RUN_SESSION_H
#define R2C_RUN_SESSION_H

#include <stdbool.h>
#include "debug/coredump.h"
#include "qemu.h"

/* From QEMU's start to WIRE_HELLO: an emulated machine on a busy host can need half a minute. */
#define HELLO_LIMIT_S 120
/* From a signal to the guest's next frame. At a terminal, longer feels as if Ctrl-C was lost. */
#define REACTION_S 2
/* From WIRE_EXIT to QEMU's end: file systems are written back meanwhile. */
#define EXIT_GRACE_S 5
/* From SIGTERM to SIGKILL: QEMU writes back what it holds of disks. */
#define TERM_GRACE_S 3

struct session_config {
	bool console; /* the system has a console, so frames come; else its log is r2c's stdout */
	bool program; /* it runs a program, and the exit status of that counts */
	bool input;   /* stdin is for it */
	bool verbose; /* the log goes to stderr */
	int log_fd;   /* ... and there; -1: nowhere else */
	const char *log;	   /* that file's path */
	bool debugged;		   /* it starts stopped, and goes on when a debugger says so */
	struct coredump *coredump; /* of a component that fails */
	unsigned timeout_s;	   /* 0: none */
};

/* Block the signals that a session handles, before anything is made that must be removed again. */
void session_block_signals(void);
/* A signal that ends r2c and has come already; 0: none. */
int session_signal_pending(void);

/* Runs QEMU, which qemu_start started, to its end; r2c's exit status. */
int session_run(struct qemu *qemu, const struct session_config *config);

#endif
