/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio network cards (virtio 1.2, 5.1) under lwIP: vioif0, vioif1 and so on. The lock is the core
 * lock of the network (net/netif.h).
 *
 * Supported: the features MAC, MTU, STATUS (changes of the link), MRG_RXBUF, CSUM for TCP,
 * GUEST_CSUM. Not supported: segmentation offload in either direction (vioif_setup says why),
 * several queue pairs (MQ), the control queue, VLANs, filters; an MTU above 1500, since buffers and
 * TCP_MSS are made for no more.
 *
 * Limits: QUEUE_MAX descriptors in each direction. BUF_BYTES holds a frame of 1514 bytes with its
 * header, twice in a page. COPY_MAX: for a shorter frame copying costs less than taking its buffer
 * away. TX_SEGS: a frame in more pieces is copied into one.
 *
 * Receiving.
 * I1 Buffers belong to the device, to the protocols (as custom pbufs), or to the free list vi_free.
 * I2 A frame comes in one buffer, or with MRG_RXBUF in several. A small frame is copied, and its
 *    buffer returned at once.
 * I3 The pool of buffers grows while memory lasts and the protocols hold frames. The ring is
 *    refilled at each interrupt and, when it is nearly empty, by each buffer that comes back.
 *
 * Sending.
 * I4 The pbufs of a frame are given to the device as they are, with the header in the room before
 *    the frame. A reference keeps the frame until the device has used it.
 * I5 One interrupt is requested, for the end of what is queued. Sent frames are released then, and
 *    before more are queued.
 */
#include "lwip/opt.h"
#include "lwip/pbuf.h"

#include "kern/kmem.h"
#include "kern/list.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "net/netif.h"

#include "dev/virtio/ether/ether.h"
#include "dev/virtio/virtio.h"

_Static_assert(sizeof(struct ether_hdr) <= PBUF_LINK_ENCAPSULATION_HLEN, "room before a frame");

#define QUEUE_MAX 256u
#define BUF_BYTES 2048u
#define SLAB_BUFS 32u
#define COPY_MAX 256u /* frames up to this length are copied */
#define TX_SEGS 16u

struct vioif;
struct rxbuf {
	struct pbuf_custom rb_pbuf; /* must be the first member */
	struct list rb_node;
	struct vioif *rb_vi;
	char *rb_data;
	unsigned long rb_pa;
};

struct vioif {
	struct virtio_dev *vi_vd;
	struct virtq vi_rx, vi_tx;
	struct list vi_free; /* rxbufs that neither the device nor the protocols have */
	unsigned vi_posted;
	bool vi_merge;
	bool vi_started;
	struct ether_hdr *vi_zero_hdr; /* for frames without room before them */
	unsigned long vi_zero_pa;
	struct ifnet vi_if;
};

static void rx_refill(struct vioif *vi);

static void rxbuf_put(struct rxbuf *rb)
{
	list_insert_head(&rb->rb_vi->vi_free, &rb->rb_node);
}

/* The protocols release a buffer. Core lock held. */
static void rxbuf_back(struct pbuf *p)
{
	struct rxbuf *rb = (struct rxbuf *)p;
	struct vioif *vi = rb->rb_vi;

	rxbuf_put(rb);
	if (vi->vi_posted < vi->vi_rx.vq_size / 4u)
		rx_refill(vi);
}

/* Add buffers to the pool. A lack of memory only costs frames. */
static void slab_add(struct vioif *vi)
{
	unsigned long pa, cookie;
	struct rxbuf *rb = kmem_zalloc(sizeof(*rb) * SLAB_BUFS);
	char *data;

	if (rb == NULL)
		return;
	data = virtio_dma_alloc((size_t)SLAB_BUFS * BUF_BYTES, &pa, &cookie);
	if (data == NULL) {
		kmem_free(rb, sizeof(*rb) * SLAB_BUFS);
		return;
	}
	for (unsigned i = 0; i < SLAB_BUFS; i++, rb++) {
		rb->rb_vi = vi;
		rb->rb_data = data + (size_t)i * BUF_BYTES;
		rb->rb_pa = pa + (unsigned long)i * BUF_BYTES;
		rb->rb_pbuf.custom_free_function = rxbuf_back;
		rxbuf_put(rb);
	}
}

