/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio network cards (virtio 1.2, 5.1) for hosts that send and receive the frames (rump/nic.h):
 * nic0, nic1 and so on.
 *
 * Supported: the features MAC and STATUS. Not supported: every offload, since clients exchange
 * whole frames, and several queue pairs.
 *
 * Limits: QUEUE_MAX descriptors in each direction; BUF_BYTES holds a frame with its header, twice
 * in a page.
 *
 * I1 A buffer holds the header that the device needs and one frame. Receive buffers pass through
 *    the states
 *	free -> posted (the device's) -> arrived -> taken (by a receiver, which copies) -> free
 * I2 There are twice as many receive buffers as the ring has places: the ring stays full while as
 *    many frames wait to be taken. A frame that arrives when so many wait is lost, and its buffer
 *    posted again.
 * I3 A send buffer is free, filled (by a sender, which copies) or posted. Posted buffers are
 *    recovered when a frame is sent: no interrupt is requested.
 * I4 nc_lock guards all of it, and is not held while a frame is copied.
 * I5 A device that fails is reset first; then all its buffers are taken back (failure_check).
 *    Frames that had arrived can still be taken; after them receivers get EIO, and senders get it
 *    at once.
 */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/list.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "kern/sync.h"

#include "dev/virtio/ether/ether.h"
#include "dev/virtio/nic/vnic.h"
#include "dev/virtio/virtio.h"

#define QUEUE_MAX 256u
#define BUF_BYTES 2048u /* 5.1.6.3.1 requires 1526 */
_Static_assert(sizeof(struct ether_hdr) + RUMP_NIC_FRAME_MAX <= BUF_BYTES, "a frame fits");

struct nicbuf {
	struct list nb_node;
	uint8_t *nb_data; /* struct ether_hdr, then the frame */
	unsigned long nb_pa;
	size_t nb_len; /* length of the frame */
};

struct nicbufs {
	struct nicbuf *ns_bufs;
	void *ns_data;
	unsigned ns_count;
	unsigned long ns_cookie;
};

struct vnic {
	struct list nc_node; /* of vnics */
	struct virtio_dev *nc_vd;
	int nc_number;
	uint8_t nc_mac[ETHER_MAC_LEN];
	struct kmutex nc_lock;
	struct kcv nc_arrival; /* a frame, a stop or a failure */
	struct virtq nc_rx, nc_tx;
	struct nicbufs nc_rxbufs, nc_txbufs;
	struct list nc_rx_free, nc_arrived, nc_tx_free;
	unsigned nc_narrived;
	bool nc_stop;	/* one receiver is to return */
	bool nc_failed; /* failed, and cleaned up */
	uint64_t nc_rx_lost, nc_tx_lost;
};

/* complete when the kernel has started; only read after that */
static struct list vnics = LIST_INIT(vnics);
static int vnics_count;

struct vnic *vnic_find(int number)
{
	struct list *at;

	list_foreach(at, &vnics) {
		struct vnic *nc = list_entry(at, struct vnic, nc_node);

		if (nc->nc_number == number)
			return nc;
	}
	return NULL;
}

static uint8_t *frame_of(struct nicbuf *nb)
{
	return nb->nb_data + sizeof(struct ether_hdr);
}

static struct nicbuf *buf_first(struct list *head)
{
	struct nicbuf *nb = list_first(head, struct nicbuf, nb_node);

	if (nb != NULL)
		list_remove(&nb->nb_node);
	return nb;
}

/* Give the free buffers to the device. Lock held. */
static void rx_refill(struct vnic *nc)
{
	struct nicbuf *nb;

	while (!nc->nc_vd->vd_failed && nc->nc_rx.vq_nfree != 0 &&
	       (nb = buf_first(&nc->nc_rx_free)) != NULL) {
		struct virtio_seg seg = {nb->nb_pa, BUF_BYTES};

		if (virtq_add(&nc->nc_rx, &seg, 0, 1, nb) != 0) {
			list_insert_head(&nc->nc_rx_free, &nb->nb_node);
			break;
		}
	}
}

/* The device has written len bytes into the buffer. Lock held. */
static void rx_frame(struct vnic *nc, struct nicbuf *nb, uint32_t len)
{
	const uint32_t hdr_len = sizeof(struct ether_hdr);
	bool fits;

	if (len <= hdr_len)
		virtio_fail(nc->nc_vd, "a frame without a header");
	fits = len >= hdr_len + RUMP_NIC_FRAME_MIN && len <= hdr_len + RUMP_NIC_FRAME_MAX;
	if (!fits || nc->nc_narrived == nc->nc_rx.vq_size) {
		nc->nc_rx_lost++;
		list_insert_head(&nc->nc_rx_free, &nb->nb_node);
		return;
	}
	nb->nb_len = len - hdr_len;
	list_insert_tail(&nc->nc_arrived, &nb->nb_node);
	nc->nc_narrived++;
	cv_signal(&nc->nc_arrival);
}

static void tx_reclaim(struct vnic *nc)
{
	struct nicbuf *nb;
	uint32_t len;

	while ((nb = virtq_get(&nc->nc_tx, &len)) != NULL)
		list_insert_head(&nc->nc_tx_free, &nb->nb_node);
}

/* If the device has failed: once, take back what it had and wake waiters. Lock held. */
static void failure_check(struct vnic *nc)
{
	struct nicbuf *nb;

	if (!nc->nc_vd->vd_failed || nc->nc_failed)
		return;
	nc->nc_failed = true;
	while ((nb = virtq_drain(&nc->nc_rx)) != NULL)
		list_insert_head(&nc->nc_rx_free, &nb->nb_node);
	while ((nb = virtq_drain(&nc->nc_tx)) != NULL)
		list_insert_head(&nc->nc_tx_free, &nb->nb_node);
	cv_broadcast(&nc->nc_arrival);
}

static void rx_interrupt(struct virtq *vq)
{
	struct vnic *nc = vq->vq_arg;
	struct nicbuf *nb;
	uint32_t len;

	mutex_enter(&nc->nc_lock);
	do {
		while ((nb = virtq_get(vq, &len)) != NULL)
			rx_frame(nc, nb, len);
		rx_refill(nc);
		virtq_kick(vq);
	} while (virtq_intr_next(vq));
	failure_check(nc);
	mutex_exit(&nc->nc_lock);
}

static void tx_interrupt(struct virtq *vq)
{
	struct vnic *nc = vq->vq_arg;

	mutex_enter(&nc->nc_lock);
	tx_reclaim(nc);
	failure_check(nc);
	mutex_exit(&nc->nc_lock);
}

/* Take a free send buffer. EAGAIN, EIO. */
static int tx_take(struct vnic *nc, struct nicbuf **found)
{
	int error = 0;

	mutex_enter(&nc->nc_lock);
	tx_reclaim(nc);
	failure_check(nc);
	*found = nc->nc_failed ? NULL : buf_first(&nc->nc_tx_free);
	if (*found == NULL) {
		error = nc->nc_failed ? RUMP_EIO : RUMP_EAGAIN;
		nc->nc_tx_lost++;
	}
	mutex_exit(&nc->nc_lock);
	return error;
}

/* Send the buffer or, after an error, put it back. */
static int tx_give(struct vnic *nc, struct nicbuf *nb, int error)
{
	struct virtio_seg seg = {nb->nb_pa, (uint32_t)(sizeof(struct ether_hdr) + nb->nb_len)};

	mutex_enter(&nc->nc_lock);
	if (error == 0) {
		error = nc->nc_vd->vd_failed ? RUMP_EIO : virtq_add(&nc->nc_tx, &seg, 1, 0, nb);
		nc->nc_tx_lost += error != 0;
	}
	if (error != 0)
		list_insert_head(&nc->nc_tx_free, &nb->nb_node);
	virtq_kick(&nc->nc_tx);
	mutex_exit(&nc->nc_lock);
	return error;
}

int vnic_send(struct vnic *nc, size_t len_bytes, struct rump_nic_copy copy)
{
	struct nicbuf *nb;
	int error;

	if (len_bytes < RUMP_NIC_FRAME_MIN || len_bytes > RUMP_NIC_FRAME_MAX)
		return RUMP_EINVAL;
	error = tx_take(nc, &nb);
	if (error != 0)
		return error;
	nb->nb_len = len_bytes;
	return tx_give(nc, nb, copy.copy(copy.arg, frame_of(nb), len_bytes));
}

static int64_t now_ns(void)
{
	int64_t sec;
	long nsec;

	rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &sec, &nsec);
	return sec * NSEC_PER_SEC + nsec;
}

