/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bootable file: the kernel's object and the payload, which becomes the section .image, linked
 * by kernel.ld. An ISO image has GRUB besides, which loads that file.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "image.h"
#include "report.h"

#define GRUB_BIOS "/usr/lib/grub/i386-pc"
#define GRUB_EFI "/usr/lib/grub/x86_64-efi"

/*
 * Several r2c may bake the same system at once: they take turns. Closing the descriptor releases
 * the lock.
 */
static int folder_lock(struct pool *pool, const char *folder)
{
	int fd = open(pool_printf(pool, "%s/.lock", folder), O_CREAT | O_RDWR | O_CLOEXEC, 0644);

	while (fd >= 0 && flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			break;
	return fd;
}

static bool command_ok(char *const argv[], const char *what)
{
	struct buffer log = {0};
	int status = command_run(argv, &log);

	if (status != 0)
		report("%s failed: %s", what, log.len ? log.data : strerror(errno));
	buffer_free(&log);
	return status == 0;
}

/* The payload as an object: kernel.ld places its section. */
static bool payload_object(struct pool *pool, const char *base, const struct buffer *payload)
{
	const char *data = pool_printf(pool, "%s.payload", base);
	const char *source = pool_printf(pool, "%s.payload.S", base);
	const char *object = pool_printf(pool, "%s.payload.o", base);
	const char *text = pool_printf(pool,
				       "\t.section .image, \"a\", @progbits\n\t.balign 4096\n"
				       "\t.incbin \"%s\"\n"
				       "\t.section .note.GNU-stack, \"\", @progbits\n",
				       data);
	char *const argv[] = {"as", "-o", (char *)object, (char *)source, NULL};

	bool ok = file_write(data, payload->data, payload->len) &&
		  file_write(source, text, strlen(text));
	if (!ok)
		report_at(base, 0, "cannot write: %s", strerror(errno));
	ok = ok && command_ok(argv, "assembling the payload");
	unlink(data);
	unlink(source);
	return ok;
}

static bool kernel_link(struct sys *sys, const struct buffer *payload, const char *output,
			long trace_cores)
{
	struct pool *pool = &sys->pool;
	const char *name = trace_cores ? "build/trace/kernel.o" : "build/kernel/kernel.o";
	const char *kernel = pool_printf(pool, "%s/%s", sys->top, name);
	const char *script = pool_printf(pool, "%s/kernel/x86_64/kernel.ld", sys->top);
	const char *object = pool_printf(pool, "%s.payload.o", output);
	char *const argv[] = {
		"ld",
		"-static",
		"-nostdlib",
		"-znoexecstack",
		"-zmax-page-size=4096",
		"-T",
		(char *)script,
		"-o",
		(char *)output,
		(char *)kernel,
		(char *)object,
		trace_cores ? pool_printf(pool, "--defsym=trace_cores=%ld", trace_cores) : NULL,
		NULL};

	if (!file_exists(kernel)) {
		report("the kernel is not built: no %s (make %s)", kernel, name);
		return false;
	}
	bool ok = payload_object(pool, output, payload) && command_ok(argv, "linking the kernel");
	unlink(object);
	return ok;
}

bool image_bake(struct sys *sys, const char *output, long trace_cores)
{
	struct pool *pool = &sys->pool;
	const char *folder = pool_printf(pool, "%s/build/system/%s", sys->top, sys->conf->name);
	struct domain_elf *domains = pool_alloc(pool, sys->ndomains * sizeof(*domains));
	struct domain_calls calls;
	struct buffer payload = {0};

	if (!file_mkdirs(folder)) {
		report_at(folder, 0, "cannot make the folder: %s", strerror(errno));
		return false;
	}
	int lock = folder_lock(pool, folder);
	bool ok = domain_calls_number(&calls, sys);
	for (size_t i = 0; ok && i < sys->ndomains; i++)
		ok = domain_link(&domains[i], sys, i, &calls, folder);
	ok = ok && payload_write(&payload, sys, domains, &calls);
	ok = ok && kernel_link(sys, &payload, output, trace_cores);
	if (lock >= 0)
		close(lock);
	buffer_free(&payload);
	return ok;
}

/*
 * Is everything there that an ISO image is made with? Without some of it grub-mkrescue says nothing
 * and makes an image that does not boot.
 */
static bool iso_tools_check(struct pool *pool)
{
	static const char *const commands[] = {"grub-mkrescue", "xorriso", "mformat"};
	const char *missing = NULL;

	for (size_t i = 0; !missing && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!file_command(pool, commands[i]))
			missing = commands[i];
	if (!missing && !file_exists(GRUB_BIOS))
		missing = GRUB_BIOS;
	if (!missing && !file_exists(GRUB_EFI))
		missing = GRUB_EFI;
	if (!missing)
		return true;
	report("cannot make an ISO image: no %s (Debian packages grub-common grub-pc-bin "
	       "grub-efi-amd64-bin xorriso mtools)",
	       missing);
	return false;
}

static bool iso_stage(struct pool *pool, const char *stage, const char *executable)
{
	/* The video drivers are for the framebuffer that the kernel's header asks for. */
	static const char config[] = "set timeout=0\ninsmod all_video\nmenuentry \"rump2cos\" {\n"
				     "\tmultiboot2 /boot/system.elf\n\tboot\n}\n";
	const char *boot = pool_printf(pool, "%s/boot", stage);
	const char *grub = pool_printf(pool, "%s/boot/grub", stage);

	return mkdir(boot, 0755) == 0 && mkdir(grub, 0755) == 0 &&
	       file_write(pool_printf(pool, "%s/grub.cfg", grub), config, strlen(config)) &&
	       file_copy(executable, pool_printf(pool, "%s/system.elf", boot));
}

bool image_iso(const char *executable, const char *output)
{
	struct pool pool = {0};
	char *stage = pool_printf(&pool, "%s.XXXXXX", output);
	char *const argv[] = {"grub-mkrescue", "-o", (char *)output, stage, NULL};
	bool ok = iso_tools_check(&pool);

	if (!ok) {
		pool_free(&pool);
		return false;
	}
	ok = mkdtemp(stage) != NULL;
	if (!ok || !iso_stage(&pool, stage, executable)) {
		report_at(stage, 0, "cannot fill the folder: %s", strerror(errno));
		ok = false;
	}
	ok = ok && command_ok(argv, "grub-mkrescue");
	file_remove_tree(stage);
	pool_free(&pool);
	return ok;
}

/* The section that kernel_link put the payload into. */
static bool image_section(Elf *elf, struct buffer *contents)
{
	size_t names;

	if (elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names) != 0)
		return false;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		GElf_Shdr shdr;
		if (!gelf_getshdr(scn, &shdr))
			continue;
		const char *name = elf_strptr(elf, names, shdr.sh_name);
		Elf_Data *data;
		if (!name || strcmp(name, ".image") || !(data = elf_rawdata(scn, NULL)))
			continue;
		buffer_add(contents, data->d_buf, data->d_size);
		return true;
	}
	return false;
}

bool image_read(struct payload *payload, struct buffer *contents, const char *executable)
{
	const char *wrong = NULL;

	elf_version(EV_CURRENT);
	int fd = open(executable, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		report_at(executable, 0, "%s", strerror(errno));
		return false;
	}
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!image_section(elf, contents))
		wrong = "it has no payload: expected an image made by r2c build";
	else
		wrong = payload_read(payload, contents->data, contents->len);
	elf_end(elf);
	close(fd);
	if (wrong)
		report_at(executable, 0, "%s", wrong);
	return !wrong;
}
