/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harness of the conformance suite over the POSIX host: what a process offers, and how it ends.
 * CONF_ONLY=SECTION runs one section; CONF_STRESS=N makes the stress part last N seconds on each
 * number of virtual CPUs.
 *
 * Processes that are to end are forked by a process that was itself forked before there was any
 * thread (server). It is asked through a socket.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <rump/errno.h>

#include "conformance.h"
#include "proxy_client.h"
#include "rumpuser.h"

/* A minute in all where races are looked for. */
#ifdef __SANITIZE_THREAD__
#define STRESS_S 20
#else
#define STRESS_S 2
#endif
/* A check that takes longer hangs. No check takes as long under a sanitizer. */
#define CHECK_LIMIT_S 200
#define FILE_LEN (512ul << 10)

const char *__asan_default_options(void)
{
	/* As malloc behaves without a sanitizer: the suite asks for more than there is. */
	return "allocator_may_return_null=1:max_allocation_size_mb=4096";
}

const char *__tsan_default_options(void)
{
	return "allocator_may_return_null=1:max_allocation_size_mb=4096:halt_on_error=1";
}

static _Atomic unsigned reports;
static unsigned check_seconds; /* the limit of a check that is to take its time */
static _Atomic(const char *) last_says = "";

static void report(enum conf_verdict verdict, const char *section, const char *says,
		   const char *why)
{
	static const char *const words[] = {"PASS", "FAIL", "SKIP"};

	printf("%s %s: %s%s%s\n", words[verdict], section, says, why != NULL ? ": " : "",
	       why != NULL ? why : "");
	fflush(stdout);
	last_says = says;
	reports++;
}

static void *watch(void *arg)
{
	unsigned seen = reports, idle = 0;

	for (;;) {
		sleep(1);
		idle = reports == seen ? idle + 1 : 0;
		seen = reports;
		if (idle == CHECK_LIMIT_S + check_seconds) {
			printf("FAIL %s: the check after \"%s\" did not end\n", (char *)arg,
			       last_says);
			fflush(stdout);
			_exit(1);
		}
	}
	return NULL;
}

/* Processes. */

struct job {
	void (*fn)(int);
	int arg;
};

static int server_fd = -1;

static void serve(int fd)
{
	struct job job;
	int status, answer;

	while (recv(fd, &job, sizeof(job), 0) == (ssize_t)sizeof(job)) {
		pid_t pid = fork();

		if (pid == 0) {
			struct rlimit none = {0, 0};

			setrlimit(RLIMIT_CORE, &none);
			close(fd);
			/* Its last output is not this test's. */
			if (!freopen("/dev/null", "w", stderr) ||
			    !freopen("/dev/null", "w", stdout))
				_exit(201);
			signal(SIGABRT, SIG_DFL);
			job.fn(job.arg);
			_exit(200);
		}
		answer = CONF_UNKNOWN;
		if (pid > 0 && waitpid(pid, &status, 0) == pid) {
			if (WIFEXITED(status))
				answer = WEXITSTATUS(status);
			else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
				answer = CONF_PANICKED;
		}
		send(fd, &answer, sizeof(answer), 0);
	}
	_exit(0);
}

static bool server_start(void)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) != 0)
		return false;
	fflush(NULL);
	if (fork() == 0) {
		close(fds[0]);
		serve(fds[1]);
	}
	close(fds[1]);
	server_fd = fds[0];
	return true;
}

static int in_child(void (*fn)(int), int arg)
{
	struct job job = {fn, arg};
	int answer = CONF_UNKNOWN;

	if (send(server_fd, &job, sizeof(job), 0) < 0 ||
	    recv(server_fd, &answer, sizeof(answer), 0) != (ssize_t)sizeof(answer))
		return CONF_UNKNOWN;
	return answer;
}

/*
 * A client of the system-call proxy: a process that makes one system call, with the place of its
 * memory as arguments. The suite's checks run inside that call, in a thread of the server.
 */
#define CLIENT_CALL 777
#define CLIENT_MEM 16384

static char socket_path[100]; /* set before the server process is forked: the client uses it too */
static _Atomic int *client_raised;
typedef void (*serve_fn)(const struct conf_client *);
static _Atomic(serve_fn) client_serve;
static _Atomic bool client_served;

