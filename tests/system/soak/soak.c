/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak SECONDS: a mixed load for so long, in rounds. After each round the program executes itself
 * anew. What a round has left open or running is still there, and the next round looks for it.
 * Lines for tests/system/soak/soak.sh:
 *	soak: quiet		load from outside has to pause, while free memory is read
 *	soak: load		load from outside may go on
 *	soak: N s, ...		progress
 *	soak: FAIL ...		the end, with a fault
 *	soak: done ...		the end, without
 * Free memory is compared, within MARGIN_KIB, with what was free when a fifth of the time had
 * passed and all files were written.
 *
 * soak mortal SECONDS HOW: sleeps so long, takes memory, descriptors and threads, and ends: by
 * exit (0), or by signal HOW.
 *
 * With PLANT=leak (a descriptor stays open), PLANT=memory (less is free than should be) or
 * PLANT=damage (a byte of a file is another) in the environment it must fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define WORKERS 4
#define SLOTS 32 /* files of each worker; they live so many rounds */
#define FILE_MAX (256 << 10)
#define STREAM_LEN (256 << 10)
#define SHORT_THREADS 40
#define SIGNALS 50
#define MORTAL_MEMORY (8 << 20)
#define MARGIN_KIB 2048 /* free memory may be less by so much at the end */
#define QUIET_S 10
#define SETTLE_S 180 /* connections of TCP linger for two minutes (RFC 9293, 3.4.2) */
#define PROGRESS_S 10
#define WAIT_S 120
#define PORT 7000

static struct {
	long seconds, start_s, round, printed_s, base_kib, fetches;
} now;
static const char *plant;

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *format, ...)
{
	int e = errno;
	va_list args;

	printf("soak: FAIL round %ld: ", now.round);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(e ? " (%s)\n" : "\n", strerror(e));
	fflush(stdout);
	_exit(1);
}
#define MUST(e)                              \
	({                                   \
		__typeof__(e) result_ = (e); \
		if (result_ == -1)           \
			die("%s", #e);       \
		result_;                     \
	})
#define MUST0(e)                         \
	do {                             \
		int result_ = (e);       \
		if (result_ != 0) {      \
			errno = result_; \
			die("%s", #e);   \
		}                        \
	} while (0)

static long seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* xorshift64*: what a file or a stream of that seed has, and how long it is. */
static uint64_t next(uint64_t *x)
{
	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * 0x2545f4914f6cdd1dull;
}

static uint64_t seed_of(long kind, long worker, long round)
{
	uint64_t x = 0x9e3779b97f4a7c15ull ^ (uint64_t)kind << 48 ^ (uint64_t)worker << 40 ^
		     (uint64_t)round;

	next(&x);
	return x;
}

static void fill(uint64_t seed, void *to, size_t len)
{
	uint64_t word;

	for (size_t i = 0; i < len; i += sizeof(word)) {
		word = next(&seed);
		memcpy((char *)to + i, &word, len - i < sizeof(word) ? len - i : sizeof(word));
	}
}

/* FNV-1a */
static uint64_t sum(const unsigned char *data, size_t len)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < len; i++)
		h = (h ^ data[i]) * 0x100000001b3ull;
	return h;
}

static void write_all(int fd, const char *from, size_t len, size_t piece)
{
	while (len) {
		ssize_t n = MUST(write(fd, from, len < piece ? len : piece));

		from += n;
		len -= (size_t)n;
	}
}

static size_t read_all(int fd, char *to, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = MUST(read(fd, to + done, len - done));

		if (n == 0)
			break;
		done += (size_t)n;
	}
	return done;
}

static void compare(const char *what, uint64_t seed, const char *got, size_t got_len, size_t len)
{
	char *want = malloc(len);

	fill(seed, want, len);
	if (got_len != len || sum((unsigned char *)got, len) != sum((unsigned char *)want, len)) {
		errno = 0;
		die("%s: not what was written (%zu of %zu bytes)", what, got_len, len);
	}
	free(want);
}

/* A file that was written SLOTS rounds ago is read, goes, and is written anew under another name
 * first. */
