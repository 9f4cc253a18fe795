/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual Ethernet interfaces (rumpcomp_virtif.h): a tap device, or a pair of datagram sockets.
 * Each interface has a thread that receives; dying stops it by an event.
 */
#include "hyp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "rumpcomp_virtif.h"

#define FRAME_MAX 9018 /* a jumbo frame */
#define SEND_WAIT_S 1  /* after so long without reading, a peer counts as absent */

/* Only a kernel with the interface defines this. */
extern __typeof__(rump_virtif_virt_deliverpkt) rump_virtif_virt_deliverpkt __attribute__((weak));

struct virtif_user {
	struct virtif_sc *sc;
	int fd, stop;		      /* stop: an eventfd */
	struct sockaddr_un own, peer; /* own.sun_path "": a tap device */
	pthread_t receiver;
	char frame[FRAME_MAX];
};

static int tap_open(struct virtif_user *viu, const char *name)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd, error;

	if (strlen(name) >= sizeof(ifr.ifr_name))
		return ENAMETOOLONG;
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno;
	strcpy(ifr.ifr_name, name);
	if (ioctl(fd, TUNSETIFF, &ifr) != 0) {
		error = errno;
		close(fd);
		return error;
	}
	viu->fd = fd;
	return 0;
}

static int address_set(struct sockaddr_un *sun, const char *path, size_t len)
{
	if (len == 0 || len >= sizeof(sun->sun_path))
		return EINVAL;
	*sun = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(sun->sun_path, path, len);
	return 0;
}

static int unix_open(struct virtif_user *viu, const char *paths)
{
	const char *colon = strchr(paths, ':');
	struct timeval patience = {.tv_sec = SEND_WAIT_S};
	int error = EINVAL;

	if (colon != NULL)
		error = address_set(&viu->own, paths, (size_t)(colon - paths));
	if (error == 0)
		error = address_set(&viu->peer, colon + 1, strlen(colon + 1));
	if (error != 0)
		return error;
	viu->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (viu->fd < 0)
		return errno;
	if (setsockopt(viu->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0 ||
	    bind(viu->fd, (struct sockaddr *)&viu->own, sizeof(viu->own)) != 0) {
		error = errno;
		close(viu->fd);
	}
	return error;
}

static int connection_open(struct virtif_user *viu, const char *number)
{
	char name[32], tap[32];
	const char *what;

	snprintf(name, sizeof(name), "RUMP_VIRT%s", number);
	what = getenv(name);
	if (what == NULL) {
		snprintf(tap, sizeof(tap), "tun%s", number);
		return tap_open(viu, tap);
	}
	if (strncmp(what, "tap:", 4) == 0)
		return tap_open(viu, what + 4);
	if (strncmp(what, "unix:", 5) == 0)
		return unix_open(viu, what + 5);
	return EINVAL;
}

static void connection_close(struct virtif_user *viu)
{
	close(viu->fd);
	if (viu->own.sun_path[0] != '\0')
		unlink(viu->own.sun_path);
}

static void *receiver(void *arg)
{
	struct virtif_user *viu = arg;
	struct pollfd pfd[2] = {{.fd = viu->fd, .events = POLLIN},
				{.fd = viu->stop, .events = POLLIN}};

	rumpuser_component_kthread();
	for (;;) {
		struct rumpuser_iovec iov = {.iov_base = viu->frame};
		ssize_t n;

		if (poll(pfd, 2, -1) < 0)
			continue; /* a host signal */
		if (pfd[1].revents != 0)
			break;
		/* Does not block: no other thread reads. */
		n = read(viu->fd, viu->frame, sizeof(viu->frame));
		if (n <= 0)
			continue;
		iov.iov_len = (size_t)n;
		rumpuser__hyp.hyp_schedule();
		rump_virtif_virt_deliverpkt(viu->sc, &iov, 1);
		rumpuser__hyp.hyp_unschedule();
	}
	rumpuser_component_kthread_release();
	return NULL;
}

static int receiver_start(struct virtif_user *viu)
{
	int error;

	viu->stop = eventfd(0, EFD_CLOEXEC);
	if (viu->stop < 0)
		return errno;
	error = pthread_create(&viu->receiver, NULL, receiver, viu);
	if (error != 0)
		close(viu->stop);
	return error;
}

int rumpcomp_virt_create(const char *name, struct virtif_sc *sc, uint8_t *enaddr,
			 struct virtif_user **viup)
{
	struct virtif_user *viu = calloc(1, sizeof(*viu));
	int nlocks, error = viu != NULL ? 0 : ENOMEM;

	(void)enaddr;
	if (error == 0 && rump_virtif_virt_deliverpkt == NULL)
		error = ENXIO;
	hyp_leave(&nlocks, NULL);
	if (error == 0)
		error = connection_open(viu, name);
	if (error == 0) {
		viu->sc = sc;
		error = receiver_start(viu);
		if (error != 0)
			connection_close(viu);
	}
	hyp_return(nlocks, NULL);
	if (error != 0)
		free(viu);
	else
		*viup = viu;
	return errno_to_netbsd(error);
}

/* The queue between sockets is short, so a slower peer is waited for. */
static void unix_send(struct virtif_user *viu, const struct msghdr *m)
{
	int nlocks;

	if (sendmsg(viu->fd, m, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 || errno != EAGAIN)
		return;
	hyp_leave(&nlocks, NULL);
	sendmsg(viu->fd, m, MSG_NOSIGNAL);
	hyp_return(nlocks, NULL);
}

void rumpcomp_virt_send(struct virtif_user *viu, struct rumpuser_iovec *iov, size_t iovlen)
{
	struct msghdr m = {.msg_name = &viu->peer,
			   .msg_namelen = sizeof(viu->peer),
			   .msg_iov = (struct iovec *)iov,
			   .msg_iovlen = iovlen};
	ssize_t n;

	/* A frame that is not accepted is lost, as on any wire. */
	if (viu->own.sun_path[0] != '\0') {
		unix_send(viu, &m);
	} else {
		n = writev(viu->fd, (struct iovec *)iov, (int)iovlen);
		(void)n;
	}
}

int rumpcomp_virt_dying(struct virtif_user *viu)
{
	uint64_t one = 1;

	return write(viu->stop, &one, sizeof(one)) == (ssize_t)sizeof(one) ? 0
									   : errno_to_netbsd(errno);
}

void rumpcomp_virt_destroy(struct virtif_user *viu)
{
	int nlocks;

	hyp_leave(&nlocks, NULL);
	MUST(pthread_join(viu->receiver, NULL));
	connection_close(viu);
	close(viu->stop);
	hyp_return(nlocks, NULL);
	free(viu);
}
