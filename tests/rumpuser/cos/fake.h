/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * COS as rumpuser/cos sees it, made of POSIX threads: libcos' thread identity (COS_FAKE_KERNEL),
 * sched's permits, the memory of mem and dev, parameters and blobs. It is linked with the real
 * hypercalls and libcos' real synchronisation, so both run under the sanitizers.
 */
#ifndef TESTS_RUMPUSER_COS_FAKE_H
#define TESTS_RUMPUSER_COS_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The main thread becomes one of the component's. To be called first. */
void fake_init(void);
/* Memory in a window, where a client's would be. */
void *fake_window_map(size_t len_bytes);

/*
 * A thread of component client that visits with that id; the id of a dead thread may be used again.
 */
struct fake_visit;
struct fake_visit *fake_visit_start(long tid, long client, void (*fn)(void *), void *arg);
void fake_visit_join(struct fake_visit *visit);
/* The client that the calling thread visits for. */
void fake_client_set(long client);

extern long fake_last_prio; /* of the newest thread */
extern char fake_log[4096]; /* what was logged since the start, or since the test cleared it */
extern long fake_shm_destroyed;
/* What reboot_exit does; it must not return. */
extern void (*fake_exit)(long status);
extern long fake_stopped;	    /* a component that has ended */
extern long fake_usage, fake_limit; /* pages of the domain */
extern const char *fake_params;	    /* "KEY=VALUE" NUL ... NUL NUL */
extern const void *fake_blob;	    /* the blob named "disk" */
extern size_t fake_blob_len;

/* The disk "disk0" of the interface block. */
#define FAKE_FLUSH 99
struct fake_event {
	int op; /* BLOCK_* or FAKE_FLUSH */
	unsigned long off, len;
};
extern struct fake_disk {
	uint8_t *bytes;
	size_t len_bytes;
	long error; /* the result of all calls */
	bool paused;
	int inside, inside_max;	     /* calls under way, now and at most */
	struct fake_event event[64]; /* in the order in which they were carried out */
	size_t nevents;
} fake_disk;
void fake_disk_pause(bool paused);
/* The number of calls under way. */
int fake_disk_inside(void);

extern struct fake_entropy {
	long draws; /* number of calls */
	long error; /* their result; 0: numbers */
} fake_entropy;

extern long fake_devices; /* how many devices the component has */
/* The device sends its message n. */
void fake_interrupt(long n);
/* The device (0 or 1) asserts the interrupt line, or releases it. */
void fake_line_set(long dev, bool on);

#endif
