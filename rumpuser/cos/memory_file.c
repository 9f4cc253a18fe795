/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host files in memory: blobs of the image, RAM disks, and files that grow. A file starts as its
 * blob in the image, if it has one, followed by zeros. A write copies the piece concerned to memory
 * of its own first. A RAM disk therefore costs the pieces that were written, and a blob that is
 * only read costs nothing.
 */
#include <cos/blob.h>
#include <cos/param.h>
#include <cos/string.h>
#include <rump/errno.h>

#include "alloc.h"
#include "file.h"
#include "hyp.h"

/* PIECE: a written byte costs this much memory; smaller pieces would make the table long. */
#define PIECE (64ul << 10)
#define PIECES_FIRST 16
#define LEN_MAX ((uint64_t)INT64_MAX)

struct memory_file {
	struct file file;
	struct cos_mutex mutex; /* guards all below */
	uint64_t len_bytes;
	bool grows;
	const uint8_t *base; /* in the image */
	size_t base_len;
	uint8_t **piece; /* NULL: as in base, zeros after its end */
	size_t npieces;
};

/* Room for piece n in the table. */
static bool table_grow(struct memory_file *m, size_t n)
{
	size_t more = m->npieces ? m->npieces : PIECES_FIRST;
	uint8_t **longer;

	if (n < m->npieces)
		return true;
	while (more <= n)
		more *= 2;
	longer = arena_alloc(more * sizeof(*longer), 16);
	if (!longer)
		return false;
	memset(longer, 0, more * sizeof(*longer));
	if (m->npieces)
		memcpy(longer, m->piece, m->npieces * sizeof(*longer));
	arena_free(m->piece, m->npieces * sizeof(*longer));
	m->piece = longer;
	m->npieces = more;
	return true;
}

/* len bytes at off, within one piece, as they are while nothing was written there. */
static void base_copy(const struct memory_file *m, uint8_t *to, uint64_t off, size_t len)
{
	size_t have = off < m->base_len ? m->base_len - (size_t)off : 0;

	if (have > len)
		have = len;
	if (have)
		memcpy(to, m->base + off, have);
	memset(to + have, 0, len - have);
}

static uint8_t *piece_get(struct memory_file *m, size_t n)
{
	if (!table_grow(m, n))
		return NULL;
	if (!m->piece[n]) {
		m->piece[n] = arena_alloc(PIECE, 16);
		if (m->piece[n])
			base_copy(m, m->piece[n], n * PIECE, PIECE);
	}
	return m->piece[n];
}

static bool part_transfer(struct memory_file *m, bool write, uint8_t *data, size_t len,
			  uint64_t off)
{
	size_t n = off / PIECE;
	uint8_t *piece;

	if (!write && (n >= m->npieces || !m->piece[n])) {
		base_copy(m, data, off, len);
		return true;
	}
	piece = piece_get(m, n);
	if (!piece)
		return false;
	if (write)
		memcpy(piece + off % PIECE, data, len);
	else
		memcpy(data, piece + off % PIECE, len);
	return true;
}

static int memory_transfer(struct file *f, bool write, void *data, size_t len_bytes, uint64_t off,
			   bool stable, size_t *donep)
{
	struct memory_file *m = (struct memory_file *)f;
	size_t left = len_bytes;
	int error = 0;

	(void)stable; /* nothing here is more stable than memory */
	*donep = 0;
	if (off > LEN_MAX - len_bytes)
		return write ? RUMP_ENOSPC : 0;
	cos_mutex_lock(&m->mutex);
	if (!(write && m->grows)) {
		uint64_t have = off < m->len_bytes ? m->len_bytes - off : 0;

		if (left > have) {
			left = have;
			error = write ? RUMP_ENOSPC : 0;
		}
	}
	while (left > 0) {
		size_t part = PIECE - off % PIECE < left ? PIECE - off % PIECE : left;

		if (!part_transfer(m, write, (uint8_t *)data + *donep, part, off)) {
			error = RUMP_ENOMEM;
			break;
		}
		off += part;
		left -= part;
		*donep += part;
	}
	if (write && *donep > 0 && off > m->len_bytes)
		m->len_bytes = off;
	cos_mutex_unlock(&m->mutex);
	return error;
}

static int memory_flush(struct file *f)
{
	(void)f;
	return 0;
}

static uint64_t memory_size(struct file *f)
{
	struct memory_file *m = (struct memory_file *)f;
	uint64_t len_bytes;

	cos_mutex_lock(&m->mutex);
	len_bytes = m->len_bytes;
	cos_mutex_unlock(&m->mutex);
	return len_bytes;
}

static int memory_file_make(const struct memory_file *like, struct file **made)
{
	static const struct file_ops ops = {memory_transfer, memory_flush, memory_size, NULL};
	struct memory_file *m = arena_alloc(sizeof(*m), 16);

	if (!m)
		return RUMP_ENOMEM;
	*m = *like;
	m->file.ops = &ops;
	*made = &m->file;
	return 0;
}

int blob_file_open(const char *name, bool create, struct file **made)
{
	struct memory_file m = {.file.type = RUMPUSER_FT_REG};

	m.base = cos_blob(name, &m.base_len);
	/* A blob cannot be created: its names are the composition's. */
	if (!m.base)
		return create ? RUMP_EROFS : RUMP_ENOENT;
	m.len_bytes = m.base_len;
	return memory_file_make(&m, made);
}

int ram_file_open(const char *name, bool create, struct file **made)
{
	struct memory_file m = {.file.type = RUMPUSER_FT_REG, .grows = true};
	char param[FILE_NAME_MAX + 4];
	const char *size;

	cos_snprintf(param, sizeof(param), "RAM.%s", name);
	size = cos_param(param);
	if (size) {
		m.file.type = RUMPUSER_FT_BLK;
		m.grows = false;
		if (!cos_size_parse(size, &m.len_bytes))
			return RUMP_EINVAL;
	} else if (!create) {
		return RUMP_ENOENT;
	}
	return memory_file_make(&m, made);
}
