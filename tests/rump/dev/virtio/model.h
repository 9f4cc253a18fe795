/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side of virtio: devices in memory, behind fakes of the PCI hypercalls and of device
 * registers. A test sets a model up before rump_init, makes it fail or break the rules, and checks
 * what the driver did. Chains are handled in the driver's thread when it notifies; each interrupt
 * is delivered by a thread, as the hypercalls promise.
 */
#ifndef TESTS_RUMP_DEV_VIRTIO_MODEL_H
#define TESTS_RUMP_DEV_VIRTIO_MODEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_QUEUES 2
#define MODEL_SEGS 300

struct model;

/* A chain taken from a queue: segments as the device would reach them. */
struct chain {
	struct model *c_model;
	unsigned c_queue;
	uint16_t c_head;
	unsigned c_nout, c_nin;
	struct {
		uint8_t *mem;
		uint32_t len;
	} c_seg[MODEL_SEGS];
};

struct model_queue {
	uint16_t size, vector, enabled;
	uint64_t desc, avail, used;
	uint16_t avail_idx, used_idx;
};

/* How a device breaks the rules. */
enum fault {
	FAULT_NONE,
	FAULT_ID_RANGE,	    /* returns a descriptor beyond the queue */
	FAULT_ID_UNUSED,    /* returns one that is free */
	FAULT_LENGTH,	    /* reports more bytes than there was room for */
	FAULT_INDEX,	    /* the used index runs ahead */
	FAULT_SHORT,	    /* a read that writes only the status */
	FAULT_STATUS,	    /* reports an error */
	FAULT_NO_STATUS,    /* writes no status at all */
	FAULT_BUFFER_COUNT, /* a frame in 1000 buffers */
	FAULT_MISSING,	    /* a frame in two buffers, of which only one comes */
	FAULT_NO_HEADER,    /* a frame of 4 bytes */
};

struct model {
	/* Set by the test. */
	uint16_t m_type;
	uint64_t m_offer;
	uint8_t m_config[64];
	unsigned m_vectors;
	uint16_t m_queue_size;
	bool m_refuse; /* accepts no set of features */
	bool m_bad_cap;
	void (*m_handle)(struct model *m, struct chain *c);
	unsigned m_keep; /* bits of the queues that keep chains for chain_take */
	enum fault m_fault;
	/* State of the device. */
	uint8_t m_status;
	uint32_t m_feature_select, m_driver_select;
	uint64_t m_features;
	uint16_t m_queue_select, m_config_vector;
	struct model_queue m_queue[MODEL_QUEUES];
	unsigned m_slot;
	unsigned m_notifies, m_interrupts, m_resets;
	pthread_mutex_t m_lock;
	void *m_bar;
	uint8_t m_space[256];
};

extern struct model *models[16];
extern unsigned nmodels;

/* Add a device. Devices are probed in this order. */
void model_add(struct model *m);
/* Return a chain with len bytes written. The model's lock is held, as in m_handle. */
void chain_done(struct chain *c, uint32_t len);
/* The same in two steps, so that several chains become visible together. */
void chain_fill(struct chain *c, uint32_t len);
void queue_publish(struct model *m, unsigned queue);
/* Take a chain that the driver made available. false: none. Lock held. */
bool chain_take(struct model *m, unsigned queue, struct chain *c);
/* Send an interrupt of a vector. */
void model_interrupt(struct model *m, unsigned vector);
size_t chain_read(const struct chain *c, size_t off, void *buf, size_t len);
size_t chain_write(struct chain *c, size_t off, const void *buf, size_t len);
/* Memory that devices cannot reach: virt_to_mach returns 0 for it. */
extern char *model_unreachable;
extern size_t model_unreachable_len;
extern unsigned model_dma_fail_after; /* allocations left; UINT32_MAX: no limit */

#endif
