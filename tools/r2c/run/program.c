/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs of the host: found as a shell finds them, checked, and put into an ext2 image by mke2fs
 * and debugfs.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "program.h"
#include "report.h"

/*
 * Room for what the program writes, besides what is put into an image. The file is sparse, so
 * unused room takes none of the host's disk; inodes take 256 bytes each of the image.
 */
#define IMAGE_SPARE_BYTES (256ULL << 20)
#define IMAGE_SPARE_INODES 16384

static const char *elf_interpreter(int fd, const Elf64_Ehdr *ehdr, bool *dynamic)
{
	*dynamic = false;
	for (unsigned i = 0; i < ehdr->e_phnum; i++) {
		Elf64_Phdr phdr;
		off_t at = (off_t)(ehdr->e_phoff + (uint64_t)i * ehdr->e_phentsize);
		if (pread(fd, &phdr, sizeof(phdr), at) != sizeof(phdr))
			return "its program headers are cut off";
		*dynamic = *dynamic || phdr.p_type == PT_INTERP;
	}
	return NULL;
}

/* NULL: a program that can run; else why not. */
static const char *elf_check(int fd)
{
	Elf64_Ehdr ehdr;
	bool dynamic;

	if (pread(fd, &ehdr, sizeof(ehdr), 0) != sizeof(ehdr) ||
	    memcmp(ehdr.e_ident, ELFMAG, SELFMAG))
		return "not an ELF executable";
	if (ehdr.e_ident[EI_CLASS] != ELFCLASS64 || ehdr.e_machine != EM_X86_64)
		return "an ELF file of another machine: expected x86-64";
	if (ehdr.e_type != ET_EXEC && ehdr.e_type != ET_DYN)
		return "an ELF file that is no executable";
	const char *wrong = elf_interpreter(fd, &ehdr, &dynamic);
	if (!wrong && dynamic)
		wrong = "dynamically linked: expected a static executable";
	return wrong;
}

static const char *program_check(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return strerror(errno);
	const char *wrong = NULL;
	if (fstat(fd, &st) < 0)
		wrong = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		wrong = "a folder: expected an executable";
	else if (!(st.st_mode & 0111))
		wrong = "not executable (chmod +x)";
	else
		wrong = elf_check(fd);
	close(fd);
	return wrong;
}

/*
 * Absolute, with the links in its folders resolved. The last part stays as it is: a program may
 * behave by the name that it was called by.
 */
static const char *absolute(struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dir = slash ? pool_strndup(pool, path, (size_t)(slash - path)) : ".";
	char *real = realpath(*dir ? dir : "/", NULL);
	const char *result = path;

	if (real)
		result = pool_printf(pool, "%s/%s", strcmp(real, "/") ? real : "",
				     slash ? slash + 1 : path);
	free(real);
	return result;
}

int program_find(struct program *program, struct pool *pool, const char *name, const char *root)
{
	const char *found = file_command(pool, name), *wrong;
	struct stat st;

	*program = (struct program){0};
	if (!found || stat(found, &st) < 0) {
		int error = found ? errno : ENOENT;
		if (found)
			report("%s: %s", name, strerror(error));
		else
			report("%s: no such program in PATH%s", name,
			       file_exists(name) ? "; the file in this folder is ./ and that name"
						 : "");
		return error == EACCES ? STATUS_NOT_EXECUTABLE : STATUS_NOT_FOUND;
	}
	if ((wrong = program_check(found))) {
		report("%s: %s", name, wrong);
		return STATUS_NOT_EXECUTABLE;
	}
	program->host_path = program->path = absolute(pool, found);
	char *real = root ? realpath(root, NULL) : NULL;
	if (real && !strncmp(program->host_path, real, strlen(real)) &&
	    program->host_path[strlen(real)] == '/') {
		program->path = pool_strdup(pool, program->host_path + strlen(real));
		program->in_root = true;
	}
	free(real);
	return 0;
}

static uint64_t tree_bytes, tree_inodes;

static int tree_count(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)type;
	(void)ftw;
	tree_bytes += ((uint64_t)st->st_size + 4095) / 4096 * 4096 + 4096;
	tree_inodes++;
	return 0;
}

