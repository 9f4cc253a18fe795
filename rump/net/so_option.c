/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket options, by level. An unknown option is ENOPROTOOPT. */
#include "lwip/opt.h"

#include "kern/string.h"
#include "net/socket.h"

/* Buffers: BUF_MIN holds a segment. RCVBUF_MAX bounds what one socket can make the kernel keep. */
#define BUF_MIN 2048
#define SNDBUF_MAX (1024 * 1024) /* as much as one connection of lwIP queues */
#define RCVBUF_MAX (64 * 1024 * 1024)

static int int_get(const void *value, uint32_t len, int *vp)
{
	if (len < sizeof(*vp))
		return RUMP_EINVAL;
	memcpy(vp, value, sizeof(*vp));
	return 0;
}

static int timeout_get(const void *value, uint32_t len, int64_t *ns)
{
	struct rump_timeval tv;

	if (len < sizeof(tv))
		return RUMP_EINVAL;
	memcpy(&tv, value, sizeof(tv));
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return RUMP_EDOM;
	if (tv.tv_sec < 0)
		*ns = 1; /* already passed: do not wait */
	else if (tv.tv_sec > INT32_MAX)
		*ns = 0; /* beyond any use: for ever */
	else
		*ns = tv.tv_sec * NSEC_PER_SEC + tv.tv_usec * INT64_C(1000);
	return 0;
}

static int socket_level_set(struct socket *so, int name, const void *value, uint32_t len)
{
	int v, error;

	switch (name) {
	case RUMP_SO_LINGER:
		if (len < sizeof(so->so_linger))
			return RUMP_EINVAL;
		memcpy(&so->so_linger, value, sizeof(so->so_linger));
		if (so->so_linger.l_linger < 0 || so->so_linger.l_linger > INT16_MAX)
			so->so_linger.l_linger = INT16_MAX;
		return 0;
	case RUMP_SO_SNDTIMEO:
		return timeout_get(value, len, &so->so_sndtimeo_ns);
	case RUMP_SO_RCVTIMEO:
		return timeout_get(value, len, &so->so_rcvtimeo_ns);
	}
	error = int_get(value, len, &v);
	if (error != 0)
		return error;
	switch (name) {
	case RUMP_SO_DEBUG:
	case RUMP_SO_REUSEADDR:
	case RUMP_SO_KEEPALIVE:
	case RUMP_SO_BROADCAST:
	case RUMP_SO_REUSEPORT:
	case RUMP_SO_NOSIGPIPE:
		so->so_options =
			v != 0 ? so->so_options | (unsigned)name : so->so_options & ~(unsigned)name;
		so->so_ops->so_apply(so);
		return 0;
	case RUMP_SO_SNDBUF:
		so->so_sndbuf = v < BUF_MIN ? BUF_MIN : v > SNDBUF_MAX ? SNDBUF_MAX : (size_t)v;
		return 0;
	case RUMP_SO_RCVBUF:
		so->so_rcvbuf = v < BUF_MIN ? BUF_MIN : v > RCVBUF_MAX ? RCVBUF_MAX : (size_t)v;
		return 0;
	case RUMP_SO_RCVLOWAT:
		so->so_rcvlowat = v < 1 ? 1 : (size_t)v;
		return 0;
	default:
		return RUMP_ENOPROTOOPT;
	}
}

static int tcp_level_set(struct socket *so, int name, int v)
{
	if (so->so_type != RUMP_SOCK_STREAM)
		return RUMP_ENOPROTOOPT;
	switch (name) {
	case RUMP_TCP_NODELAY:
		so->so_nodelay = v != 0;
		break;
	case RUMP_TCP_KEEPIDLE:
	case RUMP_TCP_KEEPINTVL:
	case RUMP_TCP_KEEPCNT:
		if (v < 1 || v > INT16_MAX)
			return RUMP_EINVAL;
		*(name == RUMP_TCP_KEEPIDLE    ? &so->so_keepidle_s
		  : name == RUMP_TCP_KEEPINTVL ? &so->so_keepintvl_s
					       : &so->so_keepcnt) = (unsigned)v;
		break;
	default:
		return RUMP_ENOPROTOOPT;
	}
	so->so_ops->so_apply(so);
	return 0;
}

static int ip_level_set(struct socket *so, int name, int v)
{
	switch (name) {
	case RUMP_IP_TTL:
		if (v != -1 && (v < 1 || v > 255))
			return RUMP_EINVAL;
		so->so_ttl = v == -1 ? 0 : (uint8_t)v;
		break;
	case RUMP_IP_TOS:
		so->so_tos = (uint8_t)v;
		break;
	case RUMP_IP_HDRINCL:
		if (so->so_type != RUMP_SOCK_RAW)
			return RUMP_ENOPROTOOPT;
		so->so_hdrincl = v != 0;
		break;
	default:
		return RUMP_ENOPROTOOPT;
	}
	so->so_ops->so_apply(so);
	return 0;
}

static int ip6_level_set(struct socket *so, int name, int v)
{
	if (so->so_domain != RUMP_AF_INET6)
		return RUMP_ENOPROTOOPT;
	switch (name) {
	case RUMP_IPV6_V6ONLY:
		if (so->so_lport != 0)
			return RUMP_EINVAL;
		so->so_v6only = v != 0;
		return 0;
	case RUMP_IPV6_UNICAST_HOPS:
		return ip_level_set(so, RUMP_IP_TTL, v);
	case RUMP_IPV6_TCLASS:
		return ip_level_set(so, RUMP_IP_TOS, v == -1 ? 0 : v);
	default:
		return RUMP_ENOPROTOOPT;
	}
}

