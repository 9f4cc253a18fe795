/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a payload is laid out: header, tables, strings, contents (kernel/include/cos/image.h).
 *
 * P1  All counts are known first, and tables are allocated at their final size (tables_alloc). So
 *     an index is final, and a pointer into a table stays valid, when an entry is made.
 * P2  Strings come right after the tables, so the offset of a string is final when it is added.
 * P3  Contents come after the strings, each on a page boundary. They are collected with the place
 *     in a table that gets their offset, and placed when no string follows any more
 *     (contents_place).
 * P4  Domain 0 is boot's, and its segments are the table's first: the kernel reads no other table.
 * P5  Within a domain no two segments overlap, and none is writable and executable.
 * P6  The same system, linked to the same domains, gives the same bytes: no time of the host is in
 *     it, and gaps are zero.
 *
 * A payload that is read back is not trusted: payload_read checks what the invariants promise.
 */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <cos/abi.h>
#include <cos/layout.h>
#include "file.h"
#include "payload.h"
#include "report.h"

#define NO_BLOB ((uint32_t)-1)
#define NO_COMPONENT ((uint32_t)-1)

struct content {
	uint64_t *offset; /* where its place goes */
	const char *data;
	size_t len;
};

struct writer {
	struct sys *sys;
	struct pool *pool;
	const struct domain_elf *domains_elf;
	const struct domain_calls *calls;
	struct image_header header;
	struct image_domain *domains;
	struct image_segment *segments;
	struct image_component *components;
	struct image_invocation *invocations;
	struct image_device *devices;
	struct image_blob *blobs;
	size_t nsegments, ninvocations, ndevices, nblobs; /* filled; the others go by index */
	uint32_t strings_offset;
	struct buffer strings;
	struct content *content;
	size_t ncontents;
	int32_t pager, handler; /* invocations */
};

static uint32_t string_add(struct writer *w, const char *text)
{
	uint32_t offset = w->strings_offset + (uint32_t)w->strings.len;

	buffer_add(&w->strings, text, strlen(text) + 1);
	return offset;
}

static uint32_t list_add(struct writer *w, const struct conf_list *list)
{
	uint32_t offset = w->strings_offset + (uint32_t)w->strings.len;

	for (size_t i = 0; i < list->n; i++)
		string_add(w, list->word[i].text);
	string_add(w, "");
	return offset;
}

static void content_add(struct writer *w, uint64_t *offset, const char *data, size_t len)
{
	pool_push(w->pool, w->content, w->ncontents) = (struct content){offset, data, len};
}

static bool file_load(struct writer *w, const char *path, const char **data, size_t *len)
{
	struct buffer contents = {0};

	if (!file_read(path, &contents)) {
		report_at(path, 0, "cannot read: %s", strerror(errno));
		buffer_free(&contents);
		return false;
	}
	*len = contents.len;
	*data = pool_strndup(w->pool, contents.data ? contents.data : "", contents.len);
	buffer_free(&contents);
	return true;
}

/* A segment of a domain's executable, extended downwards to a whole page. */
static bool segment_add(struct writer *w, const struct segment *s, const char *elf, size_t elf_len)
{
	struct image_segment *out = &w->segments[w->nsegments++];
	uint64_t lead = s->vaddr % COS_PAGE_SIZE;

	if (s->file_offset > elf_len || s->file_bytes > elf_len - s->file_offset ||
	    s->file_bytes > s->memory_bytes)
		return false;
	out->vaddr = s->vaddr - lead;
	out->memory_bytes = s->memory_bytes + lead;
	out->file_bytes = s->file_bytes ? s->file_bytes + lead : 0;
	out->prot = (s->flags & PF_R ? COS_PG_READ : 0) | (s->flags & PF_W ? COS_PG_WRITE : 0) |
		    (s->flags & PF_X ? COS_PG_EXEC : 0);
	char *data = pool_alloc(w->pool, out->file_bytes + 1);
	if (s->file_bytes)
		memcpy(data + lead, elf + s->file_offset, s->file_bytes);
	content_add(w, &out->file_offset, data, out->file_bytes);
	return true;
}

