/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ext2 on disk, revisions 0 and 1. Names and offsets are those of "The Second Extended File System:
 * Internal Layout" (Poirier) and Linux' Documentation/filesystems/ext4. Everything is
 * little-endian, like the machines that this runs on.
 *
 *   byte 1024         superblock
 *   group g           blocks s_first_data_block + g * s_blocks_per_group on:
 *                     [superblock copy, descriptor table copy, reserved descriptor blocks]
 *                     block bitmap, inode bitmap, inode table, data
 */
#ifndef EXT2_DISK_H
#define EXT2_DISK_H

#include <stddef.h>
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structures are used as they lie");

#define EXT2_SB_OFF 1024
#define EXT2_SB_SIZE 1024
#define EXT2_MAGIC 0xef53
#define EXT2_MIN_BSHIFT 10
#define EXT2_MAX_BSHIFT 15 /* blocks of 64 KiB would need another encoding of rec_len */

struct ext2_super {
	uint32_t s_inodes_count;
	uint32_t s_blocks_count;
	uint32_t s_r_blocks_count;
	uint32_t s_free_blocks_count;
	uint32_t s_free_inodes_count; /* 16 */
	uint32_t s_first_data_block;
	uint32_t s_log_block_size; /* block size = 1024 << this */
	uint32_t s_log_frag_size;
	uint32_t s_blocks_per_group; /* 32 */
	uint32_t s_frags_per_group;
	uint32_t s_inodes_per_group;
	uint32_t s_mtime;
	uint32_t s_wtime; /* 48 */
	uint16_t s_mnt_count;
	int16_t s_max_mnt_count;
	uint16_t s_magic;
	uint16_t s_state;
	uint16_t s_errors;
	uint16_t s_minor_rev_level;
	uint32_t s_lastcheck; /* 64 */
	uint32_t s_checkinterval;
	uint32_t s_creator_os;
	uint32_t s_rev_level;
	uint16_t s_def_resuid; /* 80 */
	uint16_t s_def_resgid;
	/* revision 1 and later */
	uint32_t s_first_ino;
	uint16_t s_inode_size;
	uint16_t s_block_group_nr;
	uint32_t s_feature_compat;
	uint32_t s_feature_incompat; /* 96 */
	uint32_t s_feature_ro_compat;
	uint8_t s_uuid[16];
	char s_volume_name[16];
	char s_last_mounted[64]; /* 136 */
	uint32_t s_algorithm_usage_bitmap;
	uint8_t s_prealloc_blocks;
	uint8_t s_prealloc_dir_blocks;
	uint16_t s_reserved_gdt_blocks; /* 206 */
	uint8_t s_journal_uuid[16];
	uint32_t s_journal_inum;
	uint32_t s_journal_dev;
	uint32_t s_last_orphan;
	uint32_t s_hash_seed[4];
	uint8_t s_def_hash_version; /* 252 */
	uint8_t s_jnl_backup_type;
	uint16_t s_desc_size;
	uint32_t s_default_mount_opts;
	uint32_t s_first_meta_bg;
	uint32_t s_mkfs_time;
	uint32_t s_jnl_blocks[17];
	uint32_t s_blocks_count_hi; /* 336 */
	uint32_t s_r_blocks_count_hi;
	uint32_t s_free_blocks_count_hi;
	uint16_t s_min_extra_isize;
	uint16_t s_want_extra_isize;
	uint32_t s_flags; /* 352 */
	uint8_t s_unused1[232];
	uint32_t s_backup_bgs[2]; /* 588, with sparse_super2 */
	uint8_t s_unused2[428];
};

/* s_state */
#define EXT2_VALID_FS 0x0001
#define EXT2_ERROR_FS 0x0002
/* s_errors */
#define EXT2_ERRORS_CONTINUE 1
#define EXT2_ERRORS_RO 2
#define EXT2_ERRORS_PANIC 3

#define EXT2_COMPAT_HAS_JOURNAL 0x0004
#define EXT2_COMPAT_EXT_ATTR 0x0008
#define EXT2_COMPAT_RESIZE_INODE 0x0010
#define EXT2_COMPAT_DIR_INDEX 0x0020
#define EXT2_COMPAT_SPARSE_SUPER2 0x0200
#define EXT2_INCOMPAT_FILETYPE 0x0002
#define EXT2_INCOMPAT_RECOVER 0x0004
#define EXT2_RO_SPARSE_SUPER 0x0001
#define EXT2_RO_LARGE_FILE 0x0002
#define EXT2_RO_BTREE_DIR 0x0004
#define EXT2_RO_HUGE_FILE 0x0008
#define EXT2_RO_EXTRA_ISIZE 0x0040

struct ext2_gdesc {
	uint32_t bg_block_bitmap;
	uint32_t bg_inode_bitmap;
	uint32_t bg_inode_table;
	uint16_t bg_free_blocks_count;
	uint16_t bg_free_inodes_count;
	uint16_t bg_used_dirs_count;
	uint16_t bg_flags;
	uint32_t bg_reserved[3];
};

#define EXT2_ROOT_INO 2
#define EXT2_RESIZE_INO 7
#define EXT2_OLD_FIRST_INO 11
#define EXT2_OLD_INODE_SIZE 128
#define EXT2_LINK_MAX 32000

