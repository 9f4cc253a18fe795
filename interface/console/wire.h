/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames on the second serial line, in both directions, between the component console and r2c.
 * Audience: console, r2c.
 *
 *	byte 0		WIRE_MAGIC
 *	byte 1		type
 *	byte 2..3	length of the payload, little endian, at most WIRE_PAYLOAD_MAX
 *	then		the payload
 *
 * Start: the guest sends WIRE_HELLO; r2c answers with WIRE_TTY and only then sends input.
 * Flow control of input: of the WIRE_STDIN payload that r2c has sent, at most WIRE_WINDOW bytes are
 * not yet acknowledged by WIRE_ACK (payload: 4 bytes little endian, bytes consumed since the last
 * WIRE_ACK). Output needs none: the serial line holds the guest back.
 */
#ifndef CONSOLE_WIRE_H
#define CONSOLE_WIRE_H

#define WIRE_MAGIC 0xc5
#define WIRE_PAYLOAD_MAX 4096 /* both sides have a buffer for one frame */
#define WIRE_WINDOW 65536     /* the guest has a buffer of that size for input */

/* guest to host */
#define WIRE_HELLO 1 /* payload: 4 bytes, version (1) */
#define WIRE_STDOUT 2
#define WIRE_STDERR 3
#define WIRE_EXIT 4   /* payload: 4 bytes, 0..255 exit status, 256 + n: killed by signal n */
#define WIRE_FAILED 5 /* payload: text; the system itself failed */
#define WIRE_ACK 6
/* host to guest */
#define WIRE_STDIN 16 /* no payload: the end of input */
/* payload: bits (stream n is a terminal), then rows, columns as 2 bytes each */
#define WIRE_TTY 17
#define WIRE_SIGNAL 18 /* payload: 1 byte, a Linux signal number for the program (Ctrl-C: 2) */

#endif