static void client_run(int arg)
{
	static char mem[CLIENT_MEM] __attribute__((aligned(4096)));
	struct proxy p = {.mem = mem, .mem_len = sizeof(mem), .raised = client_raised};
	int64_t args[2] = {(intptr_t)mem, sizeof(mem)};

	(void)arg;
	if (!proxy_connect(&p, socket_path) || proxy_hello(&p, "conformance") != 0)
		_exit(1);
	_exit(proxy_syscall(&p, CLIENT_CALL, args, 2, NULL) == 0 ? 0 : 2);
}

static int client_signals(int netbsd_signal)
{
	return client_raised[netbsd_signal];
}

static int client_call(int num, void *args, long *retval)
{
	const int64_t *a = args;
	struct conf_client c = {
		.client = conf_last_client(),
		.uaddr = (void *)a[0],
		.len_bytes = (size_t)a[1],
		.bad = (void *)0x7000,
		.signals = client_signals,
	};

	serve_fn serve;

	(void)retval;
	if (num != CLIENT_CALL)
		return RUMP_ENOSYS;
	serve = client_serve;
	serve(&c);
	client_served = true;
	return 0;
}

static bool as_client(void (*fn)(const struct conf_client *))
{
	static bool listening;
	char url[128];

	snprintf(url, sizeof(url), "unix://%s", socket_path);
	if (!listening && rumpuser_sp_init(url, "NetBSD", "7.99", "amd64") != 0)
		return false;
	listening = true;
	client_serve = fn;
	client_served = false;
	conf_on_syscall = client_call;
	return in_child(client_run, 0) == 0 && client_served;
}

/* The console: standard output and error, redirected to one file. */
static size_t console(void (*fn)(void), char *buf, size_t len)
{
	FILE *f = tmpfile();
	int out = dup(1), err = dup(2);
	ssize_t n;

	fflush(NULL);
	dup2(fileno(f), 1);
	dup2(fileno(f), 2);
	fn();
	fflush(NULL);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	n = pread(fileno(f), buf, len, 0);
	fclose(f);
	return n < 0 ? 0 : (size_t)n;
}

/* The host's signals by NetBSD's numbers (sys/signal.h); 0: none, or not to be handled. */
static const int host_signals[32] = {
	[1] = SIGHUP,	[2] = SIGINT,	 [3] = SIGQUIT,	 [10] = SIGBUS,	 [12] = SIGSYS,
	[13] = SIGPIPE, [14] = SIGALRM,	 [15] = SIGTERM, [16] = SIGURG,	 [19] = SIGCONT,
	[20] = SIGCHLD, [23] = SIGIO,	 [24] = SIGXCPU, [25] = SIGXFSZ, [26] = SIGVTALRM,
	[27] = SIGPROF, [28] = SIGWINCH, [30] = SIGUSR1, [31] = SIGUSR2,
};
static _Atomic int signal_counts[NSIG];

static void signal_count(int sig)
{
	signal_counts[sig]++;
}

static void signals_handle(void)
{
	struct sigaction sa = {.sa_handler = signal_count, .sa_flags = SA_RESTART};

	for (unsigned i = 0; i < 32; i++)
		if (host_signals[i] != 0)
			sigaction(host_signals[i], &sa, NULL);
}

static int signals(int netbsd_signal)
{
	return signal_counts[host_signals[netbsd_signal]];
}

static int errno_get(void)
{
	return errno;
}

/* The wall clock as the hypercalls see it: the linker redirects their clock_gettime to here. */
static _Atomic int64_t wall_off;
int __real_clock_gettime(clockid_t clock, struct timespec *ts);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	int rv = __real_clock_gettime(clock, ts);

	if (rv == 0 && clock == CLOCK_REALTIME)
		ts->tv_sec += wall_off;
	return rv;
}

static void wall_step(int64_t sec)
{
	wall_off += sec;
}

/* The CPUs of threads, among those of the process at its start, and their nice values. */

static cpu_set_t cpus;