int socket_setopt(struct socket *so, int level, int name, const void *value, uint32_t len)
{
	int v, error;
	uint8_t byte;

	if (level == RUMP_SOL_SOCKET)
		return socket_level_set(so, name, value, len);
	error = int_get(value, len, &v);
	if (error != 0 && level == RUMP_IPPROTO_IP && len >= 1) {
		memcpy(&byte, value, 1); /* IPv4's may be given as one byte */
		v = byte;
		error = 0;
	}
	if (error != 0)
		return error;
	switch (level) {
	case RUMP_IPPROTO_TCP:
		return tcp_level_set(so, name, v);
	case RUMP_IPPROTO_IP:
		return ip_level_set(so, name, v);
	case RUMP_IPPROTO_IPV6:
		return ip6_level_set(so, name, v);
	default:
		return RUMP_ENOPROTOOPT;
	}
}

static int socket_level_int(struct socket *so, int name, int *v)
{
	switch (name) {
	case RUMP_SO_DEBUG:
	case RUMP_SO_REUSEADDR:
	case RUMP_SO_KEEPALIVE:
	case RUMP_SO_BROADCAST:
	case RUMP_SO_REUSEPORT:
	case RUMP_SO_NOSIGPIPE:
		*v = (so->so_options & (unsigned)name) != 0;
		return 0;
	case RUMP_SO_ACCEPTCONN:
		*v = (so->so_state & SS_LISTEN) != 0;
		return 0;
	case RUMP_SO_SNDBUF:
		*v = (int)so->so_sndbuf;
		return 0;
	case RUMP_SO_RCVBUF:
		*v = (int)so->so_rcvbuf;
		return 0;
	case RUMP_SO_SNDLOWAT:
		*v = (int)socket_sndlowat(so);
		return 0;
	case RUMP_SO_RCVLOWAT:
		*v = (int)so->so_rcvlowat;
		return 0;
	case RUMP_SO_ERROR:
		*v = socket_error(so);
		return 0;
	case RUMP_SO_TYPE:
		*v = so->so_type;
		return 0;
	default:
		return RUMP_ENOPROTOOPT;
	}
}

static int level_int(struct socket *so, int level, int name, int *v)
{
	if (level == RUMP_SOL_SOCKET)
		return socket_level_int(so, name, v);
	if (level == RUMP_IPPROTO_TCP && so->so_type == RUMP_SOCK_STREAM) {
		*v = name == RUMP_TCP_NODELAY	  ? so->so_nodelay
		     : name == RUMP_TCP_KEEPIDLE  ? (int)so->so_keepidle_s
		     : name == RUMP_TCP_KEEPINTVL ? (int)so->so_keepintvl_s
		     : name == RUMP_TCP_KEEPCNT	  ? (int)so->so_keepcnt
		     : name == RUMP_TCP_MAXSEG	  ? TCP_MSS
						  : -1;
		return *v < 0 ? RUMP_ENOPROTOOPT : 0;
	}
	if (level == RUMP_IPPROTO_IP) {
		*v = name == RUMP_IP_TTL   ? (so->so_ttl != 0 ? so->so_ttl : IP_DEFAULT_TTL)
		     : name == RUMP_IP_TOS ? so->so_tos
		     : name == RUMP_IP_HDRINCL && so->so_type == RUMP_SOCK_RAW ? so->so_hdrincl
									       : -1;
		return *v < 0 ? RUMP_ENOPROTOOPT : 0;
	}
	if (level == RUMP_IPPROTO_IPV6 && so->so_domain == RUMP_AF_INET6) {
		*v = name == RUMP_IPV6_V6ONLY	? so->so_v6only
		     : name == RUMP_IPV6_TCLASS ? so->so_tos
		     : name == RUMP_IPV6_UNICAST_HOPS
			     ? (so->so_ttl != 0 ? so->so_ttl : IP_DEFAULT_TTL)
			     : -1;
		return *v < 0 ? RUMP_ENOPROTOOPT : 0;
	}
	return RUMP_ENOPROTOOPT;
}

static void value_put(void *value, uint32_t *lenp, const void *from, size_t size)
{
	if (*lenp > size)
		*lenp = (uint32_t)size;
	memcpy(value, from, *lenp);
}

int socket_getopt(struct socket *so, int level, int name, void *value, uint32_t *lenp)
{
	struct rump_timeval tv;
	int64_t ns;
	int v, error;

	if (level == RUMP_SOL_SOCKET && name == RUMP_SO_LINGER) {
		value_put(value, lenp, &so->so_linger, sizeof(so->so_linger));
		return 0;
	}
	if (level == RUMP_SOL_SOCKET && (name == RUMP_SO_SNDTIMEO || name == RUMP_SO_RCVTIMEO)) {
		ns = name == RUMP_SO_SNDTIMEO ? so->so_sndtimeo_ns : so->so_rcvtimeo_ns;
		memset(&tv, 0, sizeof(tv));
		tv.tv_sec = ns / NSEC_PER_SEC;
		tv.tv_usec = (int32_t)(ns % NSEC_PER_SEC / 1000);
		value_put(value, lenp, &tv, sizeof(tv));
		return 0;
	}
	error = level_int(so, level, name, &v);
	if (error == 0)
		value_put(value, lenp, &v, sizeof(v));
	return error;
}
