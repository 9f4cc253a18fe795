/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * COS as rumpuser/cos sees it, made of POSIX threads: libcos' thread identity (COS_FAKE_KERNEL),
 * sched's permits, mem's and dev's memory, parameters and blobs. Linked with the real hypercalls
 * and libcos' real synchronisation, so that both run under the sanitizers.
 */
#ifndef TESTS_RUMPUSER_COS_FAKE_H
#define TESTS_RUMPUSER_COS_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The main thread is one of the component's; call first. */
void fake_init(void);
/* Memory where a client's would be: a window. */
void *fake_window_map(size_t len_bytes);

/* A client's thread that visits with that id (a dead one's may be used again), from component
 * client. */
struct fake_visit;
struct fake_visit *fake_visit_start(long tid, long client, void (*fn)(void *), void *arg);
void fake_visit_join(struct fake_visit *visit);
/* Who the calling thread visits for. */
void fake_client_set(long client);

extern long fake_last_prio; /* of the last thread that was made */
extern char fake_log[4096]; /* what was logged, from the start or since it was cleared */
extern long fake_shm_destroyed;
/* What reboot_exit does; it must not return. */
extern void (*fake_exit)(long status);
extern long fake_stopped;	    /* a component that does not run any more */
extern long fake_usage, fake_limit; /* pages of the domain */
extern const char *fake_params;	    /* "KEY=VALUE" NUL ... NUL NUL */
extern const void *fake_blob;	    /* the blob named "disk" */
extern size_t fake_blob_len;

/* The disk "disk0" of the interface block. */
#define FAKE_FLUSH 99
struct fake_event {
	int op; /* BLOCK_*, FAKE_FLUSH */
	unsigned long off, len;
};
extern struct fake_disk {
	uint8_t *bytes;
	size_t len_bytes;
	long error; /* of all calls */
	bool paused;
	int inside, inside_max;	     /* calls */
	struct fake_event event[64]; /* in the order in which they were done */
	size_t nevents;
} fake_disk;
void fake_disk_pause(bool paused);
/* How many calls are inside it. */
int fake_disk_inside(void);

extern struct fake_entropy {
	long draws; /* calls */
	long error; /* what they return, 0: numbers */
} fake_entropy;

extern long fake_devices; /* how many the component has */
/* The device sends its message n. */
void fake_interrupt(long n);
/* The device (0 or 1) holds the interrupt line, or no more. */
void fake_line_set(long dev, bool on);

#endif