static void files(long worker)
{
	char dir[64], path[96], temp[96], *data = malloc(FILE_MAX + 1);
	long slot = now.round % SLOTS;
	uint64_t seed = seed_of(1, worker, now.round - SLOTS);
	size_t len = seed % FILE_MAX;
	struct stat st;
	int fd;

	snprintf(dir, sizeof(dir), "/soak/%ld", worker);
	snprintf(path, sizeof(path), "%s/%ld", dir, slot);
	snprintf(temp, sizeof(temp), "%s/new", dir);
	if (mkdir(dir, 0755) != 0 && errno != EEXIST)
		die("mkdir %s", dir);
	if (now.round >= SLOTS) {
		fd = MUST(open(path, O_RDONLY));
		compare(path, seed, data, read_all(fd, data, FILE_MAX + 1), len);
		MUST(close(fd));
		if (now.round % 3 == 0)
			MUST(unlink(path));
	}
	seed = seed_of(1, worker, now.round);
	len = seed % FILE_MAX;
	fill(seed, data, len);
	if (plant && !strcmp(plant, "damage") && now.round == 0 && len)
		data[len / 2] ^= 1;
	fd = MUST(open(temp, O_RDWR | O_CREAT | O_TRUNC, 0644));
	write_all(fd, data, len, 512 + seed % 10000);
	if (now.round % 8 == 0)
		MUST(fsync(fd));
	MUST(fstat(fd, &st));
	MUST(rename(temp, path));
	MUST(lseek(fd, 0, SEEK_SET));
	if ((size_t)st.st_size != len || read_all(fd, data, FILE_MAX + 1) != len)
		die("%s: its size", path);
	MUST(close(fd));
	/* A directory and links that are gone again. */
	snprintf(temp, sizeof(temp), "%s/dir", dir);
	MUST(mkdir(temp, 0700));
	snprintf(temp, sizeof(temp), "%s/dir/link", dir);
	MUST(symlink("../none", temp));
	MUST(unlink(temp));
	MUST(link(path, temp));
	MUST(unlink(temp));
	snprintf(temp, sizeof(temp), "%s/dir", dir);
	MUST(rmdir(temp));
	free(data);
}

struct stream {
	int fd;
	uint64_t seed;
};

static void *stream_write(void *arg)
{
	struct stream *s = arg;
	char *data = malloc(STREAM_LEN);

	fill(s->seed, data, STREAM_LEN);
	write_all(s->fd, data, STREAM_LEN, 512 + s->seed % 20000);
	MUST(close(s->fd));
	free(data);
	return NULL;
}

static void stream(const char *what, int from, int to, uint64_t seed)
{
	struct stream s = {to, seed};
	char *data = malloc(STREAM_LEN + 1);
	pthread_t writer;

	MUST0(pthread_create(&writer, NULL, stream_write, &s));
	compare(what, seed, data, read_all(from, data, STREAM_LEN + 1), STREAM_LEN);
	MUST0(pthread_join(writer, NULL));
	MUST(close(from));
	free(data);
}

static void pipes(long worker)
{
	int fd[2];

	MUST(pipe(fd));
	stream("pipe", fd[0], fd[1], seed_of(2, worker, now.round));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	stream("socketpair", fd[0], fd[1], seed_of(3, worker, now.round));
}

static struct sockaddr_in address(unsigned port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void sockets(long worker)
{
	struct sockaddr_in a = address(PORT + (unsigned)worker);
	int listener = MUST(socket(AF_INET, SOCK_STREAM, 0)), client, server, one = 1;
	char datagram[1000], got[1000];

	MUST(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	MUST(bind(listener, (struct sockaddr *)&a, sizeof(a)));
	MUST(listen(listener, 4));
	client = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(client, (struct sockaddr *)&a, sizeof(a)));
	server = MUST(accept(listener, NULL, NULL));
	stream("TCP", server, client, seed_of(4, worker, now.round));
	MUST(close(listener));

	server = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(bind(server, (struct sockaddr *)&a, sizeof(a)));
	client = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(connect(client, (struct sockaddr *)&a, sizeof(a)));
	for (long i = 0; i < 10; i++) {
		fill(seed_of(5, worker, now.round + i), datagram, sizeof(datagram));
		MUST(send(client, datagram, sizeof(datagram), 0));
		if (MUST(recv(server, got, sizeof(got), 0)) != sizeof(got) ||
		    memcmp(datagram, got, sizeof(got)))
			die("datagram");
	}
	MUST(close(client));
	MUST(close(server));
}

/* The web server is another program, and has no way to say that it listens. */
static void server_await(void)
{
	struct sockaddr_in a = address(80);
	long until = seconds() + WAIT_S;
	int fd;

	for (;;) {
		fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
		if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
			break;
		if (seconds() > until)
			die("the web server does not listen");
		MUST(close(fd));
		usleep(100000);
	}
	MUST(close(fd));
}

/* From the web server beside us. */
static void fetch(void)
{
	static const char request[] = "GET /1k HTTP/1.0\r\n\r\n";
	struct sockaddr_in a = address(80);
	char answer[4096];
	size_t len;
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	MUST(connect(fd, (struct sockaddr *)&a, sizeof(a)));
	write_all(fd, request, sizeof(request) - 1, sizeof(request));
	len = read_all(fd, answer, sizeof(answer) - 1);
	answer[len] = 0;
	if (strncmp(answer, "HTTP/1.1 200", 12) != 0 || len < 1024 + 12 ||
	    strspn(answer + len - 1024, "x") != 1024)
		die("the web server's answer of %zu bytes", len);
	MUST(close(fd));
	now.fetches++;
}

static void *short_lived(void *arg)
{
	size_t len = 16 << 12;
	char *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < len; i += 4096)
		memory[i]++;
	MUST(munmap(memory, len));
	return arg;
}

