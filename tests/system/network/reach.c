/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reach HOST_PORT [announced]: what a program can reach with the addresses that its system has, one
 * line a finding, for network.sh. 10.0.2.2 and fec0::2 are QEMU's ways to the host. No machine has
 * the address 192.0.2.1 (RFC 5737).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#define ROUTER_WAIT_MS 20000
#define ROUTER_STEP_MS 100

struct address {
	struct sockaddr_storage ss;
	socklen_t len;
};

static struct address address_of(const char *text, int port, unsigned scope)
{
	struct address a = {.len = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (struct sockaddr_in *)&a.ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a.ss;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		return a;
	}
	a.len = sizeof(*in6);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
	in6->sin6_scope_id = scope;
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) != 1)
		exit(2);
	return a;
}

static const char *text_of(const struct address *a)
{
	static char text[INET6_ADDRSTRLEN];
	const void *from = a->ss.ss_family == AF_INET
				   ? (const void *)&((const struct sockaddr_in *)&a->ss)->sin_addr
				   : &((const struct sockaddr_in6 *)&a->ss)->sin6_addr;

	return inet_ntop(a->ss.ss_family, from, text, sizeof(text));
}

static const char *said(int result)
{
	return result < 0 ? strerror(errno) : "ok";
}

/* The address that packets to a peer carry, or why there are none. */
static const char *source_to(const char *peer, unsigned scope)
{
	struct address to = address_of(peer, 9, scope);
	int fd = socket(to.ss.ss_family, SOCK_DGRAM, 0);
	const char *text;

	if (connect(fd, (struct sockaddr *)&to.ss, to.len) < 0)
		text = strerror(errno);
	else if (getsockname(fd, (struct sockaddr *)&to.ss, &to.len) < 0)
		text = strerror(errno);
	else
		text = text_of(&to);
	close(fd);
	return text;
}

static void bind_to(const char *text)
{
	struct address at = address_of(text, 0, 0);
	int fd = socket(at.ss.ss_family, SOCK_STREAM, 0);

	printf("bind %s: %s\n", text, said(bind(fd, (struct sockaddr *)&at.ss, at.len)));
	close(fd);
}

static void tcp_to(const char *text, int port)
{
	struct address to = address_of(text, port, 0);
	int fd = socket(to.ss.ss_family, SOCK_STREAM, 0);
	char line[64] = "";

	if (connect(fd, (struct sockaddr *)&to.ss, to.len) < 0)
		printf("tcp %s: %s\n", text, strerror(errno));
	else if (recv(fd, line, sizeof(line) - 1, MSG_WAITALL) < 0)
		printf("tcp %s: recv: %s\n", text, strerror(errno));
	else
		printf("tcp %s: %s\n", text, line);
	close(fd);
}

static void datagram_to(const char *text)
{
	struct address to = address_of(text, 9, 0);
	int fd = socket(to.ss.ss_family, SOCK_DGRAM, 0);

	printf("datagram %s: %s\n", text,
	       said((int)sendto(fd, "x", 1, 0, (struct sockaddr *)&to.ss, to.len)));
	close(fd);
}

/* A byte there and back through a listening socket of our own. */
static void loopback(const char *text)
{
	struct address at = address_of(text, 0, 0);
	int listener = socket(at.ss.ss_family, SOCK_STREAM, 0);
	int client = socket(at.ss.ss_family, SOCK_STREAM, 0);
	char byte = 'x', got = 0;
	bool ok = bind(listener, (struct sockaddr *)&at.ss, at.len) == 0 &&
		  listen(listener, 1) == 0 &&
		  getsockname(listener, (struct sockaddr *)&at.ss, &at.len) == 0 &&
		  connect(client, (struct sockaddr *)&at.ss, at.len) == 0;
	int server = ok ? accept(listener, NULL, NULL) : -1;

	ok = ok && server >= 0 && send(client, &byte, 1, 0) == 1 && recv(server, &got, 1, 0) == 1 &&
	     got == byte && send(server, &got, 1, 0) == 1 && recv(client, &got, 1, 0) == 1;
	printf("loopback %s: %s\n", text, said(ok ? 0 : -1));
	close(server);
	close(client);
	close(listener);
}

/*
 * Routers are asked when the interface comes up. An announced address can be used once no other
 * machine has turned out to have it (RFC 4862, 5.4).
 */
static void router_wait(void)
{
	for (int ms = 0; ms < ROUTER_WAIT_MS; ms += ROUTER_STEP_MS) {
		if (!strncmp(source_to("fec0::2", 0), "fec0:", 5))
			return;
		usleep(ROUTER_STEP_MS * 1000);
	}
}

static void file_show(const char *path)
{
	char line[128];
	FILE *file = fopen(path, "r");

	if (!file)
		printf("%s: %s\n", path, strerror(errno));
	while (file && fgets(line, sizeof(line), file))
		printf("%s: %s", path, line);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 0;
	bool announced = argc > 2 && !strcmp(argv[2], "announced");
	struct utsname name;

	if (uname(&name) == 0)
		printf("name: %s\n", name.nodename);
	file_show("/proc/net/pnp");
	loopback("127.0.0.1");
	loopback("::1");
	printf("source to 10.0.2.2: %s\n", source_to("10.0.2.2", 0));
	printf("source to 192.0.2.1: %s\n", source_to("192.0.2.1", 0));
	datagram_to("192.0.2.1");
	bind_to("10.0.2.15");
	bind_to("10.0.2.99");
	bind_to("fec0::99");
	tcp_to("10.0.2.2", port);
	if (announced)
		router_wait();
	printf("source to fec0::2: %s\n", source_to("fec0::2", 0));
	printf("source to fe80::2: %s\n", source_to("fe80::2", 2));
	tcp_to("fec0::2", port);
	return 0;
}
