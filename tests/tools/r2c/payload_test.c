/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains are linked (D1 to D5 of domain.c) and baked (P1 to P6 of payload.c), and what is read
 * back from the payload is what the composition said.
 */
#include <stdlib.h>
#include <string.h>
#include <cos/abi.h>
#include <cos/layout.h>
#include "bake/payload.h"
#include "tree.h"

static int setup(void **state)
{
	tree_setup(state);
	tree_file(&tree, "data", "the blob");
	tree_interface(&tree, "interface/reboot/reboot.h", "everyone",
		       "COS_INTERFACE long reboot_exception(long k);\n");
	tree_interface(&tree, "interface/posix/posix.h", "everyone",
		       "COS_INTERFACE long posix_gate(void);\nCOS_INTERFACE long "
		       "posix_exception(void);\n");
	tree_component(&tree, "reboot", "reboot_exception", "mem_map");
	tree_component(&tree, "posix", "__cos_entry_posix_gate posix_exception",
		       "ping_two pong_hit");
	return 0;
}

struct baked {
	struct composition conf;
	struct sys sys;
	struct domain_elf domain[8];
	struct domain_calls calls;
	struct buffer bytes;
	struct payload payload;
};

static bool bake(struct baked *b, const char *text)
{
	*b = (struct baked){0};
	if (!composition_read(&b->conf, tree_file(&tree, "system/try.conf", text)) ||
	    !sys_read(&b->sys, &b->conf, tree.top) || !domain_calls_number(&b->calls, &b->sys))
		return false;
	tree_file(&tree, "out/.here", "");
	for (size_t i = 0; i < b->sys.ndomains; i++)
		if (!domain_link(&b->domain[i], &b->sys, i, &b->calls,
				 pool_printf(&tree.pool, "%s/out", tree.top)))
			return false;
	return payload_write(&b->bytes, &b->sys, b->domain, &b->calls);
}

static void baked_free(struct baked *b)
{
	buffer_free(&b->bytes);
	sys_free(&b->sys);
	composition_free(&b->conf);
}

#define SYSTEM                                                                             \
	"system = \"x\" cmdline = \"words\"\n"                                             \
	"domain \"isolated\" { components = {\"pong\"} }\n"                                \
	"domain \"fused\" { components = {\"ping\", \"reboot\"} }\n"                       \
	"component \"ping\" { params = {\"A=1\", \"B=\"} sees = {\"pong\"} priority = 9\n" \
	"  devices = {\"virtio-blk#3\"} }\n"                                               \
	"component \"pong\" { memory = \"2M\" }\n"                                         \
	"blob \"b\" { file = \"data\" component = \"ping\" }\n"

static const char *name_of(const struct payload *p, size_t component)
{
	return payload_string(p, p->components[component].name);
}

static const struct image_component *component_of(const struct payload *p, const char *name)
{
	for (uint32_t i = 0; i < p->header->components.count; i++)
		if (!strcmp(name_of(p, i), name))
			return &p->components[i];
	fail_msg("no component %s", name);
	return NULL;
}

static const struct image_invocation *invocation_of(const struct payload *p, const char *client,
						    const char *function)
{
	for (uint32_t i = 0; i < p->header->invocations.count; i++)
		if (!strcmp(name_of(p, p->invocations[i].client), client) &&
		    !strcmp(payload_string(p, p->invocations[i].function), function))
			return &p->invocations[i];
	return NULL;
}

/* Is this an address in an executable segment of the domain? */
static bool is_code(const struct payload *p, uint32_t domain, uint64_t address)
{
	const struct image_domain *d = &p->domains[domain];

	for (uint32_t i = 0; i < d->nsegments; i++) {
		const struct image_segment *s = &p->segments[d->first_segment + i];
		if (address >= s->vaddr && address < s->vaddr + s->memory_bytes)
			return s->prot == (COS_PG_READ | COS_PG_EXEC);
	}
	return false;
}

static void reads_back(void **state)
{
	struct baked b;
	struct payload *p = &b.payload;

	(void)state;
	if (!bake(&b, SYSTEM))
		fail_msg("%s", tree_reported(&tree));
	assert_null(payload_read(p, b.bytes.data, b.bytes.len));
	assert_int_equal(p->header->first.len_bytes, b.bytes.len);
	assert_string_equal(payload_string(p, p->header->name), "x");
	assert_string_equal(payload_string(p, p->header->cmdline), "words");
	assert_int_equal(p->header->domains.count, 5);
	assert_string_equal(payload_string(p, p->domains[0].name), "boot");
	assert_string_equal(name_of(p, 0), "boot");
	for (uint32_t i = 0; i < p->header->components.count; i++) {
		const struct image_component *c = &p->components[i];
		assert_int_equal(c->id, i + 1);
		if (i)
			assert_true(is_code(p, c->domain, c->init));
	}
	assert_true(is_code(p, 0, p->header->first.entry));
	assert_int_equal(p->header->first.nsegments, p->domains[0].nsegments);
	assert_int_equal(p->header->first.segments, p->header->segments.offset);
	assert_int_equal(p->domains[0].first_segment, 0);
	const struct image_component *ping = component_of(p, "ping");
	const char *param = payload_list_first(p, ping->params);
	assert_string_equal(param, "A=1");
	param = payload_list_next(param);
	assert_string_equal(param, "B=");
	assert_null(payload_list_next(param));
	assert_string_equal(payload_list_first(p, ping->sees), "pong");
	assert_null(payload_list_first(p, component_of(p, "mem")->sees));
	assert_int_equal(ping->interrupt_prio, 9);
	assert_int_equal(p->header->devices.count, 1);
	assert_int_equal(p->devices[0].nth, 3);
	assert_ptr_equal(&p->components[p->devices[0].component], ping);
	assert_int_equal(p->domains[component_of(p, "pong")->domain].memory_limit_bytes, 2 << 20);
	assert_int_equal(p->domains[ping->domain].memory_limit_bytes, 0);
	baked_free(&b);
}