static void threads(void)
{
	pthread_t thread[SHORT_THREADS];
	void *result;

	for (long i = 0; i < SHORT_THREADS; i++)
		MUST0(pthread_create(&thread[i], NULL, short_lived, (void *)i));
	for (long i = 0; i < SHORT_THREADS; i++) {
		MUST0(pthread_join(thread[i], &result));
		if (result != (void *)i)
			die("a thread's result");
	}
}

static sem_t signalled;

static void on_signal(int signal)
{
	(void)signal;
	sem_post(&signalled);
}

static void signal_await(const char *what)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_S;
	while (sem_timedwait(&signalled, &until) != 0)
		if (errno != EINTR)
			die("%s: no signal", what);
}

static void *signal_send(void *arg)
{
	for (unsigned i = 0; i < SIGNALS; i++) {
		MUST0(pthread_kill(*(pthread_t *)arg, SIGUSR1));
		signal_await("pthread_kill");
	}
	return NULL;
}

static void signals(void)
{
	const struct sigaction action = {.sa_handler = on_signal};
	const struct itimerval timer = {{0, 5000}, {0, 5000}}, none = {{0, 0}, {0, 0}};
	pthread_t self = pthread_self(), sender;

	MUST(sem_init(&signalled, 0, 0));
	MUST(sigaction(SIGUSR1, &action, NULL));
	MUST(sigaction(SIGALRM, &action, NULL));
	MUST0(pthread_create(&sender, NULL, signal_send, &self));
	MUST0(pthread_join(sender, NULL));
	MUST(setitimer(ITIMER_REAL, &timer, NULL));
	for (unsigned i = 0; i < 4; i++)
		signal_await("setitimer");
	MUST(setitimer(ITIMER_REAL, &none, NULL));
}

static void events(void)
{
	int epoll = MUST(epoll_create1(0)), event = MUST(eventfd(0, EFD_NONBLOCK));
	struct epoll_event e = {.events = EPOLLIN, .data.fd = event};
	uint64_t count = 7;

	MUST(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &e));
	if (MUST(epoll_wait(epoll, &e, 1, 0)) != 0)
		die("epoll_wait: an event that is none");
	MUST(write(event, &count, sizeof(count)));
	if (MUST(epoll_wait(epoll, &e, 1, WAIT_S * 1000)) != 1 || e.data.fd != event)
		die("epoll_wait: no event");
	MUST(read(event, &count, sizeof(count)));
	MUST(close(event));
	MUST(close(epoll));
}

static void *worker(void *arg)
{
	long n = (long)arg;

	files(n);
	pipes(n);
	sockets(n);
	events();
	return NULL;
}

static void round_do(void)
{
	pthread_t thread[WORKERS];

	for (long i = 0; i < WORKERS; i++)
		MUST0(pthread_create(&thread[i], NULL, worker, (void *)i));
	fetch();
	threads();
	for (long i = 0; i < WORKERS; i++)
		MUST0(pthread_join(thread[i], NULL));
	signals();
	if (plant && !strcmp(plant, "leak"))
		MUST(dup(0));
	if (plant && !strcmp(plant, "memory") && now.base_kib)
		now.base_kib += 4 * MARGIN_KIB;
}

/* What the round before this one has left in the process. */
static void leftovers(void)
{
	char line[128];
	FILE *status;
	long n = -1;

	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			die("descriptor %d is open", fd);
	status = fopen("/proc/self/status", "r");
	if (!status)
		die("/proc/self/status");
	while (fgets(line, sizeof(line), status))
		sscanf(line, "Threads: %ld", &n);
	fclose(status);
	if (n != 1)
		die("%ld threads", n);
}

