/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system-call proxy's protocol on a stream socket, version 0.4, as NetBSD's clients use it. It
 * is rump_sp(7) with the layout of lib/librumpuser/sp_common.c on a 64-bit machine: both sides have
 * the same byte order and word size.
 *
 * I1 The server begins with a line, "RUMPSP-0.4-ostype-osrelease/machine\n". After it, messages go
 *    both ways: a header, and the body of its type.
 * I2 Each side numbers its own requests. A response has the number and type of its request; an
 *    error has the number, and a code instead of a body.
 *
 *  client asks     body                          response
 *    HANDSHAKE     GUEST: name, NUL              int: 0
 *                  FORK: struct sp_fork          int: 0
 *                  EXEC: name, NUL               int: 0, once all its threads have left
 *    SYSCALL       arguments, 8 bytes each       struct sp_sysresp
 *    PREFORK       nothing                       the ticket of a HANDSHAKE FORK
 *  server asks
 *    COPYIN        struct sp_copy                the bytes
 *    COPYINSTR     struct sp_copy                the bytes, to the NUL or the length
 *    COPYOUT       struct sp_copy, the bytes     none
 *    ANONMMAP      size_t: length                the address; NULL: no memory
 *    RAISE         nothing (the signal's number is in the header)    none
 */
#ifndef RUMPUSER_POSIX_SP_PROTO_H
#define RUMPUSER_POSIX_SP_PROTO_H

#include <stdint.h>

#define SP_BANNER "RUMPSP-0.4-%s-%s/%s\n"
#define SP_BANNER_MAX 96 /* the room that a client has */

enum sp_class { SP_REQ, SP_RESP, SP_ERROR };
enum sp_type {
	SP_HANDSHAKE,
	SP_SYSCALL,
	SP_COPYIN,
	SP_COPYINSTR,
	SP_COPYOUT,
	SP_COPYOUTSTR,
	SP_ANONMMAP,
	SP_PREFORK,
	SP_RAISE,
};
enum sp_handshake { SP_GUEST, SP_AUTH, SP_FORK, SP_EXEC };
enum sp_error {
	SP_ERR_NONE,
	SP_ERR_TRYAGAIN,
	SP_ERR_AUTH,
	SP_ERR_INVALID_PREFORK,
	SP_ERR_RFORK_FAILED,
	SP_ERR_INEXEC,
	SP_ERR_NOMEM,
	SP_ERR_MALFORMED_REQUEST,
};

struct sp_header {
	uint64_t len_bytes; /* including this header */
	uint64_t number;
	uint16_t class;
	uint16_t type;
	uint32_t value; /* system call, error, handshake or signal number, by class and type */
};

struct sp_copy {
	uint64_t len_bytes;
	uint64_t addr;
};

struct sp_sysresp {
	int32_t error;
	int32_t pad;
	int64_t retval[2];
};

#define SP_TICKET_WORDS 4
struct sp_fork {
	uint32_t ticket[SP_TICKET_WORDS];
	int32_t cancel;
};

_Static_assert(sizeof(struct sp_header) == 24, "as on the wire");
_Static_assert(sizeof(struct sp_copy) == 16, "as on the wire");
_Static_assert(sizeof(struct sp_sysresp) == 24, "as on the wire");
_Static_assert(sizeof(struct sp_fork) == 20, "as on the wire");

#endif
