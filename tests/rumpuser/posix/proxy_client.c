/* SPDX-License-Identifier: BSD-2-Clause */
/* A minimal client of the system-call proxy (proxy_client.h). */
#include "proxy_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REFUSED 7 /* malformed request: the best code there is for an invalid address */

struct header {
	uint64_t len, number;
	uint16_t class, type;
	uint32_t value;
};

struct copy {
	uint64_t len, addr;
};

static bool read_all(int fd, void *buf, size_t len)
{
	for (size_t got = 0; got < len;) {
		ssize_t n = read(fd, (char *)buf + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

static bool write_all(int fd, const void *buf, size_t len)
{
	for (size_t put = 0; put < len;) {
		ssize_t n = send(fd, (const char *)buf + put, len - put, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		put += (size_t)n;
	}
	return true;
}

bool proxy_connect(struct proxy *p, const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	size_t n = 0;

	p->number = 1000;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
		return false;
	while (n < sizeof(p->banner) - 1 && read_all(p->fd, &p->banner[n], 1))
		if (p->banner[n++] == '\n')
			break;
	p->banner[n] = '\0';
	return n > 0 && p->banner[n - 1] == '\n';
}

void proxy_close(struct proxy *p)
{
	close(p->fd);
}

bool proxy_send(struct proxy *p, uint16_t class, uint16_t type, uint64_t number, uint32_t value,
		const void *body, size_t len)
{
	struct header h = {sizeof(h) + len, number, class, type, value};

	return write_all(p->fd, &h, sizeof(h)) && write_all(p->fd, body, len);
}

static bool mine(const struct proxy *p, uint64_t addr, uint64_t len)
{
	uint64_t first = (uintptr_t)p->mem;

	return addr >= first && len <= p->mem_len && addr - first <= p->mem_len - len;
}

/* How long a string may be before the memory ends. */
static uint64_t string_room(const struct proxy *p, uint64_t addr, uint64_t len)
{
	uint64_t left = (uintptr_t)p->mem + p->mem_len - addr;

	return len < left ? len : left;
}

static bool copyin(struct proxy *p, const struct header *h, const struct copy *c)
{
	uint64_t len = c->len;

	if (h->type == TYPE_COPYINSTR && mine(p, c->addr, 1)) {
		len = string_room(p, c->addr, len);
		len = strnlen((char *)c->addr, len);
		if (len < c->len && mine(p, c->addr, len + 1))
			len++;
	}
	if (!mine(p, c->addr, len))
		return proxy_send(p, CLASS_ERROR, 0, h->number, REFUSED, NULL, 0);
	return proxy_send(p, CLASS_RESPONSE, TYPE_COPYIN, h->number, 0, (void *)c->addr, len);
}

static bool serve(struct proxy *p, const struct header *h, char *body, size_t len)
{
	const struct copy *c = (const struct copy *)(void *)body;
	uint64_t addr;
	void *mem;

	switch (h->type) {
	case TYPE_COPYIN:
	case TYPE_COPYINSTR:
		return len == sizeof(*c) && copyin(p, h, c);
	case TYPE_COPYOUT:
		if (len != sizeof(*c) + c->len)
			return false;
		if (mine(p, c->addr, c->len))
			memcpy((void *)c->addr, body + sizeof(*c), c->len);
		return true;
	case TYPE_ANONMMAP:
		/* The only mapping is the memory that the server may access. */
		memcpy(&addr, body, sizeof(addr));
		mem = mmap(NULL, addr, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		p->mem_len = addr;
		addr = mem == MAP_FAILED ? 0 : (uintptr_t)mem;
		p->mem = (char *)addr;
		return proxy_send(p, CLASS_RESPONSE, TYPE_ANONMMAP, h->number, 0, &addr,
				  sizeof(addr));
	case TYPE_RAISE:
		if (p->raised != NULL && h->value < 64)
			p->raised[h->value]++;
		return len == 0;
	default:
		return false;
	}
}

int proxy_await(struct proxy *p, uint64_t number, void *answer, size_t answer_max,
		size_t *answer_len)
{
	struct header h;
	bool ok = true;

	while (ok && read_all(p->fd, &h, sizeof(h)) && h.len >= sizeof(h)) {
		size_t len = h.len - sizeof(h);
		char *body = malloc(len + 1);

		ok = body != NULL && read_all(p->fd, body, len);
		if (ok && h.class == CLASS_REQUEST) {
			ok = serve(p, &h, body, len);
		} else if (ok) {
			ok = h.number == number && len <= answer_max;
			if (ok && len > 0)
				memcpy(answer, body, len);
			if (ok && h.class == CLASS_ERROR)
				p->error_code = h.value;
			free(body);
			*answer_len = len;
			return ok ? h.class : -1;
		}
		free(body);
	}
	return -1;
}

int proxy_ask(struct proxy *p, uint16_t type, uint32_t value, const void *body, size_t len,
	      void *answer, size_t answer_max, size_t *answer_len)
{
	uint64_t number = p->number++;

	if (!proxy_send(p, CLASS_REQUEST, type, number, value, body, len))
		return -1;
	return proxy_await(p, number, answer, answer_max, answer_len);
}

int proxy_hello(struct proxy *p, const char *name)
{
	int32_t error = -1;
	size_t len;
	int class = proxy_ask(p, TYPE_HANDSHAKE, HELLO_GUEST, name, strlen(name) + 1, &error,
			      sizeof(error), &len);

	if (class == CLASS_ERROR)
		return (int)p->error_code;
	return class == CLASS_RESPONSE && len == sizeof(error) ? error : -1;
}

int proxy_syscall(struct proxy *p, uint32_t num, const int64_t *args, size_t n, int64_t retval[2])
{
	struct {
		int32_t error, pad;
		int64_t retval[2];
	} r;
	size_t len;

	if (proxy_ask(p, TYPE_SYSCALL, num, args, n * sizeof(*args), &r, sizeof(r), &len) !=
		    CLASS_RESPONSE ||
	    len != sizeof(r))
		return -1;
	if (retval != NULL)
		memcpy(retval, r.retval, sizeof(r.retval));
	return r.error;
}