/* A root with the folders and files that programs expect. */
static bool skeleton_make(const struct program *program, struct pool *pool, const char *stage)
{
	static const struct {
		const char *name;
		mode_t mode;
	} folders[] = {{"bin", 0755},  {"dev", 0755},  {"etc", 0755}, {"proc", 0555},
		       {"root", 0700}, {"tmp", 01777}, {"var", 0755}};
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n";
	static const char group[] = "root:x:0:\n";
	static const char hosts[] = "127.0.0.1 localhost\n::1 localhost\n";
	const char *resolver =
		pool_printf(pool, "nameserver %s\n", program->dns ? program->dns : "");

	if (mkdir(stage, 0755) < 0)
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *path = pool_printf(pool, "%s/%s", stage, folders[i].name);
		if (mkdir(path, 0755) < 0 || chmod(path, folders[i].mode) < 0)
			return false;
	}
	return file_write(pool_printf(pool, "%s/etc/passwd", stage), passwd, strlen(passwd)) &&
	       file_write(pool_printf(pool, "%s/etc/group", stage), group, strlen(group)) &&
	       file_write(pool_printf(pool, "%s/etc/hosts", stage), hosts, strlen(hosts)) &&
	       (!program->dns || file_write(pool_printf(pool, "%s/etc/resolv.conf", stage),
					    resolver, strlen(resolver)));
}

static bool skeleton_program(const struct program *program, struct pool *pool, const char *stage)
{
	char *to = pool_printf(pool, "%s%s", stage, program->path);
	char *slash = strrchr(to, '/');

	*slash = 0;
	bool ok = file_mkdirs(to);
	*slash = '/';
	return ok && file_copy(program->host_path, to);
}

static bool tool_run(char *const argv[])
{
	struct buffer log = {0};
	int status = command_run(argv, &log);

	if (status == -1)
		report("cannot start %s: %s (Debian package e2fsprogs)", argv[0], strerror(errno));
	else if (status != 0)
		report("%s failed: %s", argv[0], log.len ? log.data : "");
	buffer_free(&log);
	return status == 0;
}

static bool image_make(struct pool *pool, const char *tree, const char *image)
{
	tree_bytes = tree_inodes = 0;
	if (nftw(tree, tree_count, 32, FTW_PHYS) < 0) {
		report_at(tree, 0, "cannot read the folder: %s", strerror(errno));
		return false;
	}
	uint64_t inodes = tree_inodes + IMAGE_SPARE_INODES;
	uint64_t bytes = tree_bytes + tree_bytes / 64 + inodes * 256 + IMAGE_SPARE_BYTES;
	char *const argv[] = {"mke2fs",
			      "-q",
			      "-F",
			      "-t",
			      "ext2",
			      "-b",
			      "4096",
			      "-I",
			      "256",
			      "-m",
			      "0",
			      "-N",
			      pool_printf(pool, "%llu", (unsigned long long)inodes),
			      "-d",
			      (char *)tree,
			      (char *)image,
			      pool_printf(pool, "%lluk", (unsigned long long)(bytes >> 10)),
			      NULL};
	return tool_run(argv);
}

/* Can debugfs take it as a word? It knows quotation marks, but no backslashes. */
static bool debugfs_can_say(const char *text)
{
	return !strpbrk(text, "\"\n");
}

/*
 * Put the program into an image that was made of --root. The status of debugfs is 0 even when it
 * failed, so its output is looked at.
 */
static bool image_add(const struct program *program, struct pool *pool, const char *folder,
		      const char *image)
{
	const char *path = program->path, *slash = strrchr(path, '/');
	const char *script = pool_printf(pool, "%s/debugfs", folder);
	struct buffer commands = {0}, log = {0};

	if (!debugfs_can_say(path) || !debugfs_can_say(program->host_path)) {
		report("%s: put it under --root: its name has a quotation mark or a newline", path);
		return false;
	}
	for (const char *at = path; (at = strchr(at + 1, '/'));)
		buffer_printf(&commands, "mkdir \"%.*s\"\n", (int)(at - path), path);
	buffer_printf(&commands, "cd \"%.*s/\"\nrm \"%s\"\nwrite \"%s\" \"%s\"\n",
		      (int)(slash - path), path, slash + 1, program->host_path, slash + 1);
	bool ok = file_write(script, commands.data, commands.len);
	char *const argv[] = {"debugfs", "-w", "-f", (char *)script, (char *)image, NULL};
	int status = command_run(argv, &log);
	char *const check[] = {"debugfs", "-R", pool_printf(pool, "stat \"%s\"", path),
			       (char *)image, NULL};
	ok = ok && status == 0 && command_run(check, &log) == 0 && strstr(log.data, "Inode: ");
	if (!ok)
		report("cannot put %s into the image: %s", path, log.len ? log.data : "");
	buffer_free(&commands);
	buffer_free(&log);
	return ok;
}

bool program_image(const struct program *program, struct pool *pool, const char *root,
		   const char *folder, const char *image)
{
	const char *stage = pool_printf(pool, "%s/root", folder);

	if (root)
		return image_make(pool, root, image) &&
		       (program->in_root || image_add(program, pool, folder, image));
	if (!skeleton_make(program, pool, stage) || !skeleton_program(program, pool, stage)) {
		report("%s: cannot make the program's file system: %s", stage, strerror(errno));
		return false;
	}
	return image_make(pool, stage, image);
}
