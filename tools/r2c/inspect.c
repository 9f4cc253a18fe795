/* SPDX-License-Identifier: BSD-2-Clause */
/* r2c inspect: what a composition means, or what was baked into an image, as text. */
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <cos/abi.h>
#include "command.h"
#include "file.h"
#include "bake/image.h"
#include "report.h"

static void print_list(const char *title, const char *text, const char **sep)
{
	printf("%s%s", **sep ? *sep : title, text);
	*sep = ", ";
}

static void print_device(uint16_t vendor, uint16_t device, uint32_t nth)
{
	printf("    device %04x:%04x#", vendor, device);
	if (nth == SYS_DEVICE_ALL)
		printf("*\n");
	else
		printf("%" PRIu32 "\n", nth);
}

/* Each interface that is exported, or imported, by component c. */
static void print_interfaces(const struct sys *sys, size_t c)
{
	const char *last = "", *sep = "";

	for (size_t i = 0; i < sys->nexports; i++) {
		const char *name = sys->functions.function[sys->export[i].function].interface;
		if (sys->export[i].component != c || !strcmp(name, last))
			continue;
		print_list("    exports ", name, &sep);
		last = name;
	}
	printf("%s", *sep ? "\n" : "");
}

static void print_calls(const struct sys *sys, size_t c)
{
	for (size_t s = 0; s < sys->ncomponents; s++) {
		const char *sep = "";
		for (size_t i = 0; i < sys->nimports; i++) {
			const struct sys_import *import = &sys->import[i];
			if (import->client != c || import->server != s)
				continue;
			if (!*sep)
				printf("    calls %s%s", sys->component[s].name,
				       import->crossing ? " by invocation: " : " directly: ");
			printf("%s%s", sep, sys->functions.function[import->function].name);
			sep = ", ";
		}
		printf("%s", *sep ? "\n" : "");
	}
}

static void print_given(const struct sys *sys, size_t c)
{
	const struct sys_component *component = &sys->component[c];
	const struct conf_list *sees = &component->sees;
	const char *sep = "";

	for (size_t i = 0; i < sees->n; i++)
		print_list("    sees ", sees->word[i].text, &sep);
	printf("%s", *sep ? "\n" : "");
	for (size_t i = 0; i < component->ndevices; i++) {
		const struct sys_device *d = &component->device[i];
		print_device(d->vendor, d->device, d->nth);
	}
	for (size_t i = 0; i < component->params.n; i++)
		printf("    param %s\n", component->params.word[i].text);
	if (component->conf && component->conf->memory_bytes)
		printf("    memory %" PRIu64 " bytes\n", component->conf->memory_bytes);
}

static void print_system(const struct sys *sys)
{
	printf("system %s: %zu domains, %zu components\n", sys->conf->name, sys->ndomains,
	       sys->ncomponents);
	for (size_t d = 0; d < sys->ndomains; d++) {
		printf("domain %s\n", sys->domain[d].name);
		for (size_t i = 0; i < sys->domain[d].ncomponents; i++) {
			size_t c = sys->domain[d].component[i];
			printf("  component %s (%zu)\n", sys->component[c].name,
			       sys->component[c].id);
			print_interfaces(sys, c);
			print_calls(sys, c);
			print_given(sys, c);
		}
	}
	for (size_t i = 0; i < sys->conf->nblobs; i++)
		printf("blob %s: %s\n", sys->conf->blob[i].name, sys->conf->blob[i].file.text);
}

static int inspect_system(const struct r2c *r2c, const char *file)
{
	struct composition conf;
	struct sys sys = {0};

	bool ok = composition_read(&conf, file) && sys_read(&sys, &conf, r2c->top);
	if (ok)
		print_system(&sys);
	sys_free(&sys);
	composition_free(&conf);
	return ok ? 0 : STATUS_SYSTEM_FAILED;
}