static void wires_invocations(void **state)
{
	struct baked b;
	struct payload *p = &b.payload;

	(void)state;
	assert_true(bake(&b, "domain \"a\" { components = {\"ping\"} }\n"
			     "domain \"b\" { components = {\"pong\"} }\n"
			     "domain \"c\" { components = {\"posix\"} }\n"));
	assert_null(payload_read(p, b.bytes.data, b.bytes.len));
	const struct image_invocation *v = invocation_of(p, "posix", "pong_hit");
	assert_non_null(v);
	assert_int_equal(v->token, component_of(p, "posix")->id);
	assert_int_equal(v->flags, 0);
	assert_true(v->cap >= CAP_SINV_FIRST && v->cap < CAP_SINV_END);
	assert_string_equal(name_of(p, v->server), "pong");
	assert_true(is_code(p, component_of(p, "pong")->domain, v->entry));
	const struct image_invocation *w = invocation_of(p, "posix", "ping_two");
	assert_non_null(w);
	assert_int_not_equal(v->cap, w->cap);
	assert_null(invocation_of(p, "posix", "ping_hit"));
	assert_null(invocation_of(p, "ping", "pong_hit"));

	const struct image_component *mem = component_of(p, "mem"), *boot = component_of(p, "boot");
	const struct image_component *sched = component_of(p, "sched");
	const struct image_component *reboot = component_of(p, "reboot");
	const struct image_component *posix = component_of(p, "posix");
	assert_true(mem->pager == -1 && boot->pager == -1 && sched->pager == -1);
	assert_true(boot->handler == -1 && reboot->handler == -1 && mem->handler >= 0);
	assert_int_equal(p->invocations[posix->pager].flags, IMAGE_INV_PAGER);
	assert_int_equal(p->invocations[posix->handler].flags, IMAGE_INV_HANDLER);
	assert_int_equal(invocation_of(p, "posix", "posix_gate")->flags, IMAGE_INV_GATE);
	assert_int_equal(invocation_of(p, "posix", "posix_exception")->flags,
			 IMAGE_INV_PROGRAM_HANDLER);
	baked_free(&b);
}

static void contents_are_the_linked_ones(void **state)
{
	struct baked b;
	struct payload *p = &b.payload;

	(void)state;
	assert_true(bake(&b, SYSTEM));
	assert_null(payload_read(p, b.bytes.data, b.bytes.len));
	bool found = false;
	for (uint32_t i = 0; i < p->header->blobs.count; i++) {
		const struct image_blob *blob = &p->blobs[i];
		if (!strcmp(payload_string(p, blob->name), "b")) {
			assert_int_equal(blob->len_bytes, 8);
			assert_memory_equal(p->data + blob->offset, "the blob", 8);
			assert_string_equal(name_of(p, blob->component), "ping");
			found = true;
		}
	}
	assert_true(found);
	for (uint32_t d = 0; d < p->header->domains.count; d++) {
		const struct image_blob *blob = &p->blobs[p->domains[d].symbols];
		assert_memory_equal(p->data + blob->offset, "\177ELF", 4);
	}
	/* The parameters lie where the domain was linked to find them. */
	const struct image_component *ping = component_of(p, "ping");
	const struct symbol *s = object_symbol(&b.domain[ping->domain].elf, "ping.__cos_params");
	assert_non_null(s);
	found = false;
	const struct image_domain *d = &p->domains[ping->domain];
	for (uint32_t i = 0; i < d->nsegments; i++) {
		const struct image_segment *seg = &p->segments[d->first_segment + i];
		if (seg->vaddr != s->value)
			continue;
		assert_int_equal(seg->file_bytes, 8);
		assert_memory_equal(p->data + seg->file_offset, "A=1\0B=\0", 8);
		found = true;
	}
	assert_true(found);
	baked_free(&b);
}