/* The oldest frame; ETIMEDOUT, EINTR, EIO. */
static int rx_take(struct vnic *nc, int64_t timeout_ns, struct nicbuf **found)
{
	bool forever = timeout_ns < 0 || timeout_ns > INT64_MAX / 2; /* beyond any clock */
	int64_t until = forever ? 0 : now_ns() + timeout_ns, left = forever ? -1 : timeout_ns;
	int error = 0;

	mutex_enter(&nc->nc_lock);
	while (!nc->nc_stop && nc->nc_narrived == 0 && !nc->nc_failed && error == 0) {
		error = cv_timedwait(&nc->nc_arrival, &nc->nc_lock, left);
		if (!forever && error == 0) {
			left = until - now_ns();
			error = left < 0 ? RUMP_ETIMEDOUT : 0;
		}
	}
	*found = NULL;
	if (nc->nc_stop) {
		nc->nc_stop = false;
		error = RUMP_EINTR;
	} else if (nc->nc_narrived != 0) {
		*found = buf_first(&nc->nc_arrived);
		nc->nc_narrived--;
		error = 0;
	} else if (nc->nc_failed) {
		error = RUMP_EIO;
	}
	mutex_exit(&nc->nc_lock);
	return error;
}

static void rx_give(struct vnic *nc, struct nicbuf *nb, bool lost)
{
	mutex_enter(&nc->nc_lock);
	nc->nc_rx_lost += lost;
	list_insert_head(&nc->nc_rx_free, &nb->nb_node);
	rx_refill(nc);
	virtq_kick(&nc->nc_rx);
	mutex_exit(&nc->nc_lock);
}

