/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The public interface of a rump kernel besides its system calls: start it, register host files,
 * make processes and threads. Binary compatible with NetBSD's <rump/rump.h>, so the same program
 * links with NetBSD's librump*.a. Every function returns 0 or a positive NetBSD errno unless it
 * says otherwise.
 */
#ifndef RUMP_RUMP_H
#define RUMP_RUMP_H

#include <rump/types.h>

struct lwp;

/* To be called before all others. A second call returns 0 and does nothing. */
int rump_init(void);
int rump_getversion(void);
int rump_pub_getversion(void);

/* Enter and leave the rump kernel, for host code that uses kernel-internal interfaces. */
void rump_schedule(void);
void rump_unschedule(void);

/*
 * Make a system call by number (rump/syscall.h). args is an array of 64-bit slots, len its size in
 * bytes; retval has room for two values. On success retval[0] is the value of the call.
 */
int rump_syscall(int num, void *args, size_t len, rump_register_t *retval);

/*
 * Processes and threads. A host thread without an lwp gets a temporary one of process 1 for each
 * call. newlwp and rfork make a new lwp and bind it to the calling thread. releaselwp ends the
 * current lwp when the call returns, and its process with the last lwp. switch(NULL) leaves the
 * thread without an lwp.
 */
#define RUMP_RFFDG 0x01	 /* a copy of the caller's descriptors */
#define RUMP_RFCFDG 0x02 /* no descriptors */
int rump_pub_lwproc_rfork(int flags);
int rump_pub_lwproc_newlwp(rump_pid_t pid);
void rump_pub_lwproc_switch(struct lwp *l);
void rump_pub_lwproc_releaselwp(void);
struct lwp *rump_pub_lwproc_curlwp(void);

/*
 * Not NetBSD's: the present or next wait of l for a pipe, a socket, a lock or an event returns
 * EINTR. An interruption stays pending until a wait consumes it. The caller makes sure that l does
 * not end meanwhile.
 */
void rump_pub_lwproc_interrupt(struct lwp *l);

/* NetBSD's "extra-terrestrial" files (etfs): files of the host under a path of the rump kernel. */
enum rump_etfs_type {
	RUMP_ETFS_REG,
	RUMP_ETFS_BLK,
	RUMP_ETFS_CHR,
	RUMP_ETFS_DIR,
	RUMP_ETFS_DIR_SUBDIRS
};
#define RUMP_ETFS_SIZE_ENDOFF ((uint64_t)-1)
/*
 * key is an absolute path; missing directories are created. Only RUMP_ETFS_BLK is supported; other
 * types return EOPNOTSUPP.
 */
int rump_pub_etfs_register(const char *key, const char *hostpath, enum rump_etfs_type type);
int rump_pub_etfs_register_withsize(const char *key, const char *hostpath, enum rump_etfs_type type,
				    uint64_t begin, uint64_t size);
/* EBUSY while it is mounted or open. */
int rump_pub_etfs_remove(const char *key);

#endif
