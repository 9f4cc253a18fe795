/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual Ethernet interfaces (rumpcomp_virtif.h) that are network cards of another component,
 * through interface/nic. Interface n is card n and has the card's address.
 *
 * Supported: frames up to NIC_FRAME_MAX, one frame in each direction at a time. Not supported:
 * checksum offload, and reports of the link to the kernel: the interface of NetBSD has neither.
 *
 * I1 The interface and the component nic share a buffer of two pages. Frames come in through the
 *    first page and are passed to the upcall from there; the kernel copies before it looks. Frames
 *    go out through the second page.
 * I2 A thread with an lwp receives. rumpcomp_virt_dying calls it back out of the component nic and
 *    waits until it has ended, so no frame comes in afterwards.
 *
 * A component that imports no nic, or has a kernel without such an interface, has none (ENXIO).
 */
#include <nic/nic.h>
#include <mem/mem.h>
#include <cos/string.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"
#include "rumpcomp_virtif.h"

#define PAGE 4096ul
_Static_assert(NIC_FRAME_MAX <= PAGE, "a frame a page");
#define PRIORITY 192 /* NetBSD's priority of soft interrupts (thread.c) */

__typeof__(nic_info) nic_info __attribute__((weak));
__typeof__(nic_send) nic_send __attribute__((weak));
__typeof__(nic_receive) nic_receive __attribute__((weak));
__typeof__(nic_receive_stop) nic_receive_stop __attribute__((weak));
extern __typeof__(rump_virtif_virt_deliverpkt) rump_virtif_virt_deliverpkt __attribute__((weak));

struct virtif_user {
	struct virtif_sc *sc;
	long nic;
	uint8_t *in, *out; /* a page each, of one shared buffer */
	struct cos_mutex sending;
	void *receiver;
	struct cos_sem ready; /* the thread runs, or cannot: */
	int error;
	bool dying;
	bool logged; /* a failure to send was logged */
};

static void receive(struct virtif_user *viu)
{
	struct rumpuser_iovec iov = {.iov_base = viu->in};
	long len;

	for (;;) {
		len = nic_receive(viu->nic, (unsigned long)viu->in, PAGE, 0);
		if (__atomic_load_n(&viu->dying, __ATOMIC_ACQUIRE))
			return;
		if (len == -COS_EINTR)
			continue; /* meant for a predecessor that died before this one was made */
		if (len < 0)
			break;
		iov.iov_len = (size_t)len;
		rumpuser__hyp.hyp_schedule();
		rump_virtif_virt_deliverpkt(viu->sc, &iov, 1);
		rumpuser__hyp.hyp_unschedule();
	}
	cos_log("virt%ld: no more frames come in: error %ld\n", viu->nic, len);
}

static void *receiver(void *arg)
{
	struct virtif_user *viu = arg;

	viu->error = hyp_kthread();
	cos_sem_post(&viu->ready);
	if (viu->error)
		return NULL;
	receive(viu);
	rumpuser__hyp.hyp_schedule();
	rumpuser__hyp.hyp_lwproc_release();
	rumpuser__hyp.hyp_unschedule();
	return NULL;
}

/* "0" and up; -1: not a number. */
static long number_of(const char *name)
{
	long n = 0;

	if (*name == '\0')
		return -1;
	for (; *name != '\0'; name++) {
		if (*name < '0' || *name > '9' || n > INT32_MAX)
			return -1;
		n = 10 * n + *name - '0';
	}
	return n;
}

/* Gets the card's address and shares the buffer. */
static int connect(struct virtif_user *viu, uint8_t *enaddr)
{
	struct cos_pair info = nic_info(viu->nic);
	long shared;

	if (info.v0 < 0)
		return info.v0 == -COS_ENOENT ? RUMP_ENXIO : hyp_errno(info.v0);
	shared = mem_shm_create(2 * PAGE);
	if (shared < 0)
		return hyp_errno(shared);
	viu->in = (uint8_t *)shared;
	viu->out = viu->in + PAGE;
	memcpy(enaddr, &info.v0, 6);
	return 0;
}

static int receiver_start(struct virtif_user *viu)
{
	int nlocks, error;

	error = rumpuser_thread_create(receiver, viu, "virtif", 1, PRIORITY, -1, &viu->receiver);
	if (error)
		return error;
	/* The new thread needs a virtual CPU to get its lwp, perhaps the caller's. */
	hyp_leave(&nlocks, NULL);
	cos_sem_wait(&viu->ready, 0);
	hyp_return(nlocks, NULL);
	error = viu->error;
	if (error)
		(void)rumpuser_thread_join(viu->receiver);
	return error;
}

int rumpcomp_virt_create(const char *name, struct virtif_sc *sc, uint8_t *enaddr,
			 struct virtif_user **viup)
{
	struct virtif_user *viu;
	int error, nlocks;
	long number = number_of(name);

	if (!nic_info || !nic_send || !nic_receive || !nic_receive_stop ||
	    !rump_virtif_virt_deliverpkt)
		return RUMP_ENXIO;
	if (number < 0)
		return RUMP_EINVAL;
	viu = arena_alloc(sizeof(*viu), 16);
	if (!viu)
		return RUMP_ENOMEM;
	*viu = (struct virtif_user){.sc = sc, .nic = number};
	hyp_leave(&nlocks, NULL);
	error = connect(viu, enaddr);
	hyp_return(nlocks, NULL);
	if (error == 0)
		error = receiver_start(viu);
	if (error == 0)
		*viup = viu;
	else
		rumpcomp_virt_destroy(viu);
	return error;
}

/* The length of the frame; more than NIC_FRAME_MAX: it was not copied whole. */
static size_t gather(uint8_t *to, const struct rumpuser_iovec *iov, size_t iovlen)
{
	size_t len = 0;

	for (size_t i = 0; i < iovlen && len <= NIC_FRAME_MAX; len += iov[i++].iov_len)
		if (iov[i].iov_len <= NIC_FRAME_MAX - len)
			memcpy(to + len, iov[i].iov_base, iov[i].iov_len);
	return len;
}

/*
 * A frame that cannot be sent is lost, as on any wire; a card that cannot send at all is logged
 * once.
 */
void rumpcomp_virt_send(struct virtif_user *viu, struct rumpuser_iovec *iov, size_t iovlen)
{
	long error;
	int nlocks;

	hyp_leave(&nlocks, NULL);
	cos_mutex_lock(&viu->sending);
	error = nic_send(viu->nic, (unsigned long)viu->out, gather(viu->out, iov, iovlen));
	if (error && error != -COS_EAGAIN && error != -COS_EINVAL && !viu->logged) {
		viu->logged = true;
		cos_log("virt%ld: no frames go out: error %ld\n", viu->nic, error);
	}
	cos_mutex_unlock(&viu->sending);
	hyp_return(nlocks, NULL);
}

int rumpcomp_virt_dying(struct virtif_user *viu)
{
	int nlocks;

	__atomic_store_n(&viu->dying, true, __ATOMIC_RELEASE);
	hyp_leave(&nlocks, NULL);
	/* Fails only when the component nic has failed, and then no thread waits in it. */
	(void)nic_receive_stop(viu->nic);
	hyp_return(nlocks, NULL);
	return rumpuser_thread_join(viu->receiver);
}

void rumpcomp_virt_destroy(struct virtif_user *viu)
{
	int nlocks;

	hyp_leave(&nlocks, NULL);
	if (viu->in)
		(void)mem_shm_destroy((unsigned long)viu->in);
	hyp_return(nlocks, NULL);
	arena_free(viu, sizeof(*viu));
}