int vnic_receive(struct vnic *nc, int64_t timeout_ns, struct rump_nic_copy copy, size_t *len_bytes)
{
	struct nicbuf *nb;
	int error = rx_take(nc, timeout_ns, &nb);

	if (error != 0)
		return error;
	*len_bytes = nb->nb_len;
	error = copy.copy(copy.arg, frame_of(nb), nb->nb_len);
	rx_give(nc, nb, error != 0);
	return error;
}

void vnic_receive_stop(struct vnic *nc)
{
	mutex_enter(&nc->nc_lock);
	nc->nc_stop = true;
	cv_broadcast(&nc->nc_arrival);
	mutex_exit(&nc->nc_lock);
}

void vnic_info(struct vnic *nc, uint8_t mac[RUMP_NIC_MAC_LEN], bool *link_up)
{
	memcpy(mac, nc->nc_mac, sizeof(nc->nc_mac));
	*link_up = !nc->nc_vd->vd_failed && ether_link_up(nc->nc_vd);
}

void vnic_lost(struct vnic *nc, uint64_t *received, uint64_t *sent)
{
	mutex_enter(&nc->nc_lock);
	*received = nc->nc_rx_lost;
	*sent = nc->nc_tx_lost;
	mutex_exit(&nc->nc_lock);
}

