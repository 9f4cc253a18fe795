/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The component nic: interface/nic over the network cards of a rump kernel that consists of
 * drivers.
 *
 * Supported: whole Ethernet frames of up to NIC_FRAME_MAX bytes, many cards, counters of lost
 * frames. Not supported: checksum offload, jumbo frames, and several owners of a card.
 *
 * I1 A card belongs to the first client that used it. Another client gets it only when the owner
 *    has failed or ended (claim).
 * I2 A client's thread enters the rump kernel with a temporary lwp for the time of its call; in
 *    nic_receive that is until a frame comes.
 * I3 The client may take its buffer away at any time. The device therefore has memory of this
 *    component, and the one copy between the two recovers from faults.
 */
#include <nic/nic.h>
#include <cos/clock.h>
#include <cos/string.h>
#include <cos/user.h>
#include <reboot/reboot.h>
#include <rump/errno.h>
#include <rump/nic.h>

#include "alloc.h"
#include "rumpuser/cos/hyp.h"
#include "component/sysproxy/server.h"

_Static_assert(NIC_FRAME_MAX == RUMP_NIC_FRAME_MAX && NIC_FRAME_MIN == RUMP_NIC_FRAME_MIN,
	       "the same frames");

/* The owner of a card (I1). The record stays when the client ends. */
struct owner {
	struct owner *next;
	int nic;
	long client;
};

static struct cos_mutex owners_mutex;
static struct owner *owners;

static long error_of(int error)
{
	switch (error) {
	case 0:
		return 0;
	case RUMP_ENOENT:
		return -COS_ENOENT;
	case RUMP_EINVAL:
		return -COS_EINVAL;
	case RUMP_EAGAIN:
		return -COS_EAGAIN;
	case RUMP_ETIMEDOUT:
		return -COS_ETIMEDOUT;
	case RUMP_EINTR:
		return -COS_EINTR;
	case RUMP_EFAULT:
		return -COS_EFAULT;
	default:
		return -COS_EIO;
	}
}

/* Under owners_mutex: the record of a card, made when it is first asked for. */
static long owner_get(int nic, struct owner **found)
{
	uint8_t mac[RUMP_NIC_MAC_LEN];
	struct owner *o = owners;
	bool link_up;
	int error;

	while (o && o->nic != nic)
		o = o->next;
	*found = o;
	if (o)
		return 0;
	error = rump_pub_nic_info(nic, mac, &link_up);
	if (error)
		return error_of(error);
	o = arena_alloc(sizeof(*o), 16);
	if (!o)
		return -COS_ENOMEM;
	*o = (struct owner){.next = owners, .nic = nic, .client = cos_client()};
	owners = *found = o;
	return 0;
}

/* The check at the start of every call: the card exists, and belongs to the caller. */
static long claim(long nic)
{
	struct owner *o;
	long error;

	if (!server_ready())
		return -COS_EAGAIN;
	if (nic < 0 || nic > INT32_MAX)
		return -COS_ENOENT;
	cos_mutex_lock(&owners_mutex);
	error = owner_get((int)nic, &o);
	if (error == 0 && o->client != cos_client()) {
		if (reboot_status(o->client).v0 == 1)
			error = -COS_EBUSY;
		else
			o->client = cos_client();
	}
	cos_mutex_unlock(&owners_mutex);
	return error;
}

static int from_client(void *buffer, void *frame, size_t len_bytes)
{
	return cos_copy_user(frame, buffer, len_bytes) == 0 ? 0 : RUMP_EFAULT;
}

static int to_client(void *buffer, void *frame, size_t len_bytes)
{
	return cos_copy_user(buffer, frame, len_bytes) == 0 ? 0 : RUMP_EFAULT;
}

struct cos_pair nic_info(long nic)
{
	struct cos_pair info = {0, 0};
	long error = claim(nic);
	bool link_up = false;

	if (error == 0)
		error = error_of(rump_pub_nic_info((int)nic, (uint8_t *)&info.v0, &link_up));
	if (error)
		return (struct cos_pair){error, 0};
	info.v1 = link_up;
	return info;
}

long nic_send(long nic, unsigned long buffer, unsigned long len_bytes)
{
	long error = claim(nic);

	if (error)
		return error;
	if (len_bytes < NIC_FRAME_MIN || len_bytes > NIC_FRAME_MAX)
		return -COS_EINVAL;
	if (!cos_user_range_shared((void *)buffer, len_bytes))
		return -COS_EFAULT;
	return error_of(rump_pub_nic_send((int)nic, len_bytes,
					  (struct rump_nic_copy){from_client, (void *)buffer}));
}

/* The deadline as rump/nic.h has it: the time from now on. */
static int64_t timeout_of(unsigned long deadline_ns)
{
	unsigned long now = cos_now_ns();

	if (deadline_ns == 0 || deadline_ns > INT64_MAX)
		return -1; /* three hundred years: for ever */
	return deadline_ns > now ? (int64_t)(deadline_ns - now) : 0;
}

long nic_receive(long nic, unsigned long buffer, unsigned long room_bytes,
		 unsigned long deadline_ns)
{
	long error = claim(nic);
	size_t len_bytes = 0;

	if (error)
		return error;
	if (room_bytes < NIC_FRAME_MAX)
		return -COS_EINVAL;
	if (!cos_user_range_shared((void *)buffer, NIC_FRAME_MAX))
		return -COS_EFAULT;
	error = error_of(rump_pub_nic_receive((int)nic, timeout_of(deadline_ns),
					      (struct rump_nic_copy){to_client, (void *)buffer},
					      &len_bytes));
	return error ? error : (long)len_bytes;
}

long nic_receive_stop(long nic)
{
	long error = claim(nic);

	return error ? error : error_of(rump_pub_nic_receive_stop((int)nic));
}

struct cos_pair nic_lost(long nic)
{
	long error = claim(nic);
	uint64_t received = 0, sent = 0;

	if (error == 0)
		error = error_of(rump_pub_nic_lost((int)nic, &received, &sent));
	if (error)
		return (struct cos_pair){error, 0};
	return (struct cos_pair){(long)received, (long)sent};
}
