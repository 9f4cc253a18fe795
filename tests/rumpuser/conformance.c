/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harness of the conformance suite over the COS host: a component that ends the system with
 * status 0 if no check failed. The suite is its rump kernel. It has a client (visitor.c). The
 * client's calls come through the interface storage, and wait here until the suite wants one.
 */
#include <cos/core.h>
#include <cos/abi.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include <console/console.h>
#include <reboot/system.h>
#include <rump/errno.h>
#include <sched/sched.h>
#include <storage/storage.h>

#include "cos_cases.h"
#include "rumpuser/cos/errno.h"
#include "rumpuser/cos/hyp.h"
#include "component/sysproxy/server.h"
#include "rumpuser/cos/signal.h"
#include "rumpuser_component.h"
#include "visitor.h"

#define SIGNALS 64

long component_init(void);
int __popcountdi2(unsigned long value);

/* gcc calls this for a population count; elsewhere its own library has it. */
int __popcountdi2(unsigned long value)
{
	int count = 0;

	for (; value; value &= value - 1)
		count++;
	return count;
}

static void report(enum conf_verdict verdict, const char *section, const char *says,
		   const char *why)
{
	static const char *const words[] = {"PASS", "FAIL", "SKIP"};

	cos_log("%s %s: %s%s%s\n", words[verdict], section, says, why ? ": " : "", why ? why : "");
}

/* The console: what this component logs, redirected to a buffer. */

static struct cos_mutex capture_mutex;
static char *capture;
static size_t capture_len, capture_room;

void cos_log_write(const char *text, size_t len)
{
	cos_mutex_lock(&capture_mutex);
	if (capture) {
		size_t part = len < capture_room - capture_len ? len : capture_room - capture_len;

		memcpy(capture + capture_len, text, part);
		capture_len += part;
		len = 0;
	}
	cos_mutex_unlock(&capture_mutex);
	for (size_t part; len > 0; text += part, len -= part) {
		unsigned long word[4] = {0};

		part = len < sizeof(word) ? len : sizeof(word);
		memcpy(word, text, part);
		console_log(part, word[0], word[1], word[2], word[3]);
	}
}

static void capture_set(char *buf, size_t len)
{
	cos_mutex_lock(&capture_mutex);
	capture = buf;
	capture_room = len;
	if (buf)
		capture_len = 0;
	cos_mutex_unlock(&capture_mutex);
}

static size_t console(void (*fn)(void), char *buf, size_t len)
{
	capture_set(buf, len);
	fn();
	capture_set(NULL, 0);
	return capture_len;
}

/* Signals for this component. */

static _Atomic int signal_counts[SIGNALS];

bool component_signal(int netbsd_signal)
{
	signal_counts[netbsd_signal]++;
	return true;
}

static int signals(int netbsd_signal)
{
	return signal_counts[netbsd_signal];
}

/* The client. */

static struct cos_sem visit_wanted, visit_over;
static void (*visit_serve)(const struct conf_client *client);
static const _Atomic int *visitor_signals;

static int client_signals(int netbsd_signal)
{
	return visitor_signals[netbsd_signal];
}

static int on_syscall(int num, void *args, long *retval)
{
	const unsigned long *a = args;
	struct conf_client client = {.client = conf_last_client(),
				     .uaddr = (void *)a[0],
				     .len_bytes = a[1],
				     .bad = (void *)a[2],
				     .signals = client_signals};

	visitor_signals = (const _Atomic int *)a[3];
	*retval = num;
	visit_serve(&client);
	return 0;
}

struct cos_pair storage_syscall(long num, unsigned long a0, unsigned long a1, unsigned long a2,
				unsigned long a3, unsigned long a4)
{
	struct cos_pair result;

	cos_sem_wait(&visit_wanted, 0);
	result = server_syscall(num, a0, a1, a2, a3, a4);
	cos_sem_post(&visit_over);
	return result;
}

long storage_signal(unsigned long deadline_ns)
{
	return server_signal(deadline_ns);
}

static bool as_client(void (*serve)(const struct conf_client *client))
{
	void *cookie = rumpuser_component_unschedule();

	visit_serve = serve;
	conf_on_syscall = on_syscall;
	cos_sem_post(&visit_wanted);
	cos_sem_wait(&visit_over, 0);
	rumpuser_component_schedule(cookie);
	return true;
}

static unsigned number(const char *name)
{
	const char *value = cos_param(name);
	unsigned n = 0;

	for (; value && *value >= '0' && *value <= '9'; value++)
		n = 10 * n + (unsigned)(*value - '0');
	return n;
}

static int thread_cpu(void)
{
	return hyp_thread_core() < 0 ? -1 : (int)cos_core();
}

static long own_cases_run(void)
{
	long failed = 0;

	for (size_t i = 0; i < cos_ncases; i++) {
		const char *wrong = cos_cases[i].run();

		report(wrong ? CONF_FAIL : CONF_PASS, "cos", cos_cases[i].says, wrong);
		failed += wrong != NULL;
	}
	return failed;
}

static void run(void *arg)
{
	const char *only = cos_param("ONLY");
	struct conf_host host = {
		.report = report,
		.only = *only ? only : NULL,
		.file_new = "ram:new",
		.file_old = "old",
		.file_len_bytes = 512 << 10,
		.file_missing = "missing",
		.path_blk = "block:faulty",
		.blk_len_bytes = FAULTYDISK_SECTORS * 512,
		.path_faulty = "block:faulty",
		.faulty_off = FAULTYDISK_BAD * 512,
		.faulty_error = RUMP_EIO,
		.bio_parallel = 8,
		/* More than the composition allows. */
		.memory_step_bytes = 1 << 20,
		.memory_steps = 64,
		.memory_exec = true,
		.memory_hint = true,
		.ncpu = cos_param("RUMP_NCPU"),
		.hostname = cos_param("RUMP_HOSTNAME"),
		.param_name = "RUMP_CONFORMANCE",
		.param_value = cos_param("RUMP_CONFORMANCE"),
		/*
		 * If they are woken from another core, the first may run before the second is
		 * woken.
		 */
		.priorities = cos_ncores() == 1,
		.cpus = cos_ncores(),
		.thread_cpu = thread_cpu,
		.bus = {"bus:first", "bus:second"},
		.stress_seconds = number("STRESS"),
		.console = console,
		.signals = signals,
		.errno_get = rumpuser_geterrno,
		.as_client = as_client,
		.errors = {{COS_EAGAIN, RUMP_EAGAIN},
			   {-COS_EBUSY, RUMP_EBUSY},
			   {COS_EREBOOT, RUMP_EIO}},
	};
	long failed = conf_run(&host);

	(void)arg;
	if (!host.only)
		failed += own_cases_run();
	cos_log("conformance: done\n");
	reboot_system(failed != 0);
}

long component_init(void)
{
	return cos_thread_create(run, NULL, SCHED_PRIO_SERVICE) < 0 ? -COS_ENOMEM : 0;
}