static void print_image_domain(const struct payload *p, uint32_t d)
{
	const struct image_domain *domain = &p->domains[d];

	printf("domain %s\n", payload_string(p, domain->name));
	for (uint32_t i = 0; i < domain->nsegments; i++) {
		const struct image_segment *s = &p->segments[domain->first_segment + i];
		printf("  segment %#010" PRIx64 " %8" PRIu64 " bytes %c%c%c\n", s->vaddr,
		       s->memory_bytes, s->prot & COS_PG_READ ? 'r' : '-',
		       s->prot & COS_PG_WRITE ? 'w' : '-', s->prot & COS_PG_EXEC ? 'x' : '-');
	}
	for (uint32_t i = 0; i < p->header->components.count; i++) {
		const struct image_component *c = &p->components[i];
		if (c->domain != d)
			continue;
		printf("  component %s (%" PRIu32 ")\n", payload_string(p, c->name), c->id);
		for (const char *s = payload_list_first(p, c->sees); s; s = payload_list_next(s))
			printf("    sees %s\n", s);
		for (const char *s = payload_list_first(p, c->params); s; s = payload_list_next(s))
			printf("    param %s\n", s);
		for (uint32_t j = 0; j < p->header->devices.count; j++)
			if (p->devices[j].component == i)
				print_device(p->devices[j].vendor, p->devices[j].device,
					     p->devices[j].nth);
	}
}

static void print_image(const struct payload *p)
{
	const struct image_header *h = p->header;

	printf("image of system %s: %" PRIu64 " bytes\n", payload_string(p, h->name),
	       h->first.len_bytes);
	printf("the first thread starts at %#" PRIx64 "\n", h->first.entry);
	for (uint32_t d = 0; d < h->domains.count; d++)
		print_image_domain(p, d);
	for (uint32_t i = 0; i < h->invocations.count; i++) {
		const struct image_invocation *v = &p->invocations[i];
		const char *what = v->flags & IMAGE_INV_PAGER		  ? "pager"
				   : v->flags & IMAGE_INV_HANDLER	  ? "handler"
				   : v->flags & IMAGE_INV_GATE		  ? "gate of programs"
				   : v->flags & IMAGE_INV_PROGRAM_HANDLER ? "handler of programs"
									  : NULL;
		if (what)
			printf("%s: %s of %s at %#" PRIx64 "\n", what,
			       payload_string(p, v->function),
			       payload_string(p, p->components[v->server].name), v->entry);
		else
			printf("%s calls %s of %s at %#" PRIx64 " through capability %" PRIu32 "\n",
			       payload_string(p, p->components[v->client].name),
			       payload_string(p, v->function),
			       payload_string(p, p->components[v->server].name), v->entry, v->cap);
	}
	for (uint32_t i = 0; i < h->blobs.count; i++)
		printf("blob %s: %" PRIu64 " bytes\n", payload_string(p, p->blobs[i].name),
		       p->blobs[i].len_bytes);
}

static int inspect_image(const char *file)
{
	struct buffer contents = {0};
	struct payload payload;
	bool ok = image_read(&payload, &contents, file);

	if (ok)
		print_image(&payload);
	buffer_free(&contents);
	return ok ? 0 : STATUS_SYSTEM_FAILED;
}

static int inspect_main(const struct r2c *r2c, int argc, char **argv)
{
	static const struct option longs[] = {{"help", no_argument, NULL, 'h'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1)
		return c == 'h' ? command_help(&command_inspect) : command_usage(&command_inspect);
	if (argc - optind != 1) {
		report("inspect: expected one composition file or image");
		return command_usage(&command_inspect);
	}
	if (file_is_elf(argv[optind]))
		return inspect_image(argv[optind]);
	return inspect_system(r2c, argv[optind]);
}

/* clang-format off */
static const char help[] =
	"Usage: r2c inspect SYSTEM.conf | IMAGE.elf\n"
	"\n"
	"Of a composition: domains, their components, interfaces, which component calls which\n"
	"functions of which others and how, and what each component is given. Of an image made by\n"
	"r2c build: what was baked into it.\n"
	"Exit status: 0, or 125 with the reason on stderr.\n";
/* clang-format on */

const struct command command_inspect = {
	.name = "inspect",
	.summary = "print what a composition file means, or what is in an image",
	.help = help,
	.run = inspect_main,
};
