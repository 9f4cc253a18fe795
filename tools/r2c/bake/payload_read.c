/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A payload that comes from a file: nothing in it is used before its offset and length are checked.
 */
#include <string.h>
#include <cos/abi.h>
#include <cos/layout.h>
#include "payload.h"

#define NONE ((uint32_t)-1)

static bool within(const struct payload *p, uint64_t offset, uint64_t len)
{
	return offset <= p->len && len <= p->len - offset;
}

/* A string is good if a NUL follows before the end of the payload. */
static bool string_ok(const struct payload *p, uint32_t offset)
{
	return offset < p->len && memchr(p->data + offset, 0, p->len - offset);
}

static bool list_ok(const struct payload *p, uint32_t offset)
{
	while (string_ok(p, offset)) {
		size_t len = strlen(p->data + offset);
		if (!len)
			return true;
		offset += (uint32_t)len + 1;
	}
	return false;
}

static const void *table_at(const struct payload *p, const struct image_table *table, size_t size)
{
	if (table->offset % 8 || !within(p, table->offset, (uint64_t)table->count * size))
		return NULL;
	return p->data + table->offset;
}

static const char *check_domains(const struct payload *p)
{
	const struct image_header *h = p->header;

	for (uint32_t i = 0; i < h->domains.count; i++) {
		const struct image_domain *d = &p->domains[i];
		if (!string_ok(p, d->name))
			return "a domain's name is not in it";
		if (d->first_segment > h->segments.count ||
		    d->nsegments > h->segments.count - d->first_segment)
			return "a domain's segments are not in the table";
		if (d->symbols != NONE && d->symbols >= h->blobs.count)
			return "a domain's symbols are not in the table of blobs";
	}
	for (uint32_t i = 0; i < h->segments.count; i++) {
		const struct image_segment *s = &p->segments[i];
		if (s->vaddr % COS_PAGE_SIZE || s->file_offset % COS_PAGE_SIZE)
			return "a segment is not aligned to a page";
		if (s->file_bytes > s->memory_bytes || !within(p, s->file_offset, s->file_bytes))
			return "a segment's contents are not in it";
		if ((s->prot & COS_PG_WRITE) && (s->prot & COS_PG_EXEC))
			return "a segment is writable and executable";
	}
	return NULL;
}

static const char *check_components(const struct payload *p)
{
	const struct image_header *h = p->header;

	for (uint32_t i = 0; i < h->components.count; i++) {
		const struct image_component *c = &p->components[i];
		if (!string_ok(p, c->name) || !list_ok(p, c->params) || !list_ok(p, c->sees))
			return "a component's strings are not in it";
		if (c->id != i + 1 || c->domain >= h->domains.count)
			return "a component's id or domain is wrong";
		if (c->pager < -1 || c->pager >= (int32_t)h->invocations.count || c->handler < -1 ||
		    c->handler >= (int32_t)h->invocations.count)
			return "a component's pager or handler is not in the table";
	}
	for (uint32_t i = 0; i < h->invocations.count; i++) {
		const struct image_invocation *v = &p->invocations[i];
		if (v->client >= h->components.count || v->server >= h->components.count ||
		    !string_ok(p, v->function) || !v->entry)
			return "an invocation leads nowhere";
	}
	for (uint32_t i = 0; i < h->devices.count; i++)
		if (p->devices[i].component >= h->components.count)
			return "a device belongs to no component";
	for (uint32_t i = 0; i < h->blobs.count; i++) {
		const struct image_blob *b = &p->blobs[i];
		if (!string_ok(p, b->name) || b->offset % COS_PAGE_SIZE ||
		    !within(p, b->offset, b->len_bytes))
			return "a blob is not in it";
		if (b->component != NONE && b->component >= h->components.count)
			return "a blob belongs to no component";
	}
	return NULL;
}

const char *payload_read(struct payload *p, const void *data, size_t len)
{
	*p = (struct payload){.data = data, .len = len, .header = data};

	if (len < sizeof(*p->header) || p->header->first.magic != IMAGE_MAGIC)
		return "it is no payload";
	if (p->header->first.version != IMAGE_VERSION)
		return "it is of another version";
	if (p->header->first.len_bytes > len)
		return "it is cut off";
	p->len = p->header->first.len_bytes;
#define TABLE(name)                                                       \
	if (!(p->name = table_at(p, &p->header->name, sizeof(*p->name)))) \
	return "the table of " #name " is not in it"
	TABLE(domains);
	TABLE(segments);
	TABLE(components);
	TABLE(invocations);
	TABLE(devices);
	TABLE(blobs);
#undef TABLE
	if (!string_ok(p, p->header->name) || !string_ok(p, p->header->cmdline))
		return "its name is not in it";
	const char *wrong = check_domains(p);
	return wrong ? wrong : check_components(p);
}

const char *payload_string(const struct payload *p, uint32_t offset)
{
	return p->data + offset;
}

const char *payload_list_first(const struct payload *p, uint32_t offset)
{
	return p->data[offset] ? p->data + offset : NULL;
}

const char *payload_list_next(const char *string)
{
	string += strlen(string) + 1;
	return *string ? string : NULL;
}