static void symbols_are_local(void **state)
{
	struct baked b;

	(void)state;
	/* Two of one object: each has its own helper, hidden from the other. */
	tree_interface(&tree, "interface/one/one.h", "everyone",
		       "COS_INTERFACE long one_x(void);\n");
	tree_component(&tree, "one", "one_x helper", "");
	tree_component(&tree, "two", "helper", "helper one_x");
	if (!bake(&b, "domain \"d\" { components = {\"one\", \"two\"} }\n"))
		fail_msg("%s", tree_reported(&tree));
	const struct object *elf = &b.domain[b.sys.ndomains - 1].elf;
	size_t helpers = 0;
	for (size_t i = 0; i < elf->nsymbols; i++)
		if (!strcmp(elf->symbol[i].name, "helper")) {
			assert_false(elf->symbol[i].global);
			helpers++;
		}
	assert_true(helpers <= 2);
	assert_non_null(object_symbol(elf, "one_x"));
	assert_non_null(object_symbol(elf, "two.one_x"));
	assert_null(object_symbol(elf, "__cos_entry_one_x"));
	baked_free(&b);
}

static void undefined_symbols_are_named(void **state)
{
	struct baked b;

	(void)state;
	tree_component(&tree, "wants", "wants_x", "nowhere ~perhaps elsewhere");
	tree_report(&tree);
	assert_false(bake(&b, "domain \"d\" {\n components = {\"wants\"} }\n"));
	const char *said = tree_reported(&tree);
	assert_non_null(strstr(said, "try.conf:2: component \"wants\" wants symbol nowhere"));
	assert_non_null(strstr(said, "wants symbol elsewhere"));
	assert_null(strstr(said, "perhaps"));
	baked_free(&b);
}

/* Look at all that an accepted payload says is in it. */
static size_t walk(const struct payload *p)
{
	const struct image_header *h = p->header;
	size_t sum = strlen(payload_string(p, h->name)) + strlen(payload_string(p, h->cmdline));

	for (uint32_t i = 0; i < h->domains.count; i++) {
		const struct image_domain *d = &p->domains[i];
		for (uint32_t j = 0; j < d->nsegments; j++) {
			const struct image_segment *s = &p->segments[d->first_segment + j];
			for (uint64_t k = 0; k < s->file_bytes; k += 512)
				sum += (size_t)p->data[s->file_offset + k];
		}
		if (d->symbols != UINT32_MAX)
			sum += p->blobs[d->symbols].len_bytes;
	}
	for (uint32_t i = 0; i < h->components.count; i++) {
		const struct image_component *c = &p->components[i];
		for (const char *s = payload_list_first(p, c->params); s; s = payload_list_next(s))
			sum += strlen(s);
		for (const char *s = payload_list_first(p, c->sees); s; s = payload_list_next(s))
			sum += strlen(s);
		sum += strlen(payload_string(p, p->domains[c->domain].name));
		if (c->pager >= 0)
			sum += p->invocations[c->pager].entry;
		if (c->handler >= 0)
			sum += p->invocations[c->handler].entry;
	}
	for (uint32_t i = 0; i < h->invocations.count; i++)
		sum += strlen(payload_string(p, p->invocations[i].function)) +
		       strlen(name_of(p, p->invocations[i].client)) +
		       strlen(name_of(p, p->invocations[i].server));
	for (uint32_t i = 0; i < h->devices.count; i++)
		sum += strlen(name_of(p, p->devices[i].component));
	for (uint32_t i = 0; i < h->blobs.count; i++)
		for (uint64_t k = 0; k < p->blobs[i].len_bytes; k += 512)
			sum += (size_t)p->data[p->blobs[i].offset + k];
	return sum;
}

/* Whatever is changed in tables and strings, reading says so or stays within the payload. */
static void survives_damage(void **state)
{
	struct baked b;
	struct payload *p = &b.payload;
	size_t refused = 0, sum = 0;

	(void)state;
	assert_true(bake(&b, SYSTEM));
	assert_null(payload_read(p, b.bytes.data, b.bytes.len));
	size_t tables = p->segments[0].file_offset;
	for (size_t i = 0; i < tables; i++) {
		char *copy = malloc(b.bytes.len); /* of its own size, for the sanitizer */
		memcpy(copy, b.bytes.data, b.bytes.len);
		copy[i] = (char)(copy[i] ^ 0xff);
		if (payload_read(p, copy, b.bytes.len))
			refused++;
		else
			sum += walk(p);
		free(copy);
	}
	assert_true(refused > 100 && sum != 0);
	for (size_t len = 0; len < tables; len += 7) {
		char *copy = malloc(len + 1);
		memcpy(copy, b.bytes.data, len);
		assert_non_null(payload_read(p, copy, len));
		free(copy);
	}
	baked_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_back, setup, tree_teardown),
		cmocka_unit_test_setup_teardown(wires_invocations, setup, tree_teardown),
		cmocka_unit_test_setup_teardown(contents_are_the_linked_ones, setup, tree_teardown),
		cmocka_unit_test_setup_teardown(symbols_are_local, setup, tree_teardown),
		cmocka_unit_test_setup_teardown(undefined_symbols_are_named, setup, tree_teardown),
		cmocka_unit_test_setup_teardown(survives_damage, setup, tree_teardown),
	};

	return cmocka_run_group_tests_name("tools/r2c/payload", tests, NULL, NULL);
}