/* The parameters of a component, at the address that its domain was linked with (domain.h). */
static bool params_add(struct writer *w, const struct sys_component *c, size_t index)
{
	struct image_segment *out = &w->segments[w->nsegments++];
	struct buffer text = {0};

	for (size_t i = 0; i < c->params.n; i++)
		buffer_add(&text, c->params.word[i].text, strlen(c->params.word[i].text) + 1);
	buffer_zero(&text, 1);
	if (text.len > PARAMS_MAX) {
		report("the parameters of component \"%s\" take %zu bytes: expected at most %llu",
		       c->name, text.len, PARAMS_MAX);
		buffer_free(&text);
		return false;
	}
	*out = (struct image_segment){
		.vaddr = PARAMS_VA + index * PARAMS_MAX,
		.memory_bytes = text.len,
		.file_bytes = text.len,
		.prot = COS_PG_READ,
	};
	content_add(w, &out->file_offset, pool_strndup(w->pool, text.data, text.len), text.len);
	buffer_free(&text);
	return true;
}

/* P5 */
static bool segments_disjoint(const struct writer *w, const struct image_domain *d)
{
	for (uint32_t i = 0; i < d->nsegments; i++) {
		const struct image_segment *a = &w->segments[d->first_segment + i];

		if ((a->prot & COS_PG_WRITE) && (a->prot & COS_PG_EXEC))
			return false;
		for (uint32_t j = 0; j < i; j++) {
			const struct image_segment *b = &w->segments[d->first_segment + j];
			if (a->vaddr < b->vaddr + b->memory_bytes &&
			    b->vaddr < a->vaddr + a->memory_bytes)
				return false;
		}
	}
	return true;
}

static uint64_t symbol_value(const struct writer *w, size_t domain, const char *name)
{
	const struct symbol *s = object_symbol(&w->domains_elf[domain].elf, name);

	return s && s->defined ? s->value : 0;
}

/* The sum of its components' limits; without a limit if one of them has none. */
static uint64_t domain_limit(const struct sys *sys, const struct sys_domain *d)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < d->ncomponents; i++) {
		const struct conf_component *conf = sys->component[d->component[i]].conf;
		if (!conf || !conf->memory_bytes)
			return 0;
		sum += conf->memory_bytes;
	}
	return sum;
}

static bool domain_symbols(struct writer *w, size_t i)
{
	struct image_blob *blob = &w->blobs[w->nblobs];
	const char *data;
	size_t len;

	if (!file_load(w, w->domains_elf[i].symbols_path, &data, &len))
		return false;
	blob->name = string_add(w, pool_printf(w->pool, "symbols/%s", w->sys->domain[i].name));
	blob->component = NO_COMPONENT;
	blob->len_bytes = len;
	content_add(w, &blob->offset, data, len);
	w->domains[i].symbols = (uint32_t)w->nblobs++;
	return true;
}

/* P4: what the kernel reads of domain 0. */
static bool first_set(struct writer *w, const struct image_domain *d)
{
	struct image_first *first = &w->header.first;

	first->nsegments = d->nsegments;
	first->segments = w->header.segments.offset;
	first->entry = symbol_value(w, 0, "__cos_thread_entry");
	if (!first->entry)
		report_at(w->domains_elf[0].elf.path, 0, "__cos_thread_entry is not defined");
	return first->entry != 0;
}

