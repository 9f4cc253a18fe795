/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tmpfs: a file system in kernel memory.
 *
 * Supported: all types of files, holes, limits of size and of the number of nodes. Not supported:
 * extended attributes, and swapping: all of it is memory.
 *
 * I1 A node is an inode. It exists as long as it has a name or a vnode.
 * I2 Nodes are found by number in a hash that grows.
 * I3 A directory is an array of entries and a hash of the names. An entry's index is its readdir
 *    position. Free slots are reused.
 * I4 A file is a radix tree of pages; absent pages are holes.
 * I5 A node changes only with its vnode's lock held. The mount's lock guards the hash and the
 *    counts.
 */
#ifndef RUMP_FS_TMPFS_TMPFS_H
#define RUMP_FS_TMPFS_TMPFS_H

#include <rump/types.h>

#include "vfs/vfs.h"

#define TMPFS_PAGE 4096
#define TMPFS_NAME_MAX 255

struct tmpfs_node;

struct tmpfs_dirent {
	struct tmpfs_node *td_node;
	struct tmpfs_dirent *td_hash;
	uint32_t td_slot;
	uint8_t td_len;
	char td_name[];
};

struct tmpfs_dir {
	struct tmpfs_node *parent;
	struct tmpfs_dirent **slots; /* NULL: free */
	uint32_t nslots, nused, lowest_free;
	struct tmpfs_dirent **buckets;
	uint32_t nbuckets;
};

struct tmpfs_node {
	struct tmpfs_mount *tn_mount;
	struct tmpfs_node *tn_hash;
	uint64_t tn_ino;
	enum vtype tn_type;
	rump_mode_t tn_mode;
	rump_uid_t tn_uid;
	rump_gid_t tn_gid;
	uint32_t tn_nlink, tn_gen;
	int64_t tn_size;
	uint64_t tn_pages;
	struct rump_timespec tn_atime, tn_mtime, tn_ctime, tn_birthtime;
	union {
		rump_dev_t tn_rdev;
		char *tn_target;
		struct tmpfs_dir tn_dir;
		struct {
			void *root;
			unsigned height; /* 0: root is page 0 */
		} tn_data;
	};
};

struct tmpfs_mount {
	struct kmutex tm_lock;
	struct kspin tm_timelock; /* access times change while the vnode is locked shared */
	struct tmpfs_node **tm_hash;
	uint64_t tm_nbuckets, tm_nnodes, tm_nodes_max, tm_next_ino;
	_Atomic uint64_t tm_pages;
	uint64_t tm_pages_max;
};

/* tmpfs_node.c */
int tmpfs_node_new(struct tmpfs_mount *tm, const struct vattr *va, struct tmpfs_node **tnp);
struct tmpfs_node *tmpfs_node_find(struct tmpfs_mount *tm, uint64_t ino);
void tmpfs_node_free(struct tmpfs_node *tn);
#define TN_ACCESSED 1
#define TN_MODIFIED 2
#define TN_CHANGED 4
void tmpfs_node_touch(struct tmpfs_node *tn, int what);
int tmpfs_hash_init(struct tmpfs_mount *tm);

/* tmpfs_dir.c */
struct tmpfs_dirent *tmpfs_dir_find(struct tmpfs_node *dir, const struct componentname *cn);
int tmpfs_dir_add(struct tmpfs_node *dir, const struct componentname *cn, struct tmpfs_node *tn);
void tmpfs_dir_remove(struct tmpfs_node *dir, struct tmpfs_dirent *td);
void tmpfs_dir_fini(struct tmpfs_node *dir);

/* tmpfs_data.c */
int tmpfs_data_read(struct tmpfs_node *tn, struct uio *uio);
int tmpfs_data_write(struct tmpfs_node *tn, struct uio *uio);
void tmpfs_data_truncate(struct tmpfs_node *tn, int64_t size);
int tmpfs_data_seek(struct tmpfs_node *tn, int64_t *offp, bool hole);

extern const struct vops tmpfs_vops;

static inline struct tmpfs_node *tmpfs_node_of(struct vnode *vp)
{
	return vp->v_data;
}

#endif
