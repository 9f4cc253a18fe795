/* SPDX-License-Identifier: BSD-2-Clause */
/* r2c build: a bootable image, and an ISO image if wanted, of a composition. */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include "command.h"
#include "file.h"
#include "image.h"
#include "report.h"

struct build_options {
	const char *system;
	const char *output; /* NULL: build/system/NAME.elf or .iso */
	bool iso;
};

static bool build_image(const struct build_options *options, struct sys *sys)
{
	struct pool *pool = &sys->pool;
	const char *base = pool_printf(pool, "%s/build/system/%s", sys->top, sys->conf->name);
	const char *iso = options->output ? options->output : pool_printf(pool, "%s.iso", base);
	const char *elf = pool_printf(pool, "%s.elf", base);

	if (!options->iso && options->output)
		elf = options->output;
	if (!file_mkdirs(pool_printf(pool, "%s/build/system", sys->top))) {
		report("%s/build/system: cannot make the folder: %s", sys->top, strerror(errno));
		return false;
	}
	return image_bake(sys, elf, 0) && (!options->iso || image_iso(elf, iso));
}

static int build(const struct r2c *r2c, const struct build_options *options)
{
	struct composition conf;
	struct sys sys = {0};

	bool ok = composition_read(&conf, options->system) && sys_read(&sys, &conf, r2c->top) &&
		  build_image(options, &sys);
	sys_free(&sys);
	composition_free(&conf);
	return ok ? 0 : STATUS_SYSTEM_FAILED;
}

static int build_main(const struct r2c *r2c, int argc, char **argv)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
					      {"iso", no_argument, NULL, 'i'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct build_options options = {0};
	int c;

	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (c == 'o')
			options.output = optarg;
		else if (c == 'i')
			options.iso = true;
		else if (c == 'h')
			return command_help(&command_build);
		else
			return command_usage(&command_build);
	}
	if (argc - optind != 1) {
		report("build: expected one composition file");
		return command_usage(&command_build);
	}
	options.system = argv[optind];
	return build(r2c, &options);
}

/* clang-format off */
static const char help[] =
	"Usage: r2c build [-o FILE] [--iso] SYSTEM.conf\n"
	"\n"
	"Links the domains that the composition describes, wires them, and bakes them with the\n"
	"kernel into one executable, for qemu -kernel and for GRUB (multiboot2).\n"
	"\n"
	"  -o, --output FILE  the image; otherwise build/system/NAME.elf or .iso\n"
	"      --iso          a bootable ISO image as well, with GRUB, for BIOS and UEFI; FILE is\n"
	"                     its name\n"
	"\n"
	"Beside it, build/system/NAME/DOMAIN.elf are the domains with their symbols.\n"
	"Exit status: 0 made; 125 not made, with the reason on stderr.\n";
/* clang-format on */

const struct command command_build = {
	.name = "build",
	.summary = "bake a bootable image of a composition file",
	.help = help,
	.run = build_main,
};