static bool domain_add(struct writer *w, size_t i)
{
	const struct sys_domain *domain = &w->sys->domain[i];
	struct image_domain *d = &w->domains[i];
	const struct object *elf = &w->domains_elf[i].elf;
	const char *data;
	size_t len;

	if (!file_load(w, w->domains_elf[i].path, &data, &len))
		return false;
	d->name = string_add(w, domain->name);
	d->first_segment = (uint32_t)w->nsegments;
	for (size_t s = 0; s < elf->nsegments; s++)
		if (!segment_add(w, &elf->segment[s], data, len)) {
			report_at(elf->path, 0, "a segment is not within the file");
			return false;
		}
	for (size_t c = 0; c < domain->ncomponents; c++)
		if (!params_add(w, &w->sys->component[domain->component[c]], c))
			return false;
	d->nsegments = (uint32_t)w->nsegments - d->first_segment;
	if (!segments_disjoint(w, d)) {
		report_at(elf->path, 0, "segments overlap or are writable and executable");
		return false;
	}
	d->init_entry = symbol_value(w, i, "__cos_init_entry");
	d->copy_start = symbol_value(w, i, "__cos_copy_start");
	d->copy_end = symbol_value(w, i, "__cos_copy_end");
	d->copy_fault = symbol_value(w, i, "__cos_copy_fault");
	d->memory_limit_bytes = domain_limit(w->sys, domain);
	return (i > 0 || first_set(w, d)) && domain_symbols(w, i);
}

static uint64_t entry_value(const struct writer *w, size_t component, const char *function)
{
	const char *name = pool_printf(w->pool, "__cos_entry_%s", function);

	return symbol_value(w, w->sys->component[component].domain, name);
}

/* Its index; -1: nothing exports that function. */
static int32_t special_add(struct writer *w, const char *function, uint32_t flag)
{
	size_t e = sys_export(w->sys, function);

	if (e == SYS_NONE)
		return -1;
	size_t server = w->sys->export[e].component;
	w->invocations[w->ninvocations] = (struct image_invocation){
		.client = (uint32_t)server,
		.server = (uint32_t)server,
		.entry = entry_value(w, server, function),
		.function = string_add(w, function),
		.flags = flag,
	};
	return (int32_t)w->ninvocations++;
}

static void invocations_add(struct writer *w)
{
	for (size_t i = 0; i < w->calls->n; i++) {
		const struct domain_call *call = &w->calls->call[i];
		const struct sys_import *import = call->import;
		const char *function = w->sys->functions.function[import->function].name;

		w->invocations[w->ninvocations++] = (struct image_invocation){
			.client = (uint32_t)import->client,
			.server = (uint32_t)import->server,
			.cap = call->cap,
			.token = (uint32_t)w->sys->component[import->client].id,
			.entry = entry_value(w, import->server, function),
			.function = string_add(w, function),
		};
	}
	w->pager = special_add(w, "mem_pagefault", IMAGE_INV_PAGER);
	w->handler = special_add(w, "reboot_exception", IMAGE_INV_HANDLER);
	special_add(w, "posix_gate", IMAGE_INV_GATE);
	special_add(w, "posix_exception", IMAGE_INV_PROGRAM_HANDLER);
}

static void component_add(struct writer *w, size_t i)
{
	const struct sys_component *c = &w->sys->component[i];
	struct image_component *out = &w->components[i];

	*out = (struct image_component){
		.name = string_add(w, c->name),
		.id = (uint32_t)c->id,
		.domain = (uint32_t)c->domain,
		.role = c->role,
		.init = symbol_value(
			w, c->domain,
			pool_printf(w->pool, "%scomponent_init", component_prefix(w->pool, c))),
		.interrupt_prio = c->conf ? c->conf->priority : CONF_PRIORITY_DEFAULT,
		.params = list_add(w, &c->params),
		.pager = role_traits(c->role) & ROLE_WIRED ? -1 : w->pager,
		.handler = role_traits(c->role) & ROLE_SELF ? -1 : w->handler,
		.sees = list_add(w, &c->sees),
	};
	for (size_t d = 0; d < c->ndevices; d++)
		w->devices[w->ndevices++] = (struct image_device){
			.component = (uint32_t)i,
			.vendor = c->device[d].vendor,
			.device = c->device[d].device,
			.nth = c->device[d].nth,
		};
}

static bool blob_add(struct writer *w, const struct conf_blob *conf)
{
	struct image_blob *blob = &w->blobs[w->nblobs++];
	const char *data;
	size_t len;

	if (!file_load(w, file_under(w->pool, w->sys->top, conf->file.text), &data, &len))
		return false;
	blob->name = string_add(w, conf->name);
	blob->component = conf->component.text
				  ? (uint32_t)sys_component(w->sys, conf->component.text)
				  : NO_COMPONENT;
	blob->len_bytes = len;
	content_add(w, &blob->offset, data, len);
	return true;
}

