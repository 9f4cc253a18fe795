/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways in which the kernel of this test fails: hook.c does it, main.c asks for it. */
#ifndef CRASH_H
#define CRASH_H

#define CRASH_PORT 0xc0d0

enum {
	CRASH_WRITE,  /* to where nothing is */
	CRASH_PANIC,  /* log_panic */
	CRASH_FRAME,  /* the frame pointer leads to nowhere */
	CRASH_LOOP,   /* to itself */
	CRASH_STACK,  /* so does the stack pointer: #DF */
	CRASH_AGAIN,  /* what the report needs is gone */
	CRASH_OTHERS, /* stops the others and looks whether they have */
	/* These do not fail: */
	CRASH_LINE_BUSY, /* from now on the serial line has no room */
	CRASH_LINE_FREE, /* it has; -> how many characters were put to the busy line */
	CRASH_LINE_SENT, /* -> how many characters were put since it is free */
	CRASH_WAYS,
};

#endif