static void rx_refill(struct vioif *vi)
{
	struct virtio_seg seg = {0, BUF_BYTES};
	struct rxbuf *rb;

	if (vi->vi_vd->vd_failed)
		return;
	while (vi->vi_rx.vq_nfree != 0) {
		if (list_empty(&vi->vi_free))
			slab_add(vi);
		rb = list_first(&vi->vi_free, struct rxbuf, rb_node);
		if (rb == NULL)
			break;
		seg.vs_pa = rb->rb_pa;
		if (virtq_add(&vi->vi_rx, &seg, 0, 1, rb) != 0)
			break;
		list_remove(&rb->rb_node);
		vi->vi_posted++;
	}
	if (vi->vi_started)
		virtq_kick(&vi->vi_rx);
}

static struct pbuf *rxbuf_pbuf(struct rxbuf *rb, unsigned off, unsigned len)
{
	return pbuf_alloced_custom(PBUF_RAW, (u16_t)len, PBUF_REF, &rb->rb_pbuf, rb->rb_data + off,
				   (u16_t)(BUF_BYTES - off));
}

/* Collect the rest of a frame that needed more buffers. false: the device gave a wrong number. */
static bool rx_rest(struct vioif *vi, struct pbuf *p, unsigned count)
{
	size_t total = p->tot_len;
	struct rxbuf *rb;
	uint32_t len;

	while (count-- != 0) {
		rb = virtq_get(&vi->vi_rx, &len);
		if (rb == NULL) {
			virtio_fail(vi->vi_vd, "a frame is not all there");
			return false;
		}
		vi->vi_posted--;
		total += len;
		if (len == 0 || total > UINT16_MAX) {
			rxbuf_put(rb);
			continue; /* the frame is dropped, but all its buffers must be taken */
		}
		pbuf_cat(p, rxbuf_pbuf(rb, 0, len));
	}
	return total == p->tot_len;
}

static void rx_frame(struct vioif *vi, struct rxbuf *rb, uint32_t len)
{
	const unsigned hdr_len = sizeof(struct ether_hdr);
	struct ether_hdr hdr;
	struct pbuf *p;

	vi->vi_posted--;
	if (len <= hdr_len) {
		virtio_fail(vi->vi_vd, "a frame without a header");
		rxbuf_put(rb);
		return;
	}
	memcpy(&hdr, rb->rb_data, hdr_len);
	if (!vi->vi_merge)
		hdr.eh_num_buffers = 1;
	if (hdr.eh_num_buffers == 0 || hdr.eh_num_buffers > vi->vi_rx.vq_size) {
		virtio_fail(vi->vi_vd, "a frame in an impossible number of buffers");
		rxbuf_put(rb);
		return;
	}
	len -= hdr_len;
	if (hdr.eh_num_buffers == 1 && len <= COPY_MAX) {
		p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_RAM);
		if (p != NULL)
			memcpy(p->payload, rb->rb_data + hdr_len, len);
		rxbuf_put(rb);
		if (p == NULL) {
			vi->vi_if.if_stats.rx_dropped++;
			return;
		}
	} else {
		p = rxbuf_pbuf(rb, hdr_len, len);
		if (!rx_rest(vi, p, hdr.eh_num_buffers - 1u)) {
			vi->vi_if.if_stats.rx_dropped++;
			pbuf_free(p);
			return;
		}
	}
	netif_deliver(&vi->vi_if, p,
		      (hdr.eh_flags & (ETHER_HDR_F_NEEDS_CSUM | ETHER_HDR_F_DATA_VALID)) != 0
			      ? IFRX_CSUM_OK
			      : 0);
}