static long free_kib(void)
{
	struct sysinfo info;

	MUST(sysinfo(&info));
	return (long)(info.freeram * info.mem_unit >> 10);
}

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fflush(stdout);
}

/* Free memory, when nothing goes on. */
static long quiet_kib(void)
{
	say("soak: quiet\n");
	sleep(QUIET_S);
	return free_kib();
}

static void finish(void)
{
	long until = seconds() + SETTLE_S, kib = quiet_kib();
	struct sysinfo info;

	errno = 0;
	if (now.base_kib == 0)
		die("too short: %ld rounds, memory is compared from %d on", now.round, SLOTS);
	while (kib < now.base_kib - MARGIN_KIB && seconds() < until) {
		sleep(1);
		kib = free_kib();
	}
	MUST(sysinfo(&info));
	say("soak: %ld KiB free, after the warm-up %ld; %u processes\n", kib, now.base_kib,
	    info.procs);
	errno = 0;
	if (kib < now.base_kib - MARGIN_KIB)
		die("memory: %ld KiB less than after the warm-up", now.base_kib - kib);
	if (info.procs != 2)
		die("%u processes, not the server and this one", info.procs);
	say("soak: done, %ld rounds, %ld fetches\n", now.round, now.fetches);
	_exit(0);
}

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void mortal(long delay, int how)
{
	struct sockaddr_in a = address(PORT + 100 + (unsigned)how);
	pthread_t thread;
	int fd[2];

	sleep((unsigned)delay);
	memset(mmap(NULL, MORTAL_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0),
	       1, MORTAL_MEMORY);
	for (unsigned i = 0; i < 10; i++) {
		MUST(pipe(fd));
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
		MUST(open("/1k", O_RDONLY | O_CREAT, 0644));
		MUST0(pthread_create(&thread, NULL, wait_for_ever, NULL));
	}
	fd[0] = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(bind(fd[0], (struct sockaddr *)&a, sizeof(a)));
	MUST(listen(fd[0], 4));
	fd[1] = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(fd[1], (struct sockaddr *)&a, sizeof(a)));
	if (how == 0)
		exit(0);
	if (how == SIGSEGV)
		*(volatile int *)8 = 1;
	kill(getpid(), how);
	pause();
}

/* What a thread had in its registers that was ended by a fault. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
	const ucontext_t *u = context;
	const long long *stack = (const long long *)u->uc_mcontext.gregs[REG_RSP];

	say("soak: FAIL round %ld: signal %d, address %p; registers as in ucontext.h:", now.round,
	    signal, info->si_addr);
	for (unsigned i = 0; i < NGREG; i++)
		say(" %llx", u->uc_mcontext.gregs[i]);
	say("; stack %llx %llx %llx %llx\n", stack[0], stack[1], stack[2], stack[3]);
	_exit(1);
}

int main(int argc, char **argv)
{
	char text[6][24];
	char *args[] = {argv[0], text[0], text[1], text[2], text[3], text[4], text[5], NULL};
	long *const field[] = {&now.seconds,   &now.start_s,  &now.round,
			       &now.printed_s, &now.base_kib, &now.fetches};
	const struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	extern char **environ;
	long spent;

	if (argc == 4 && !strcmp(argv[1], "mortal"))
		mortal(atol(argv[2]), atoi(argv[3]));
	MUST(sigaction(SIGSEGV, &fault, NULL));
	plant = getenv("PLANT");
	for (int i = 0; i < 6 && i + 1 < argc; i++)
		*field[i] = atol(argv[i + 1]);
	leftovers();
	if (now.start_s == 0) {
		server_await();
		now.start_s = now.printed_s = seconds();
	}
	round_do();
	now.round++;
	spent = seconds() - now.start_s;
	if (now.base_kib == 0 && now.round >= SLOTS && spent >= now.seconds / 5) {
		now.base_kib = quiet_kib();
		say("soak: load\n");
	}
	if (seconds() - now.printed_s >= PROGRESS_S) {
		now.printed_s = seconds();
		say("soak: %ld s, %ld rounds, %ld KiB free\n", spent, now.round, free_kib());
	}
	if (spent >= now.seconds)
		finish();
	for (int i = 0; i < 6; i++)
		snprintf(text[i], sizeof(text[i]), "%ld", *field[i]);
	execve("/proc/self/exe", args, environ);
	die("execve");
}