static int thread_cpu(void)
{
	cpu_set_t own;
	int n = 0;

	if (sched_getaffinity(0, sizeof(own), &own) != 0)
		return -2;
	if (CPU_EQUAL(&own, &cpus))
		return -1;
	if (CPU_COUNT(&own) != 1)
		return -2;
	for (int cpu = 0; !CPU_ISSET(cpu, &own); cpu++)
		n += CPU_ISSET(cpu, &cpus);
	return n;
}

static int thread_urgency(void)
{
	return -getpriority(PRIO_PROCESS, 0);
}

static bool priorities_granted(void)
{
	int usual = getpriority(PRIO_PROCESS, 0);
	bool granted = setpriority(PRIO_PROCESS, 0, usual - 10) == 0;

	setpriority(PRIO_PROCESS, 0, usual);
	return granted && usual - 10 >= -20;
}

/* Any block device that can be opened here. */
static bool block_device(char *path, size_t len, uint64_t *size)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *d;
	bool found = false;

	while (dir != NULL && !found && (d = readdir(dir)) != NULL) {
		int fd;

		snprintf(path, len, "/dev/%s", d->d_name);
		fd = d->d_name[0] == '.' ? -1 : open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		found = ioctl(fd, BLKGETSIZE64, size) == 0 && *size > 0;
		close(fd);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static bool file_make(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);
	bool made = fd >= 0 && ftruncate(fd, FILE_LEN) == 0;

	if (fd >= 0)
		close(fd);
	return made;
}

int main(void)
{
	char dir[] = "/tmp/rumpuserXXXXXX", new[64], old[64], missing[64], blk[300], bus[2][64];
	struct conf_host host = {
		.report = report,
		.only = getenv("CONF_ONLY"),
		.file_new = new,
		.file_old = old,
		.file_len_bytes = FILE_LEN,
		.file_missing = missing,
		.path_dir = dir,
		.path_chr = "/dev/null",
		.path_faulty = "/proc/self/mem",
		.faulty_error = RUMP_EIO,
		.bio_parallel = 4,
		/* More than an address space quickly; only the first bytes of it are touched. */
		.memory_step_bytes = 1ul << 45,
		.memory_steps = 4,
		.memory_exec = true,
		.memory_hint = true,
		.ncpu = "3",
		.param_name = "RUMP_CONFORMANCE",
		.param_value = "a value of its own",
		.thread_cpu = thread_cpu,
		.bus = {bus[0], bus[1]},
		.stress_seconds = STRESS_S,
		.in_child = in_child,
		.console = console,
		.signals = signals,
		.errno_get = errno_get,
		.wall_step = wall_step,
		.as_client = as_client,
		.errors = {{EAGAIN, RUMP_EAGAIN}, {ENOTEMPTY, RUMP_ENOTEMPTY}, {ELOOP, RUMP_ELOOP}},
	};
	const char *stress = getenv("CONF_STRESS");
	pthread_t watcher;
	unsigned failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(socket_path, sizeof(socket_path), "%s/socket", dir);
	client_raised = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (client_raised == MAP_FAILED || !server_start())
		return 1;
	snprintf(new, sizeof(new), "%s/new", dir);
	snprintf(old, sizeof(old), "%s/old", dir);
	snprintf(missing, sizeof(missing), "%s/missing", dir);
	snprintf(bus[0], sizeof(bus[0]), "%s/bus0", dir);
	snprintf(bus[1], sizeof(bus[1]), "%s/bus1", dir);
	if (!file_make(old))
		return 1;
	if (block_device(blk, sizeof(blk), &host.blk_len_bytes))
		host.path_blk = blk;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		host.cpus = (unsigned)CPU_COUNT(&cpus);
	if (priorities_granted())
		host.thread_urgency = thread_urgency;
	if (stress != NULL)
		host.stress_seconds = check_seconds = (unsigned)atoi(stress);
	setenv("RUMP_NCPU", host.ncpu, 1);
	setenv(host.param_name, host.param_value, 1);
	signals_handle();
	if (pthread_create(&watcher, NULL, watch, "conformance") != 0)
		return 1;
	failed = conf_run(&host);
	rumpuser_sp_fini(NULL);
	unlink(new);
	unlink(old);
	unlink(bus[0]);
	unlink(bus[1]);
	rmdir(dir);
	fflush(stdout);
	return failed != 0;
}
