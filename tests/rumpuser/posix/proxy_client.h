/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A minimal client of the system-call proxy: one thread, one call at a time. It was written from
 * the protocol, not from the server, so the layout is spelled out here once more.
 */
#ifndef TESTS_RUMPUSER_PROXY_CLIENT_H
#define TESTS_RUMPUSER_PROXY_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLASS_REQUEST, CLASS_RESPONSE, CLASS_ERROR };
enum {
	TYPE_HANDSHAKE,
	TYPE_SYSCALL,
	TYPE_COPYIN,
	TYPE_COPYINSTR,
	TYPE_COPYOUT,
	TYPE_COPYOUTSTR,
	TYPE_ANONMMAP,
	TYPE_PREFORK,
	TYPE_RAISE,
};
enum { HELLO_GUEST, HELLO_AUTH, HELLO_FORK, HELLO_EXEC };

struct proxy {
	int fd;
	uint64_t number;
	char banner[128];
	uint32_t error_code; /* of the last answer of class error */
	/*
	 * The memory that the server may access; all else is refused. Calls of raise are counted.
	 */
	char *mem;
	size_t mem_len;
	_Atomic int *raised; /* by NetBSD's number, or NULL */
};

/* Connect to a path of a unix socket, and read the banner. */
bool proxy_connect(struct proxy *p, const char *path);
void proxy_close(struct proxy *p);

/*
 * Send a request, and serve the server's requests until the answer comes. -1: no answer; otherwise
 * the answer's class.
 */
int proxy_ask(struct proxy *p, uint16_t type, uint32_t value, const void *body, size_t len,
	      void *answer, size_t answer_max, size_t *answer_len);
/* The two halves of proxy_ask. */
bool proxy_send(struct proxy *p, uint16_t class, uint16_t type, uint64_t number, uint32_t value,
		const void *body, size_t len);
int proxy_await(struct proxy *p, uint64_t number, void *answer, size_t answer_max,
		size_t *answer_len);

/* A guest's handshake: 0, -1 or the error's code. */
int proxy_hello(struct proxy *p, const char *name);
/* A system call with n arguments. -1: no answer; otherwise its error. */
int proxy_syscall(struct proxy *p, uint32_t num, const int64_t *args, size_t n, int64_t retval[2]);

#endif
