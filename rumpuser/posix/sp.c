/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system-call proxy: a server for NetBSD's librumpclient (sp_proto.h).
 *
 * I1 A client is asked for its memory over the connection, and answers while its system call is
 *    under way.
 * I2 Copies to a client are sent without an answer, as the protocol requires: a client that cannot
 *    store them fails by itself.
 *
 * The copies are weak symbols, so that a test may supply clients of its own.
 */
#include "sp_client.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <rump/errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WEAK __attribute__((weak))

static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sp_listener listener = {.fd = -1}; /* set once */
static char banner[SP_BANNER_MAX + 1];

static void *acceptor(void *arg)
{
	int fd, on = 1;

	(void)arg;
	for (;;) {
		fd = accept4(listener.fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			if (listener.tcp)
				setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
			sp_serve(fd, banner);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
			   errno == ENOBUFS) {
			sleep(1); /* until a client ends */
		} else if (errno == EBADF || errno == EINVAL) {
			return NULL; /* shut down */
		}
	}
}

static int listen_start(const char *url)
{
	struct sp_listener l;
	pthread_attr_t attr;
	pthread_t thread;
	int error = sp_listen(url, &l);

	if (error != 0)
		return error;
	listener = l;
	MUST(pthread_attr_init(&attr));
	MUST(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED));
	error = pthread_create(&thread, &attr, acceptor, NULL);
	pthread_attr_destroy(&attr);
	if (error != 0) {
		close(l.fd);
		if (l.path[0] != '\0')
			unlink(l.path);
		listener.fd = -1;
	}
	return error;
}

/* One server for a rump kernel: EBUSY. */
int rumpuser_sp_init(const char *url, const char *ostype, const char *osrelease,
		     const char *machine)
{
	int error = EBUSY;

	MUST(pthread_mutex_lock(&init_lock));
	if (listener.fd < 0) {
		error = snprintf(banner, sizeof(banner), SP_BANNER, ostype, osrelease, machine) <
					(int)sizeof(banner)
				? 0
				: ENAMETOOLONG;
		if (error == 0)
			error = listen_start(url);
	}
	MUST(pthread_mutex_unlock(&init_lock));
	return errno_to_netbsd(error);
}

/*
 * The rump kernel ends. The client that requested this gets the answer to its system call first: it
 * may start the next rump kernel at the same address.
 */
void rumpuser_sp_fini(void *client)
{
	MUST(pthread_mutex_lock(&init_lock));
	if (listener.fd >= 0) {
		if (listener.path[0] != '\0')
			unlink(listener.path);
		listener.path[0] = '\0';
		shutdown(listener.fd, SHUT_RDWR);
	}
	MUST(pthread_mutex_unlock(&init_lock));
	if (client != NULL)
		sp_work_answer();
}

/* *len_bytes: the room, then the number of bytes that came. */
static int ask_copy(struct sp_client *c, enum sp_type type, const void *uaddr, void *kaddr,
		    size_t *len_bytes)
{
	struct sp_copy copy = {.len_bytes = *len_bytes, .addr = (uintptr_t)uaddr};
	int nlocks, error;

	hyp_leave(&nlocks, NULL);
	error = sp_ask(c, type, &copy, sizeof(copy), kaddr, len_bytes);
	hyp_return(nlocks, NULL);
	return errno_to_netbsd(error);
}

WEAK int rumpuser_sp_copyin(void *client, const void *uaddr, void *kaddr, size_t len)
{
	size_t got = len;
	int error;

	if (len == 0)
		return 0;
	error = ask_copy(client, SP_COPYIN, uaddr, kaddr, &got);
	return error != 0 || got == len ? error : RUMP_EFAULT;
}

WEAK int rumpuser_sp_copyinstr(void *client, const void *uaddr, void *kaddr, size_t *lenp)
{
	size_t got = *lenp;
	int error = ask_copy(client, SP_COPYINSTR, uaddr, kaddr, &got);

	if (error != 0)
		return error;
	/* The string ends with its first NUL, or has none. */
	if (got == 0 || memchr(kaddr, '\0', got) != (char *)kaddr + got - 1)
		return got == *lenp ? RUMP_ENAMETOOLONG : RUMP_EFAULT;
	*lenp = got;
	return 0;
}

WEAK int rumpuser_sp_copyout(void *client, const void *kaddr, void *uaddr, size_t len)
{
	struct sp_copy copy = {.len_bytes = len, .addr = (uintptr_t)uaddr};
	struct sp_header h = {.class = SP_REQ, .type = SP_COPYOUT};
	int nlocks, error;

	if (len == 0)
		return 0;
	hyp_leave(&nlocks, NULL);
	error = sp_send(client, &h, &copy, sizeof(copy), kaddr, len);
	hyp_return(nlocks, NULL);
	return error != 0 ? RUMP_EFAULT : 0;
}

int rumpuser_sp_anonmmap(void *client, size_t len_bytes, void **uaddrp)
{
	uint64_t len = len_bytes, addr = 0;
	size_t got = sizeof(addr);
	int nlocks, error;

	hyp_leave(&nlocks, NULL);
	error = sp_ask(client, SP_ANONMMAP, &len, sizeof(len), &addr, &got);
	hyp_return(nlocks, NULL);
	if (error != 0 || got != sizeof(addr))
		return RUMP_EFAULT;
	*uaddrp = (void *)(uintptr_t)addr;
	return addr != 0 ? 0 : RUMP_ENOMEM;
}

/* The signal's number is not translated: the client knows its host. */
int rumpuser_sp_raise(void *client, int netbsd_signal)
{
	struct sp_header h = {.class = SP_REQ, .type = SP_RAISE, .value = (uint32_t)netbsd_signal};
	int nlocks, error;

	hyp_leave(&nlocks, NULL);
	error = sp_send(client, &h, NULL, 0, NULL, 0);
	hyp_return(nlocks, NULL);
	return errno_to_netbsd(error);
}