static int bufs_make(struct nicbufs *ns, unsigned count, struct list *free)
{
	unsigned long pa;

	ns->ns_count = count;
	ns->ns_bufs = kmem_zalloc(sizeof(*ns->ns_bufs) * count);
	if (ns->ns_bufs == NULL)
		return RUMP_ENOMEM;
	ns->ns_data = virtio_dma_alloc((size_t)count * BUF_BYTES, &pa, &ns->ns_cookie);
	if (ns->ns_data == NULL)
		return RUMP_ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		struct nicbuf *nb = &ns->ns_bufs[i];

		nb->nb_data = (uint8_t *)ns->ns_data + (size_t)i * BUF_BYTES;
		nb->nb_pa = pa + (unsigned long)i * BUF_BYTES;
		list_insert_tail(free, &nb->nb_node);
	}
	return 0;
}

/* Called when the device has been stopped. */
static void bufs_free(struct nicbufs *ns)
{
	if (ns->ns_data != NULL)
		virtio_dma_free(ns->ns_cookie, (size_t)ns->ns_count * BUF_BYTES);
	kmem_free(ns->ns_bufs, sizeof(*ns->ns_bufs) * ns->ns_count);
}

#define FEATURES (VIRTIO_BIT(VIRTIO_NET_F_MAC) | VIRTIO_BIT(VIRTIO_NET_F_STATUS))

static int vnic_setup(struct vnic *nc)
{
	struct virtio_dev *vd = nc->nc_vd;
	int error = virtio_negotiate(vd, FEATURES);

	if (error == 0)
		error = virtq_init(&nc->nc_rx, vd, ETHER_RX_QUEUE, QUEUE_MAX, rx_interrupt, nc);
	if (error == 0)
		error = virtq_init(&nc->nc_tx, vd, ETHER_TX_QUEUE, QUEUE_MAX, tx_interrupt, nc);
	if (error == 0)
		error = bufs_make(&nc->nc_rxbufs, 2u * nc->nc_rx.vq_size, &nc->nc_rx_free);
	if (error == 0)
		error = bufs_make(&nc->nc_txbufs, nc->nc_tx.vq_size, &nc->nc_tx_free);
	if (error != 0)
		return error;
	ether_mac(vd, nc->nc_mac);
	virtq_intr_off(&nc->nc_tx);
	mutex_enter(&nc->nc_lock);
	rx_refill(nc);
	mutex_exit(&nc->nc_lock);
	return virtio_start(vd);
}

static void vnic_destroy(struct vnic *nc)
{
	virtio_stop(nc->nc_vd);
	virtq_fini(&nc->nc_rx);
	virtq_fini(&nc->nc_tx);
	bufs_free(&nc->nc_rxbufs);
	bufs_free(&nc->nc_txbufs);
	cv_destroy(&nc->nc_arrival);
	mutex_destroy(&nc->nc_lock);
	kmem_free(nc, sizeof(*nc));
}

static int vnic_attach(struct virtio_dev *vd)
{
	struct vnic *nc = kmem_zalloc(sizeof(*nc));
	const uint8_t *mac;
	int error;

	if (nc == NULL)
		return RUMP_ENOMEM;
	nc->nc_vd = vd;
	mutex_init(&nc->nc_lock);
	cv_init(&nc->nc_arrival);
	list_init(&nc->nc_rx_free);
	list_init(&nc->nc_arrived);
	list_init(&nc->nc_tx_free);
	error = vnic_setup(nc);
	if (error != 0) {
		vnic_destroy(nc);
		return error;
	}
	mac = nc->nc_mac;
	nc->nc_number = vnics_count++;
	list_insert_tail(&vnics, &nc->nc_node);
	kprintf("nic%d: %02x:%02x:%02x:%02x:%02x:%02x, %s\n", nc->nc_number, mac[0], mac[1], mac[2],
		mac[3], mac[4], mac[5], vd->vd_name);
	/* 2.1.2: only now may the device look at its queues. */
	mutex_enter(&nc->nc_lock);
	virtq_kick(&nc->nc_rx);
	mutex_exit(&nc->nc_lock);
	return 0;
}

static const struct virtio_driver nic_driver = {VIRTIO_TYPE_NET, "net", vnic_attach};
VIRTIO_DRIVER(nic_driver);