static void rx_interrupt(struct virtq *vq)
{
	struct vioif *vi = vq->vq_arg;
	struct rxbuf *rb;
	uint32_t len;

	net_lock();
	if (vi->vi_started) {
		do {
			while ((rb = virtq_get(vq, &len)) != NULL)
				rx_frame(vi, rb, len);
			rx_refill(vi);
		} while (virtq_intr_next(vq));
	}
	net_unlock();
}

static void tx_reclaim(struct vioif *vi)
{
	struct pbuf *p;
	uint32_t len;

	while ((p = virtq_get(&vi->vi_tx, &len)) != NULL)
		pbuf_free(p);
	if (vi->vi_vd->vd_failed) {
		while ((p = virtq_drain(&vi->vi_tx)) != NULL)
			pbuf_free(p);
	}
}

static void tx_interrupt(struct virtq *vq)
{
	struct vioif *vi = vq->vq_arg;

	net_lock();
	if (vi->vi_started)
		tx_reclaim(vi);
	net_unlock();
}

/* The segments of a frame with its header; 0: it has to be copied. */
static unsigned tx_map(struct vioif *vi, struct pbuf *p, const struct iftx *tx,
		       struct virtio_seg *seg)
{
	struct ether_hdr hdr = {0};
	unsigned n = 0, k;
	struct pbuf *q;
	bool room = pbuf_add_header(p, sizeof(hdr)) == 0;

	if (room) {
		if (tx->it_csum) {
			hdr.eh_flags = ETHER_HDR_F_NEEDS_CSUM;
			hdr.eh_csum_start = tx->it_start;
			hdr.eh_csum_offset = tx->it_csum_off;
		}
		memcpy(p->payload, &hdr, sizeof(hdr));
	} else if (tx->it_csum)
		return 0;
	else
		seg[n++] = (struct virtio_seg){vi->vi_zero_pa, sizeof(hdr)};
	for (q = p; q != NULL && n < TX_SEGS; q = q->next) {
		if (q->len == 0)
			continue;
		k = virtio_dma_map(q->payload, q->len, seg + n, TX_SEGS - n, UINT32_MAX);
		if (k == 0)
			break;
		n += k;
	}
	if (room)
		pbuf_remove_header(p, sizeof(hdr));
	return q == NULL ? n : 0;
}

static int vioif_transmit(struct ifnet *ifp, struct pbuf *p, const struct iftx *tx)
{
	struct vioif *vi = ifp->if_softc;
	struct virtio_seg seg[TX_SEGS];
	unsigned n;
	int error;

	if (vi->vi_vd->vd_failed)
		return RUMP_EIO;
	tx_reclaim(vi);
	n = tx_map(vi, p, tx, seg);
	if (n != 0)
		pbuf_ref(p);
	else {
		/* in one piece, with room for the header */
		p = pbuf_clone(PBUF_RAW_TX, PBUF_RAM, p);
		if (p == NULL)
			return RUMP_ENOBUFS;
		n = tx_map(vi, p, tx, seg);
	}
	error = n != 0 ? virtq_add(&vi->vi_tx, seg, n, 0, p) : RUMP_EIO;
	if (error != 0)
		pbuf_free(p);
	return error;
}

static void vioif_flush(struct ifnet *ifp)
{
	struct vioif *vi = ifp->if_softc;

	if (virtq_intr_last(&vi->vi_tx))
		tx_reclaim(vi);
	virtq_kick(&vi->vi_tx);
}

static const struct ifnet_ops vioif_ops = {.if_transmit = vioif_transmit, .if_flush = vioif_flush};

static void config_changed(struct virtio_dev *vd)
{
	struct vioif *vi = vd->vd_softc;

	net_lock();
	if (vi->vi_started)
		netif_link(&vi->vi_if, ether_link_up(vd));
	net_unlock();
}