static void *table_alloc(struct writer *w, struct image_table *table, size_t *at, size_t count,
			 size_t size)
{
	*table = (struct image_table){(uint32_t)*at, (uint32_t)count};
	*at += count * size;
	return pool_alloc(w->pool, count * size + 1);
}

/* P1 */
static void tables_alloc(struct writer *w)
{
	const struct sys *sys = w->sys;
	size_t at = sizeof(w->header), nsegments = sys->ncomponents, ndevices = 0;

	for (size_t i = 0; i < sys->ndomains; i++)
		nsegments += w->domains_elf[i].elf.nsegments;
	for (size_t i = 0; i < sys->ncomponents; i++)
		ndevices += sys->component[i].ndevices;
	static const char *const specials[] = {"mem_pagefault", "reboot_exception", "posix_gate",
					       "posix_exception"};
	size_t ninvocations = w->calls->n;
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		ninvocations += sys_export(sys, specials[i]) != SYS_NONE;
#define TABLE(name, count) w->name = table_alloc(w, &w->header.name, &at, (count), sizeof(*w->name))
	TABLE(domains, sys->ndomains);
	TABLE(segments, nsegments);
	TABLE(components, sys->ncomponents);
	TABLE(invocations, ninvocations);
	TABLE(devices, ndevices);
	TABLE(blobs, sys->ndomains + sys->conf->nblobs);
#undef TABLE
	w->strings_offset = (uint32_t)at;
}

/* P3 */
static void contents_place(struct writer *w)
{
	uint64_t at = w->strings_offset + w->strings.len;

	for (size_t i = 0; i < w->ncontents; i++) {
		at = (at + COS_PAGE_SIZE - 1) & -(uint64_t)COS_PAGE_SIZE;
		*w->content[i].offset = at;
		at += w->content[i].len;
	}
	w->header.first.len_bytes = (at + COS_PAGE_SIZE - 1) & -(uint64_t)COS_PAGE_SIZE;
}

static void payload_emit(struct writer *w, struct buffer *out)
{
	buffer_add(out, &w->header, sizeof(w->header));
#define TABLE(name) buffer_add(out, w->name, w->header.name.count * sizeof(*w->name))
	TABLE(domains);
	TABLE(segments);
	TABLE(components);
	TABLE(invocations);
	TABLE(devices);
	TABLE(blobs);
#undef TABLE
	buffer_add(out, w->strings.data, w->strings.len);
	for (size_t i = 0; i < w->ncontents; i++) {
		buffer_zero(out, *w->content[i].offset - out->len);
		buffer_add(out, w->content[i].data, w->content[i].len);
	}
	buffer_zero(out, w->header.first.len_bytes - out->len);
}

bool payload_write(struct buffer *out, struct sys *sys, const struct domain_elf *domains,
		   const struct domain_calls *calls)
{
	struct pool pool = {0};
	struct writer w = {.sys = sys, .pool = &pool, .domains_elf = domains, .calls = calls};
	bool ok = true;

	w.header.first.magic = IMAGE_MAGIC;
	w.header.first.version = IMAGE_VERSION;
	tables_alloc(&w);
	w.header.name = string_add(&w, sys->conf->name);
	w.header.cmdline = string_add(&w, sys->conf->cmdline ? sys->conf->cmdline : "");
	for (size_t i = 0; ok && i < sys->ndomains; i++)
		ok = domain_add(&w, i);
	if (ok)
		invocations_add(&w);
	for (size_t i = 0; ok && i < sys->ncomponents; i++)
		component_add(&w, i);
	for (size_t i = 0; ok && i < sys->conf->nblobs; i++)
		ok = blob_add(&w, &sys->conf->blob[i]);
	if (ok) {
		contents_place(&w);
		payload_emit(&w, out);
	}
	buffer_free(&w.strings);
	pool_free(&pool);
	return ok;
}