#define EXT2_NDIR 12
#define EXT2_IND 12
#define EXT2_DIND 13
#define EXT2_TIND 14
#define EXT2_NBLOCK 15
#define EXT2_FASTLINK_MAX 60 /* the target and its NUL fit into i_block */

struct ext2_dinode {
	uint16_t i_mode;
	uint16_t i_uid;
	uint32_t i_size;
	uint32_t i_atime;
	uint32_t i_ctime;
	uint32_t i_mtime; /* 16 */
	uint32_t i_dtime;
	uint16_t i_gid;
	uint16_t i_links_count;
	uint32_t i_blocks; /* of 512 bytes, with indirect and attribute blocks */
	uint32_t i_flags;  /* 32 */
	uint32_t i_osd1;
	uint32_t i_block[EXT2_NBLOCK]; /* 40 */
	uint32_t i_generation;	       /* 100 */
	uint32_t i_file_acl;
	uint32_t i_size_high; /* of regular files; i_dir_acl of directories */
	uint32_t i_faddr;
	uint16_t i_blocks_high; /* 116, with huge_file */
	uint16_t i_file_acl_high;
	uint16_t i_uid_high; /* 120 */
	uint16_t i_gid_high;
	uint16_t i_checksum_lo;
	uint16_t i_reserved;
	/* inodes of more than 128 bytes; a field exists if i_extra_isize covers it */
	uint16_t i_extra_isize;
	uint16_t i_checksum_hi;
	uint32_t i_ctime_extra; /* 132: bits 0-1 epoch, 2-31 nanoseconds */
	uint32_t i_mtime_extra;
	uint32_t i_atime_extra;
	uint32_t i_crtime;
	uint32_t i_crtime_extra;
	uint32_t i_version_hi;
	uint32_t i_projid;
};
#define EXT2_EXTRA_ISIZE 32 /* of the fields above */

/* i_flags */
#define EXT2_SYNC_FL 0x00000008
#define EXT2_IMMUTABLE_FL 0x00000010
#define EXT2_APPEND_FL 0x00000020
#define EXT2_NOATIME_FL 0x00000080
#define EXT2_INDEX_FL 0x00001000
#define EXT2_DIRSYNC_FL 0x00010000
#define EXT2_TOPDIR_FL 0x00020000
#define EXT2_EXTENTS_FL 0x00080000
#define EXT2_INLINE_DATA_FL 0x10000000
#define EXT2_UNKNOWN_LAYOUT_FL (EXT2_EXTENTS_FL | EXT2_INLINE_DATA_FL)
/* The flags that a new inode inherits from its directory. */
#define EXT2_INHERIT_FL (EXT2_SYNC_FL | EXT2_NOATIME_FL | EXT2_DIRSYNC_FL)

/* The header of a block of extended attributes (i_file_acl). */
struct ext2_xattr {
	uint32_t h_magic;
	uint32_t h_refcount;
	uint32_t h_blocks;
	uint32_t h_hash;
};
#define EXT2_XATTR_MAGIC 0xea020000
#define EXT2_XATTR_REFMAX 1024

struct ext2_dirent {
	uint32_t inode; /* 0: unused */
	uint16_t rec_len;
	uint8_t name_len;  /* without filetype: low byte of a 16-bit length */
	uint8_t file_type; /* with filetype */
	char name[];
};
#define EXT2_NAME_MAX 255
#define EXT2_DIRENT_HDR 8
#define EXT2_DIRENT_LEN(namelen) ((EXT2_DIRENT_HDR + (uint32_t)(namelen) + 3) & ~3u)
enum ext2_ft {
	EXT2_FT_UNKNOWN,
	EXT2_FT_REG,
	EXT2_FT_DIR,
	EXT2_FT_CHR,
	EXT2_FT_BLK,
	EXT2_FT_FIFO,
	EXT2_FT_SOCK,
	EXT2_FT_LNK,
	EXT2_FT_MAX
};

_Static_assert(sizeof(struct ext2_super) == EXT2_SB_SIZE, "superblock");
_Static_assert(offsetof(struct ext2_super, s_magic) == 56, "superblock");
_Static_assert(offsetof(struct ext2_super, s_uuid) == 104, "superblock");
_Static_assert(offsetof(struct ext2_super, s_reserved_gdt_blocks) == 206, "superblock");
_Static_assert(offsetof(struct ext2_super, s_want_extra_isize) == 350, "superblock");
_Static_assert(offsetof(struct ext2_super, s_backup_bgs) == 588, "superblock");
_Static_assert(sizeof(struct ext2_gdesc) == 32, "group descriptor");
_Static_assert(offsetof(struct ext2_dinode, i_block) == 40, "inode");
_Static_assert(offsetof(struct ext2_dinode, i_extra_isize) == EXT2_OLD_INODE_SIZE, "inode");
_Static_assert(offsetof(struct ext2_dinode, i_crtime) == 144, "inode");
_Static_assert(sizeof(struct ext2_dinode) == EXT2_OLD_INODE_SIZE + EXT2_EXTRA_ISIZE, "inode");
_Static_assert(sizeof(struct ext2_dirent) == EXT2_DIRENT_HDR, "directory entry");

#endif