static void vioif_configure(struct vioif *vi)
{
	struct virtio_dev *vd = vi->vi_vd;
	struct ifnet *ifp = &vi->vi_if;
	uint16_t mtu = 1500;

	ifp->if_ops = &vioif_ops;
	ifp->if_softc = vi;
	ifp->if_driver = "vioif";
	ether_mac(vd, ifp->if_mac);
	if (virtio_has(vd, VIRTIO_NET_F_MTU))
		virtio_config_read(vd, ETHER_CONFIG_MTU, &mtu, sizeof(mtu));
	/*
	 * An MTU smaller than Ethernet's is obeyed; buffers and TCP_MSS are made for none larger.
	 */
	ifp->if_mtu = mtu < 1280 || mtu > 1500 ? 1500 : mtu;
	ifp->if_cap = virtio_has(vd, VIRTIO_NET_F_CSUM) ? IFCAP_CSUM_TX : 0;
	ifp->if_cap |= virtio_has(vd, VIRTIO_NET_F_GUEST_CSUM) ? IFCAP_CSUM_RX : 0;
	ifp->if_link = ether_link_up(vd);
}

#define FEATURES                                                               \
	(VIRTIO_BIT(VIRTIO_NET_F_CSUM) | VIRTIO_BIT(VIRTIO_NET_F_GUEST_CSUM) | \
	 VIRTIO_BIT(VIRTIO_NET_F_MTU) | VIRTIO_BIT(VIRTIO_NET_F_MAC) |         \
	 VIRTIO_BIT(VIRTIO_NET_F_MRG_RXBUF) | VIRTIO_BIT(VIRTIO_NET_F_STATUS))

static int vioif_setup(struct vioif *vi)
{
	unsigned long cookie;
	int error;

	/*
	 * Frames larger than the MTU (GUEST_TSO) are not requested. They would gain little for a
	 * receiver that its window limits, and they depend on mergeable buffers.
	 */
	error = virtio_negotiate(vi->vi_vd, FEATURES);
	if (error != 0)
		return error;
	vi->vi_merge = virtio_has(vi->vi_vd, VIRTIO_NET_F_MRG_RXBUF);
	error = virtq_init(&vi->vi_rx, vi->vi_vd, ETHER_RX_QUEUE, QUEUE_MAX, rx_interrupt, vi);
	if (error == 0)
		error = virtq_init(&vi->vi_tx, vi->vi_vd, ETHER_TX_QUEUE, QUEUE_MAX, tx_interrupt,
				   vi);
	if (error != 0)
		return error;
	vi->vi_zero_hdr = virtio_dma_alloc(sizeof(*vi->vi_zero_hdr), &vi->vi_zero_pa, &cookie);
	if (vi->vi_zero_hdr == NULL)
		return RUMP_ENOMEM;
	vi->vi_vd->vd_softc = vi;
	vi->vi_vd->vd_config_changed = config_changed;
	vioif_configure(vi);
	rx_refill(vi);
	if (vi->vi_posted == 0)
		return RUMP_ENOMEM;
	virtq_intr_off(&vi->vi_tx);
	return virtio_start(vi->vi_vd);
}

static int vioif_attach(struct virtio_dev *vd)
{
	struct vioif *vi = kmem_zalloc(sizeof(*vi));
	int error;

	if (vi == NULL)
		return RUMP_ENOMEM;
	vi->vi_vd = vd;
	list_init(&vi->vi_free);
	error = vioif_setup(vi);
	if (error != 0) {
		/* The pool of buffers, if it was made, stays: the device may have had them. */
		virtio_stop(vd);
		virtq_fini(&vi->vi_rx);
		virtq_fini(&vi->vi_tx);
		return error;
	}
	netif_attach(&vi->vi_if);
	net_lock();
	vi->vi_started = true;
	virtq_kick(&vi->vi_rx);
	net_unlock();
	/* Interrupts before vi_started was set were ignored. */
	rx_interrupt(&vi->vi_rx);
	return 0;
}

static const struct virtio_driver net_driver = {VIRTIO_TYPE_NET, "net", vioif_attach};
VIRTIO_DRIVER(net_driver);
