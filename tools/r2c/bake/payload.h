/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payload of an image (kernel/include/cos/image.h, interface/boot/image.h): made of a system
 * and its linked domains (payload.c), and read back with every offset checked (payload_read.c).
 */
#ifndef R2C_BAKE_PAYLOAD_H
#define R2C_BAKE_PAYLOAD_H

#include <boot/image.h>
#include "domain.h"

/* False: a mistake is reported. */
bool payload_write(struct buffer *out, struct sys *sys, const struct domain_elf *domains,
		   const struct domain_calls *calls);

/* A payload in memory, checked: all tables, strings and contents lie within it. */
struct payload {
	const char *data;
	size_t len;
	const struct image_header *header;
	const struct image_domain *domains;
	const struct image_segment *segments;
	const struct image_component *components;
	const struct image_invocation *invocations;
	const struct image_device *devices;
	const struct image_blob *blobs;
};

/* NULL: good; else what is wrong with it. data must be aligned to 8 bytes and outlive the payload.
 */
const char *payload_read(struct payload *payload, const void *data, size_t len);
/* A string of a payload that payload_read accepted. */
const char *payload_string(const struct payload *payload, uint32_t offset);
/* The next string of a list, given the one before it; NULL after the last. */
const char *payload_list_first(const struct payload *payload, uint32_t offset);
const char *payload_list_next(const char *string);

#endif
