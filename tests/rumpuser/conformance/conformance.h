/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conformance suite of rumpuser(3): one source for every host. It uses nothing but the
 * hypercalls, and is a rump kernel of a few lines itself: it brings the upcalls, with virtual CPUs
 * that a thread really waits for, and looks at how the host uses them.
 *
 * A harness supplies the program (or component): it fills in what the suite must know of its host
 * and calls conf_run, from a thread of the host, before any other hypercall. Nothing else of the
 * harness may call hypercalls while it runs. A check that waits for ever is ended by whoever runs
 * the harness, with a limit; report is called at each check's end, so the one that hung is the
 * next.
 *
 * A pointer that is NULL, a false or a 0 in struct conf_host says that the host has no such thing:
 * the checks that need it are skipped, and say so.
 */
#ifndef RUMPUSER_TESTS_CONFORMANCE_H
#define RUMPUSER_TESTS_CONFORMANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_verdict { CONF_PASS, CONF_FAIL, CONF_SKIP };

/* The least length of conf_host.file_old, in bytes. */
#define CONF_FILE_MIN (256ul << 10)

/* The length of conf_host.bus, in bytes. */
#define CONF_BUS_LEN 65536

/* How fn ended (conf_host.in_child): what it gave to rumpuser_exit (0 to 63), or one of these. */
#define CONF_PANICKED (-1)
#define CONF_UNKNOWN (-2)

/* A client in another protection domain, and memory of it. */
struct conf_client {
	void *client; /* for rumpuser_sp_* */
	void *uaddr;  /* len_bytes (at least 8 KiB) that it can read and write */
	size_t len_bytes;
	void *bad; /* an address that it can neither read nor write */
	/* A copy to where it cannot write fails for the caller, not only for the client. */
	bool copyout_faults;
	/* How often that signal (NetBSD's number) has come to it; NULL: it cannot tell. */
	int (*signals)(int netbsd_signal);
};

struct conf_host {
	/*
	 * Called for each check. section: the suite's file; says: what the check holds the host to,
	 * ending with the section of rumpuser(3) in parentheses; why: what was wrong, or why it was
	 * skipped; NULL when passed. The harness prints "PASS section: says", "FAIL section: says:
	 * why".
	 */
	void (*report)(enum conf_verdict verdict, const char *section, const char *says,
		       const char *why);

	/* Only the section with this name is run. NULL: all but "pci", which needs devices (pci.c).
	 */
	const char *only;

	/* Files. Paths in the host's name space. */
	const char *file_new;	 /* nothing has it; a file can be made there, and grows by writes */
	const char *file_old;	 /* a regular file that may be overwritten */
	uint64_t file_len_bytes; /* of file_old: at least CONF_FILE_MIN, a multiple of 512 */
	const char *file_missing;		    /* nothing has it */
	const char *path_dir, *path_blk, *path_chr; /* of these types */
	uint64_t blk_len_bytes;			    /* of path_blk */
	/* Reading 512 bytes at faulty_off of that file fails, with that NetBSD errno. */
	const char *path_faulty;
	int64_t faulty_off;
	int faulty_error;
	/* How many requests of rumpuser_bio the host must be able to have in flight: at least 2. */
	unsigned bio_parallel;

	/* Memory. More than memory_steps allocations of memory_step_bytes are more than there is.
	 */
	size_t memory_step_bytes;
	unsigned memory_steps;
	bool memory_exec; /* memory may be executable */
	bool memory_hint; /* a free range that is wished for is given */

	/* Parameters. */
	const char *ncpu, *hostname;	      /* what the two mandatory ones must say */
	const char *param_name, *param_value; /* another, which was set for the suite */

	/* Threads: a woken thread of higher priority runs before a woken one of lower. */
	bool priorities;
	/* How many CPUs threads can be bound to, and the one of the calling thread, from 0; -1: any
	 * of them. */
	unsigned cpus;
	int (*thread_cpu)(void);
	/* How urgently the calling thread runs: more is more. NULL: priorities are not granted, or
	 * it cannot be told. */
	int (*thread_urgency)(void);

	/* Two files that can be buses in shared memory. */
	const char *bus[2];

	/*
	 * For how many seconds of the monotonic clock the stress part goes on, on 1, 2 and 4
	 * virtual CPUs each. 0: it is left out.
	 */
	unsigned stress_seconds;

	/*
	 * Run fn(arg), which does not return, in a process (or component) of its own that is as the
	 * caller's was before conf_run; wait for its end. See CONF_PANICKED.
	 */
	int (*in_child)(void (*fn)(int arg), int arg);
	/* Run fn and give what came on the console meanwhile: bytes in buf, not terminated. */
	size_t (*console)(void (*fn)(void), char *buf, size_t len_bytes);
	/* How often that signal has come to the host's process; after rumpuser_kill. */
	int (*signals)(int netbsd_signal);
	/* The calling thread's errno, as rumpuser_seterrno sets it. */
	int (*errno_get)(void);
	/* Set the host's wall clock by so many seconds, or make the host's code believe so. */
	void (*wall_step)(int64_t sec);
	/*
	 * Have a client make a system call, and run serve in the thread of the host that has the
	 * call in hand, as hyp_syscall would; false: no client came.
	 */
	bool (*as_client)(void (*serve)(const struct conf_client *client));
	/* Three errors of the host, and NetBSD's numbers of them (rumpuser_component_errtrans). */
	struct {
		int host, netbsd;
	} errors[3];
};

/* Run it all; how many checks failed. */
unsigned conf_run(const struct conf_host *host);

/*
 * What the suite's hyp_syscall upcall calls, for a harness whose clients' calls arrive there: set
 * it before the client calls. It runs with a virtual CPU and an lwp. NULL: the call fails (ENOSYS).
 */
typedef int (*conf_syscall_fn)(int num, void *args, long *retval);
extern _Atomic(conf_syscall_fn) conf_on_syscall;
/* What the last hyp_lwproc_rfork upcall was given as client; NULL: none yet. */
void *conf_last_client(void);

#endif
