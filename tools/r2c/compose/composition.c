/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sections of a composition file say, one function each, and what is wrong with it by
 * itself: a value out of range, a section without what it must have. Every mistake is reported,
 * with the line of the value or else of its section (conf_parse.c has the text's grammar).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "composition.h"
#include "conf_parse.h"
#include "file.h"
#include "report.h"

/* The section that is being read. */
struct section {
	struct composition *conf;
	cfg_t *cfg;
	const char *kind;
	bool *ok;
};

/* Of a value, else of its section; option "": of the section. */
static int section_line(const struct section *sec, const char *option, size_t nth_value)
{
	const struct conf_word *word = *option ? conf_value(sec->cfg, option, nth_value) : NULL;

	return word ? word->line : conf_section_line(sec->cfg);
}

#define mistake(sec, option, nth, ...) \
	(*(sec)->ok = false,           \
	 report_at((sec)->conf->file, section_line((sec), (option), (nth)), __VA_ARGS__))

static struct conf_word section_text(const struct section *sec, const char *option)
{
	const struct conf_word *word = conf_value(sec->cfg, option, 0);

	return word ? *word : (struct conf_word){.line = section_line(sec, "", 0)};
}

static const char *section_text_or(const struct section *sec, const char *option,
				   const char *otherwise)
{
	const struct conf_word *word = conf_value(sec->cfg, option, 0);

	return word ? word->text : otherwise;
}

static long section_integer(const struct section *sec, const char *option, long otherwise)
{
	const struct conf_word *word = conf_value(sec->cfg, option, 0);

	return word ? strtol(word->text, NULL, 0) : otherwise;
}

static bool section_boolean(const struct section *sec, const char *option)
{
	return !strcmp(section_text_or(sec, option, "false"), "true");
}

static struct conf_list section_list(const struct section *sec, const char *option)
{
	struct conf_list list = {0};
	const struct conf_word *word;

	while ((word = conf_value(sec->cfg, option, list.n)))
		pool_push(&sec->conf->pool, list.word, list.n) = *word;
	list.given = conf_given(sec->cfg, option);
	return list;
}

static uint64_t section_size(const struct section *sec, const char *option, uint64_t otherwise)
{
	const char *text = section_text(sec, option).text;
	uint64_t bytes = otherwise;

	if (text && !size_parse(text, &bytes))
		mistake(sec, option, 0,
			"%s = \"%s\": expected a size, a number with K, M or G behind it", option,
			text);
	return bytes;
}

static const char *section_title(const struct section *sec)
{
	return pool_strdup(&sec->conf->pool, cfg_title(sec->cfg));
}

/* Absolute path in the system: starts with a slash. */
static const char *section_path_title(const struct section *sec)
{
	const char *path = section_title(sec);

	if (*path != '/')
		mistake(sec, "", 0, "%s \"%s\": expected an absolute path", sec->kind, path);
	return path;
}

/* CPU time of all its threads together, in percent of a core; machine must have been read. */
static long section_cpu(const struct section *sec)
{
	long cpus = sec->conf->machine.cpus, percent = section_integer(sec, "cpu", 0);

	if (!conf_value(sec->cfg, "cpu", 0))
		return 0;
	if (percent < 1 || percent > 100 * cpus)
		mistake(sec, "cpu", 0,
			"cpu = %ld: expected 1 to %ld, percent of a core (machine { cpus = %ld })",
			percent, 100 * cpus, cpus);
	return percent;
}

static void read_domain(const struct section *sec)
{
	struct composition *conf = sec->conf;
	struct conf_domain *domain = &pool_push(&conf->pool, conf->domain, conf->ndomains);

	domain->name = section_title(sec);
	domain->line = section_line(sec, "", 0);
	domain->components = section_list(sec, "components");
	if (!domain->components.n)
		mistake(sec, "", 0, "domain \"%s\": expected components = {\"NAME\", ...}",
			domain->name);
	if (!*domain->name || strchr(domain->name, '/'))
		mistake(sec, "", 0, "domain \"%s\": expected a name without a slash", domain->name);
}

static void read_component(const struct section *sec)
{
	struct composition *conf = sec->conf;
	struct conf_component *c = &pool_push(&conf->pool, conf->component, conf->ncomponents);

	c->name = section_title(sec);
	c->line = section_line(sec, "", 0);
	c->object = section_text(sec, "object");
	c->rump = section_text(sec, "rump");
	c->libraries = section_list(sec, "libraries");
	c->roles = section_list(sec, "roles");
	c->imports = section_list(sec, "imports");
	c->sees = section_list(sec, "sees");
	c->devices = section_list(sec, "devices");
	c->params = section_list(sec, "params");
	c->memory_bytes = section_size(sec, "memory", 0);
	long priority = section_integer(sec, "priority", CONF_PRIORITY_DEFAULT);
	if (priority < 0 || priority > 63)
		mistake(sec, "priority", 0, "priority = %ld: expected 0 (most urgent) to 63",
			priority);
	c->priority = (uint64_t)priority;
	c->cpu_percent = section_cpu(sec);
	c->cpu_line = section_line(sec, "cpu", 0);
	if (c->rump.text && strcmp(c->rump.text, "netbsd"))
		mistake(sec, "rump", 0,
			"rump = \"%s\": expected \"netbsd\", or nothing for the rump kernel in "
			"this tree",
			c->rump.text);
	if (c->rump.text && !c->libraries.n)
		mistake(sec, "rump", 0, "rump = \"%s\": expected libraries = {\"rump\", ...}",
			c->rump.text);
	if (!c->rump.text && c->libraries.n)
		mistake(sec, "libraries", 0, "libraries: expected rump = \"netbsd\" with them");
	for (size_t i = 0; i < c->params.n; i++)
		if (!strchr(c->params.word[i].text, '='))
			mistake(sec, "params", i, "parameter \"%s\": expected \"KEY=VALUE\"",
				c->params.word[i].text);
}

static void read_mount(const struct section *sec)
{
	struct composition *conf = sec->conf;
	struct conf_mount *mount = &pool_push(&conf->pool, conf->mount, conf->nmounts);

	mount->path = section_path_title(sec);
	mount->line = section_line(sec, "", 0);
	mount->type = section_text(sec, "type");
	mount->device = section_text(sec, "device");
	mount->options = section_list(sec, "options");
	if (!mount->type.text)
		mistake(sec, "", 0, "mount \"%s\": expected type = \"ext2\" or another",
			mount->path);
}

static void read_program(const struct section *sec)
{
	struct composition *conf = sec->conf;
	struct conf_program *program = &pool_push(&conf->pool, conf->program, conf->nprograms);
	const char *in = section_text_or(sec, "stdin", "console");

	program->path = section_path_title(sec);
	program->line = section_line(sec, "", 0);
	program->args = section_list(sec, "args");
	program->env = section_list(sec, "env");
	program->cwd = section_text_or(sec, "cwd", "/");
	if (*program->cwd != '/')
		mistake(sec, "cwd", 0, "cwd = \"%s\": expected an absolute path", program->cwd);
	program->cpu_percent = section_cpu(sec);
	program->stdin_null = !strcmp(in, "null");
	if (!program->stdin_null && strcmp(in, "console"))
		mistake(sec, "stdin", 0, "stdin = \"%s\": expected \"console\" or \"null\"", in);
}

/* "10.0.2.15/24" */
static bool is_network(const char *text)
{
	struct in_addr address;
	char copy[INET_ADDRSTRLEN + 3], *end;
	char *slash = strlen(text) < sizeof(copy) ? strchr(strcpy(copy, text), '/') : NULL;

	if (!slash || strspn(slash + 1, "0123456789") != strlen(slash + 1) || !slash[1])
		return false;
	*slash = 0;
	return strtoul(slash + 1, &end, 10) <= 32 && inet_pton(AF_INET, copy, &address) == 1;
}

static const char *host_address(const struct section *sec, const char *option)
{
	const char *text = section_text(sec, option).text;
	struct in_addr address;

	if (text && inet_pton(AF_INET, text, &address) != 1)
		mistake(sec, option, 0, "%s = \"%s\": expected an IPv4 address", option, text);
	return text;
}

static void read_network(const struct section *sec)
{
	struct conf_network *network = &sec->conf->network;

	network->hostname = section_text(sec, "hostname").text;
	network->address = section_text_or(sec, "address", "none");
	network->gateway = host_address(sec, "gateway");
	network->dns = host_address(sec, "dns");
	network->line = section_line(sec, "", 0);
	bool fixed = is_network(network->address);
	if (network->gateway && !fixed)
		mistake(sec, "gateway", 0,
			"gateway = \"%s\": expected address = \"ADDRESS/PREFIX\" with it",
			network->gateway);
	if (strcmp(network->address, "dhcp") && strcmp(network->address, "none") && !fixed)
		mistake(sec, "address", 0,
			"address = \"%s\": expected \"dhcp\", \"none\" or \"ADDRESS/PREFIX\"",
			network->address);
}

static void read_blob(const struct section *sec)
{
	struct composition *conf = sec->conf;
	struct conf_blob *blob = &pool_push(&conf->pool, conf->blob, conf->nblobs);

	blob->name = section_title(sec);
	blob->line = section_line(sec, "", 0);
	blob->file = section_text(sec, "file");
	blob->component = section_text(sec, "component");
	if (!blob->file.text)
		mistake(sec, "", 0, "blob \"%s\": expected file = \"PATH\"", blob->name);
}

static void read_machine(const struct section *sec)
{
	struct conf_machine *machine = &sec->conf->machine;
	const char *virtio = section_text_or(sec, "virtio", "modern");
	unsigned host, guest;

	machine->memory_bytes = section_size(sec, "memory", CONF_MEMORY_DEFAULT);
	machine->cpus = section_integer(sec, "cpus", 1);
	machine->disks = section_list(sec, "disk");
	machine->net = section_boolean(sec, "net");
	machine->forwards = section_list(sec, "forward");
	machine->transitional = !strcmp(virtio, "transitional");
	if (!machine->transitional && strcmp(virtio, "modern"))
		mistake(sec, "virtio", 0,
			"virtio = \"%s\": expected \"modern\" or \"transitional\"", virtio);
	machine->iommu = section_boolean(sec, "iommu");
	/* That interface has no way to say that a device's addresses go through one
	 * (virtio 1.2, 6.3). */
	if (machine->iommu && machine->transitional)
		mistake(sec, "iommu", 0, "iommu = true: expected virtio = \"modern\" with it");
	if (machine->cpus < 1)
		mistake(sec, "cpus", 0, "cpus = %ld: expected 1 or more", machine->cpus);
	for (size_t i = 0; i < machine->forwards.n; i++)
		if (!forward_parse(machine->forwards.word[i].text, &host, &guest))
			mistake(sec, "forward", i,
				"forward \"%s\": expected \"HOSTPORT:GUESTPORT\", 1 to 65535 each",
				machine->forwards.word[i].text);
}

static void read_each(const struct section *top, const char *kind,
		      void (*read_one)(const struct section *))
{
	for (unsigned i = 0; i < cfg_size(top->cfg, kind); i++) {
		struct section sec = {top->conf, cfg_getnsec(top->cfg, kind, i), kind, top->ok};

		read_one(&sec);
	}
}

static void read_root(const struct section *top)
{
	struct composition *conf = top->conf;
	struct conf_word name = section_text(top, "system");

	if (name.text && (!*name.text || strchr(name.text, '/')))
		mistake(top, "system", 0, "system = \"%s\": expected a name without a slash",
			name.text);
	conf->name = name.text ? name.text : file_stem(&conf->pool, conf->file);
	conf->cmdline = section_text(top, "cmdline").text;
	conf->services = section_list(top, "services");
	conf->interfaces = section_list(top, "interfaces");
	read_each(top, "machine", read_machine); /* the first: cpu is held against its cpus */
	read_each(top, "domain", read_domain);
	read_each(top, "component", read_component);
	read_each(top, "mount", read_mount);
	read_each(top, "program", read_program);
	read_each(top, "network", read_network);
	read_each(top, "blob", read_blob);
}

bool composition_read(struct composition *conf, const char *file)
{
	bool ok = true;

	*conf = (struct composition){.machine = {.memory_bytes = CONF_MEMORY_DEFAULT, .cpus = 1}};
	conf->file = pool_strdup(&conf->pool, file);
	cfg_t *root = conf_parse(&conf->pool, conf->file);
	if (!root)
		return false;
	read_root(&(struct section){conf, root, "", &ok});
	cfg_free(root);
	return ok;
}

void composition_free(struct composition *conf)
{
	pool_free(&conf->pool);
}

bool size_parse(const char *text, uint64_t *bytes)
{
	char *end;
	int shift = 0;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	if (*end == 'K')
		shift = 10;
	else if (*end == 'M')
		shift = 20;
	else if (*end == 'G')
		shift = 30;
	if (errno || (shift && *++end) || *end || n > UINT64_MAX >> shift)
		return false;
	*bytes = (uint64_t)n << shift;
	return true;
}

static bool port_parse(const char *text, char stop, const char **end, unsigned *port)
{
	char *after;

	if (*text < '0' || *text > '9')
		return false;
	unsigned long n = strtoul(text, &after, 10);
	if (*after != stop || n < 1 || n > 65535)
		return false;
	*port = (unsigned)n;
	*end = after + 1;
	return true;
}

bool forward_parse(const char *text, unsigned *host, unsigned *guest)
{
	return port_parse(text, ':', &text, host) && port_parse(text, 0, &text, guest);
}
