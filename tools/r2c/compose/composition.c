/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "composition.h"
#include "file.h"
#include "place.h"
#include "report.h"

#define LIST(name) CFG_STR_LIST(name, NULL, CFGF_NODEFAULT)
#define TEXT(name) CFG_STR(name, NULL, CFGF_NODEFAULT)
#define CPU CFG_INT("cpu", 0, CFGF_NODEFAULT)
#define MANY (CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)

/* What is being read: every helper below needs all of it. */
struct reader {
	struct composition *conf;
	struct places places;
	bool ok;
};

/* The section that is being read. */
struct section {
	struct reader *reader;
	cfg_t *cfg;
	const char *kind;
	size_t nth;
};

static int section_line(const struct section *sec, const char *option, size_t nth_value)
{
	return places_line(&sec->reader->places, sec->kind, sec->nth, option, nth_value);
}

#define mistake(sec, option, nth, ...) \
	((sec)->reader->ok = false,    \
	 report_at((sec)->reader->conf->file, section_line((sec), (option), (nth)), __VA_ARGS__))

static struct conf_word section_text(const struct section *sec, const char *option)
{
	const char *text = cfg_getstr(sec->cfg, option);

	if (!text)
		return (struct conf_word){.line = section_line(sec, option, 0)};
	return (struct conf_word){pool_strdup(&sec->reader->conf->pool, text),
				  section_line(sec, option, 0)};
}

static struct conf_list section_list(const struct section *sec, const char *option)
{
	struct conf_list list = {.given = cfg_size(sec->cfg, option) > 0};
	struct pool *pool = &sec->reader->conf->pool;

	for (unsigned i = 0; i < cfg_size(sec->cfg, option); i++)
		pool_push(pool, list.word, list.n) =
			(struct conf_word){pool_strdup(pool, cfg_getnstr(sec->cfg, option, i)),
					   section_line(sec, option, i)};
	return list;
}

static uint64_t section_size(const struct section *sec, const char *option, uint64_t otherwise)
{
	const char *text = cfg_getstr(sec->cfg, option);
	uint64_t bytes = otherwise;

	if (text && !size_parse(text, &bytes))
		mistake(sec, option, 0,
			"%s = \"%s\": expected a size, a number with K, M or G behind it", option,
			text);
	return bytes;
}

static const char *section_title(const struct section *sec)
{
	return pool_strdup(&sec->reader->conf->pool, cfg_title(sec->cfg));
}

/* Absolute path in the system: starts with a slash. */
static const char *section_path_title(const struct section *sec)
{
	const char *path = section_title(sec);

	if (*path != '/')
		mistake(sec, "", 0, "%s \"%s\": expected an absolute path", sec->kind, path);
	return path;
}

/* What its threads have together; of the machine, which has been read. */
static long section_cpu(const struct section *sec)
{
	long cpus = sec->reader->conf->machine.cpus, percent;

	if (cfg_size(sec->cfg, "cpu") == 0)
		return 0;
	percent = cfg_getint(sec->cfg, "cpu");
	if (percent < 1 || percent > 100 * cpus)
		mistake(sec, "cpu", 0,
			"cpu = %ld: expected 1 to %ld, percent of a core (machine { cpus = %ld })",
			percent, 100 * cpus, cpus);
	return percent;
}

