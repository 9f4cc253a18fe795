/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conformance suite of rumpuser(3): one source for every host. It uses nothing but the
 * hypercalls, and is itself a rump kernel of a few lines: it supplies the upcalls, with virtual
 * CPUs that a thread really waits for, and checks how the host uses them. The invariants are those
 * of rumpuser.h.
 *
 * A harness supplies the program or component. It describes its host in struct conf_host and calls
 * conf_run from a thread of the host, before any other hypercall. No other code of the harness may
 * make hypercalls while the suite runs. The runner of the harness sets a limit, for a check that
 * waits for ever; report is called at the end of each check, so the check that hung is the next
 * one.
 *
 * NULL, false or 0 in struct conf_host means that the host lacks that feature. Checks that need it
 * are reported as skipped.
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

/* How fn ended (conf_host.in_child): the argument of rumpuser_exit (0 to 63), or one of these. */
#define CONF_PANICKED (-1)
#define CONF_UNKNOWN (-2)

/* A client in another protection domain, and memory of it. */
struct conf_client {
	void *client; /* for rumpuser_sp_* */
	void *uaddr;  /* len_bytes (at least 8 KiB) that it can read and write */
	size_t len_bytes;
	void *bad; /* an address that it can neither read nor write */
	/*
	 * A copy to memory that it cannot write fails for the caller, and not only for the client.
	 */
	bool copyout_faults;
	/* How often the client got that signal (NetBSD's number); NULL: it cannot tell. */
	int (*signals)(int netbsd_signal);
};

struct conf_host {
	/*
	 * Called for each check. section: the file of the suite; says: what the check requires of
	 * the host, ending with the section of rumpuser(3) in parentheses; why: what was wrong, or
	 * why it was skipped; NULL if it passed. The harness prints "PASS section: says" or "FAIL
	 * section: says: why".
	 */
	void (*report)(enum conf_verdict verdict, const char *section, const char *says,
		       const char *why);

	/* Run only the section with this name. NULL: all but "pci", which needs devices (pci.c). */
	const char *only;

	/* Files. Paths in the host's name space. */
	const char *file_new;	  /* does not exist; can be created, and grows by writes */
	const char *file_old;	  /* a regular file that may be overwritten */
	uint64_t file_len_bytes;  /* of file_old: at least CONF_FILE_MIN, a multiple of 512 */
	const char *file_missing; /* does not exist */
	const char *path_dir, *path_blk, *path_chr; /* of these types */
	uint64_t blk_len_bytes;			    /* of path_blk */
	/* Reading 512 bytes at faulty_off of this file fails with faulty_errno. */
	const char *path_faulty;
	int64_t faulty_off;
	int faulty_error;
	/* How many requests of rumpuser_bio the host must be able to have in flight: at least 2. */
	unsigned bio_parallel;

	/* Memory. memory_steps allocations of memory_step_bytes exceed what there is. */
	size_t memory_step_bytes;
	unsigned memory_steps;
	bool memory_exec; /* executable memory is possible */
	bool memory_hint; /* a free range that is wanted is granted */

	/* Parameters. */
	const char *ncpu, *hostname;	      /* the values that the mandatory two must have */
	const char *param_name, *param_value; /* another, set for the suite */

	/* Threads: a woken thread of higher priority runs before a woken one of lower. */
	bool priorities;
	/*
	 * How many CPUs threads can be bound to, and which one the calling thread has, from 0; -1:
	 * any of them.
	 */
	unsigned cpus;
	int (*thread_cpu)(void);
	/*
	 * How urgent the calling thread is: a higher number is more urgent. NULL: priorities are
	 * not granted, or not visible.
	 */
	int (*thread_urgency)(void);

	/* Two files that can be buses in shared memory. */
	const char *bus[2];

	/*
	 * How many seconds of the monotonic clock the stress part lasts, on 1, 2 and 4 virtual CPUs
	 * each. 0: it is left out.
	 */
	unsigned stress_seconds;

	/*
	 * Run fn(arg), which does not return, in a process or component of its own, in the state
	 * that the caller had before conf_run; wait for its end. See CONF_PANICKED.
	 */
	int (*in_child)(void (*fn)(int arg), int arg);
	/* Run fn and return its console output: bytes in buf, not terminated. */
	size_t (*console)(void (*fn)(void), char *buf, size_t len_bytes);
	/* How often that signal has come to the host's process, after rumpuser_kill. */
	int (*signals)(int netbsd_signal);
	/* The calling thread's errno, as rumpuser_seterrno set it. */
	int (*errno_get)(void);
	/* Step the host's wall clock by sec seconds, or make the host's code believe so. */
	void (*wall_step)(int64_t sec);
	/*
	 * Have a client make a system call, and run serve in the host's thread that handles the
	 * call, as hyp_syscall would. false: no client came.
	 */
	bool (*as_client)(void (*serve)(const struct conf_client *client));
	/* Three errors of the host, and NetBSD's numbers for them (rumpuser_component_errtrans). */
	struct {
		int host, netbsd;
	} errors[3];
};

/* Run the suite. Returns how many checks failed. */
unsigned conf_run(const struct conf_host *host);

/*
 * Called by the suite's hyp_syscall upcall, for a harness with clients that call there; to be set
 * before the client calls. Runs with a virtual CPU and an lwp. NULL: the call fails (ENOSYS).
 */
typedef int (*conf_syscall_fn)(int num, void *args, long *retval);
extern _Atomic(conf_syscall_fn) conf_on_syscall;
/* The client that the last hyp_lwproc_rfork upcall was given; NULL: none yet. */
void *conf_last_client(void);

#endif
