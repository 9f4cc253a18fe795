/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of a server: tcp://ADDRESS:PORT[/], with ADDRESS numeric, or * or 0 for any;
 * unix://PATH.
 */
#include "sp_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Connections that may wait while the acceptor is busy. */
#define BACKLOG 64

static int tcp_parse(const char *address, struct sockaddr_in *sin)
{
	const char *colon = strchr(address, ':');
	char host[INET_ADDRSTRLEN], *end;
	unsigned long port;

	if (colon == NULL || (size_t)(colon - address) >= sizeof(host))
		return EINVAL;
	memcpy(host, address, (size_t)(colon - address));
	host[colon - address] = '\0';
	if (colon[1] < '0' || colon[1] > '9')
		return EINVAL;
	port = strtoul(colon + 1, &end, 10);
	if (port > UINT16_MAX)
		return ERANGE;
	if (strcmp(end, "") != 0 && strcmp(end, "/") != 0)
		return EINVAL;
	*sin = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	if (strcmp(host, "*") == 0 || strcmp(host, "0") == 0)
		sin->sin_addr.s_addr = htonl(INADDR_ANY);
	else if (inet_pton(AF_INET, host, &sin->sin_addr) != 1)
		return EINVAL;
	return 0;
}

/* Absolute, since the process may have changed its directory when the socket is removed. */
static int unix_parse(const char *path, struct sockaddr_un *sun)
{
	char here[PATH_MAX] = "";
	int n;

	if (path[0] == '\0')
		return EINVAL;
	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return errno;
	*sun = (struct sockaddr_un){.sun_family = AF_UNIX};
	n = snprintf(sun->sun_path, sizeof(sun->sun_path), "%s%s%s", here,
		     here[0] != '\0' ? "/" : "", path);
	return n < (int)sizeof(sun->sun_path) ? 0 : ENAMETOOLONG;
}

static int bind_listen(struct sp_listener *l, const void *sa, socklen_t len)
{
	int on = 1, error;

	l->fd = socket(((const struct sockaddr *)sa)->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return errno;
	if (l->tcp)
		setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(l->fd, sa, len) == 0 && listen(l->fd, BACKLOG) == 0)
		return 0;
	error = errno;
	close(l->fd);
	return error;
}

int sp_listen(const char *url, struct sp_listener *l)
{
	struct sockaddr_in sin;
	struct sockaddr_un sun;
	int error;

	*l = (struct sp_listener){.fd = -1};
	if (strncmp(url, "tcp://", 6) == 0) {
		l->tcp = true;
		error = tcp_parse(url + 6, &sin);
		return error != 0 ? error : bind_listen(l, &sin, sizeof(sin));
	}
	if (strncmp(url, "unix://", 7) != 0)
		return EINVAL;
	error = unix_parse(url + 7, &sun);
	if (error == 0)
		error = bind_listen(l, &sun, sizeof(sun));
	if (error == 0)
		memcpy(l->path, sun.sun_path, sizeof(l->path));
	return error;
}