static void read_domain(const struct section *sec)
{
	struct composition *conf = sec->reader->conf;
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
	struct composition *conf = sec->reader->conf;
	struct conf_component *c = &pool_push(&conf->pool, conf->component, conf->ncomponents);

	c->name = section_title(sec);
	c->line = section_line(sec, "", 0);
	c->object = section_text(sec, "object");
	c->rump = section_text(sec, "rump");
	c->libraries = section_list(sec, "libraries");
	c->sees = section_list(sec, "sees");
	c->devices = section_list(sec, "devices");
	c->params = section_list(sec, "params");
	c->memory_bytes = section_size(sec, "memory", 0);
	long priority = cfg_getint(sec->cfg, "priority");
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
	struct composition *conf = sec->reader->conf;
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
	struct composition *conf = sec->reader->conf;
	struct conf_program *program = &pool_push(&conf->pool, conf->program, conf->nprograms);
	const char *in = cfg_getstr(sec->cfg, "stdin");

	program->path = section_path_title(sec);
	program->line = section_line(sec, "", 0);
	program->args = section_list(sec, "args");
	program->env = section_list(sec, "env");
	program->cwd = section_text(sec, "cwd").text;
	if (!program->cwd)
		program->cwd = "/";
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
	struct conf_network *network = &sec->reader->conf->network;

	network->hostname = section_text(sec, "hostname").text;
	network->address = section_text(sec, "address").text;
	network->gateway = host_address(sec, "gateway");
	network->dns = host_address(sec, "dns");
	network->line = section_line(sec, "", 0);
	if (!network->address)
		network->address = "none";
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
	struct composition *conf = sec->reader->conf;
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
	struct conf_machine *machine = &sec->reader->conf->machine;
	const char *virtio = cfg_getstr(sec->cfg, "virtio");
	unsigned host, guest;

	machine->memory_bytes = section_size(sec, "memory", CONF_MEMORY_DEFAULT);
	machine->cpus = cfg_getint(sec->cfg, "cpus");
	machine->disks = section_list(sec, "disk");
	machine->net = cfg_getbool(sec->cfg, "net");
	machine->forwards = section_list(sec, "forward");
	machine->transitional = !strcmp(virtio, "transitional");
	if (!machine->transitional && strcmp(virtio, "modern"))
		mistake(sec, "virtio", 0,
			"virtio = \"%s\": expected \"modern\" or \"transitional\"", virtio);
	machine->iommu = cfg_getbool(sec->cfg, "iommu");
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

static void read_each(struct reader *reader, cfg_t *root, const char *kind,
		      void (*read_one)(const struct section *))
{
	for (unsigned i = 0; i < cfg_size(root, kind); i++) {
		struct section sec = {reader, cfg_getnsec(root, kind, i), kind, i};

		read_one(&sec);
	}
}

static void read_root(struct reader *reader, cfg_t *root)
{
	struct composition *conf = reader->conf;
	struct section top = {reader, root, "", 0};
	struct conf_word name = section_text(&top, "system");

	if (name.text && (!*name.text || strchr(name.text, '/')))
		mistake(&top, "system", 0, "system = \"%s\": expected a name without a slash",
			name.text);
	conf->name = name.text ? name.text : file_stem(&conf->pool, conf->file);
	conf->cmdline = section_text(&top, "cmdline").text;
	conf->services = section_list(&top, "services");
	conf->interfaces = section_list(&top, "interfaces");
	read_each(reader, root, "machine", read_machine);
	read_each(reader, root, "domain", read_domain);
	read_each(reader, root, "component", read_component);
	read_each(reader, root, "mount", read_mount);
	read_each(reader, root, "program", read_program);
	read_each(reader, root, "network", read_network);
	read_each(reader, root, "blob", read_blob);
}

/* A section of libConfuse's does not always know its file, and an error function has no argument
 * for it. */
static const char *parsed_file;

/* libConfuse found a mistake. For an unknown option its message lacks what it would have known. */
static void parse_error(cfg_t *cfg, const char *format, va_list ap)
{
	struct buffer text = {0};
	struct pool pool = {0};

	buffer_printf(&text, "%s", pool_vprintf(&pool, format, ap));
	if (!strncmp(format, "no such option", strlen("no such option"))) {
		const char *sep = ": expected ";
		for (const cfg_opt_t *opt = cfg->opts; opt->name; opt++) {
			buffer_printf(&text, "%s%s", sep, opt->name);
			sep = ", ";
		}
	}
	if (!strncmp(format, "premature end", strlen("premature end")))
		buffer_printf(&text, ": expected a closing brace or quotation mark");
	report_at(parsed_file, cfg->line, "%s", text.data);
	buffer_free(&text);
	pool_free(&pool);
}

static cfg_t *composition_grammar(void)
{
	static cfg_opt_t domain[] = {LIST("components"), CFG_END()};
	static cfg_opt_t component[] = {TEXT("object"),
					TEXT("rump"),
					LIST("libraries"),
					LIST("sees"),
					LIST("devices"),
					LIST("params"),
					TEXT("memory"),
					CFG_INT("priority", CONF_PRIORITY_DEFAULT, CFGF_NONE),
					CPU,
					CFG_END()};
	static cfg_opt_t mount[] = {TEXT("type"), TEXT("device"), LIST("options"), CFG_END()};
	static cfg_opt_t program[] = {LIST("args"), LIST("env"),
				      TEXT("cwd"),  CFG_STR("stdin", "console", CFGF_NONE),
				      CPU,	    CFG_END()};
	static cfg_opt_t network[] = {TEXT("hostname"), TEXT("address"), TEXT("gateway"),
				      TEXT("dns"), CFG_END()};
	static cfg_opt_t blob[] = {TEXT("file"), TEXT("component"), CFG_END()};
	static cfg_opt_t machine[] = {TEXT("memory"),
				      CFG_INT("cpus", 1, CFGF_NONE),
				      LIST("disk"),
				      CFG_BOOL("net", cfg_false, CFGF_NONE),
				      CFG_STR("virtio", "modern", CFGF_NONE),
				      CFG_BOOL("iommu", cfg_false, CFGF_NONE),
				      LIST("forward"),
				      CFG_END()};
	static cfg_opt_t root[] = {TEXT("system"),
				   TEXT("cmdline"),
				   LIST("services"),
				   LIST("interfaces"),
				   CFG_SEC("domain", domain, MANY),
				   CFG_SEC("component", component, MANY),
				   CFG_SEC("mount", mount, MANY),
				   CFG_SEC("program", program, MANY),
				   CFG_SEC("network", network, CFGF_NODEFAULT),
				   CFG_SEC("blob", blob, MANY),
				   CFG_SEC("machine", machine, CFGF_NONE),
				   CFG_END()};

	return cfg_init(root, CFGF_NONE);
}

bool composition_read(struct composition *conf, const char *file)
{
	struct reader reader = {.conf = conf, .ok = true};
	struct buffer text = {0};

	*conf = (struct composition){.machine = {.memory_bytes = CONF_MEMORY_DEFAULT, .cpus = 1}};
	conf->file = pool_strdup(&conf->pool, file);
	if (!file_read(file, &text)) {
		buffer_free(&text);
		report_at(file, 0, "cannot read the composition: %s", strerror(errno));
		return false;
	}
	buffer_add(&text, "\n", 1);
	cfg_t *root = composition_grammar();
	cfg_set_error_function(root, parse_error);
	parsed_file = conf->file;
	FILE *stream = fmemopen(text.data, text.len, "r");
	int status = stream ? cfg_parse_fp(root, stream) : CFG_FILE_ERROR;
	if (stream)
		fclose(stream);
	if (status == CFG_SUCCESS) {
		places_find(&reader.places, &conf->pool, text.data);
		if (reader.places.unclosed_line) {
			report_at(file, reader.places.unclosed_line,
				  "a section without end: expected a closing brace");
			reader.ok = false;
		} else {
			read_root(&reader, root);
		}
	}
	cfg_free(root);
	buffer_free(&text);
	return status == CFG_SUCCESS && reader.ok;
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
