/* SPDX-License-Identifier: BSD-2-Clause */
/* Files, folders and child processes of the host. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "file.h"
#include "report.h"

extern char **environ;

static bool fd_read(int fd, struct buffer *contents)
{
	char part[65536];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		buffer_add(contents, part, (size_t)n);
	}
	return true;
}

bool file_read(const char *path, struct buffer *contents)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	bool ok = fd_read(fd, contents);
	int error = errno;
	close(fd);
	errno = error;
	return ok;
}

static bool fd_write(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

bool file_write(const char *path, const void *data, size_t len)
{
	struct pool pool = {0};
	char *beside = pool_printf(&pool, "%s.XXXXXX", path);
	int fd = mkostemp(beside, O_CLOEXEC);
	bool ok = fd >= 0 && fd_write(fd, data, len) && fchmod(fd, 0644) == 0;
	int error = errno;

	if (fd >= 0) {
		close(fd);
		if (ok && rename(beside, path) < 0) {
			ok = false;
			error = errno;
		}
		if (!ok)
			unlink(beside);
	}
	pool_free(&pool);
	errno = error;
	return ok;
}

bool file_update(const char *path, const void *data, size_t len)
{
	struct buffer old = {0};
	bool same =
		file_read(path, &old) && old.len == len && (!len || !memcmp(old.data, data, len));

	buffer_free(&old);
	return same || file_write(path, data, len);
}

bool file_finish(FILE *stream)
{
	int error = 0;

	errno = 0;
	if (fflush(stream) != 0 || ferror(stream))
		error = errno ? errno : EIO;
	if (fclose(stream) != 0 && !error)
		error = errno;
	errno = error;
	return !error;
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

const char *file_command(struct pool *pool, const char *name)
{
	const char *dirs = getenv("PATH");

	if (strchr(name, '/'))
		return name;
	for (dirs = dirs ? dirs : "/bin:/usr/bin"; *dirs;) {
		size_t len = strcspn(dirs, ":");
		const char *dir = len ? pool_strndup(pool, dirs, len) : ".";
		const char *path = pool_printf(pool, "%s/%s", dir, name);
		if (access(path, X_OK) == 0)
			return path;
		dirs += len + (dirs[len] == ':');
	}
	return NULL;
}

bool file_is_elf(const char *path)
{
	char magic[4] = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	ssize_t n = read(fd, magic, sizeof(magic));
	close(fd);
	return n == sizeof(magic) && !memcmp(magic, "\177ELF", 4);
}

bool file_mkdirs(const char *path)
{
	struct pool pool = {0};
	char *part = pool_strdup(&pool, path);
	bool ok = true;

	for (char *slash = part + 1; ok && (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = 0;
		ok = mkdir(part, 0755) == 0 || errno == EEXIST;
	}
	ok = ok && (mkdir(path, 0755) == 0 || errno == EEXIST);
	pool_free(&pool);
	return ok;
}

bool file_copy(const char *from, const char *to)
{
	struct buffer contents = {0};
	struct stat st;
	bool ok = stat(from, &st) == 0 && file_read(from, &contents) &&
		  file_write(to, contents.data, contents.len) && chmod(to, st.st_mode & 07777) == 0;

	buffer_free(&contents);
	return ok;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

bool file_remove_tree(const char *path)
{
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

char *file_stem(struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t len = strlen(name);

	if (len > 5 && !strcmp(name + len - 5, ".conf"))
		len -= 5;
	return pool_strndup(pool, name, len);
}

char *file_under(struct pool *pool, const char *folder, const char *path)
{
	if (*path == '/')
		return pool_strdup(pool, path);
	return pool_printf(pool, "%s/%s", folder, path);
}

int command_run(char *const argv[], struct buffer *output)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int pipe_fd[2], status = -1;
	pid_t pid;

	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], 1);
	posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], 2);
	sigemptyset(&none); /* Ctrl-C ends it, whatever r2c has blocked */
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	int error = posix_spawnp(&pid, argv[0], &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(pipe_fd[1]);
	if (!error) {
		fd_read(pipe_fd[0], output);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	close(pipe_fd[0]);
	errno = error;
	return status;
}
