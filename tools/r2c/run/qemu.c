/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU: its arguments, what is checked before it is started, and starting it. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compose/composition.h"
#include "qemu.h"
#include "qemu_devices.h"
#include "report.h"

#define QEMU "qemu-system-x86_64"

void qemu_argument(struct arguments *a, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	pool_push(a->pool, a->argv, a->n) = pool_vprintf(a->pool, format, ap);
	va_end(ap);
}

/* A comma in a value of QEMU's is written twice. */
const char *qemu_escaped(struct pool *pool, const char *text)
{
	struct buffer out = {0};

	buffer_add(&out, "", 0);
	for (; *text; text++)
		buffer_add(&out, *text == ',' ? ",," : text, *text == ',' ? 2 : 1);
	const char *copy = pool_strdup(pool, out.data);
	buffer_free(&out);
	return copy;
}

char **qemu_arguments(struct pool *pool, const struct qemu_config *config, bool kvm, int log_fd,
		      int frames_fd)
{
	struct arguments a = {.pool = pool};

	qemu_argument(&a, QEMU);
	qemu_argument(&a, "-nodefaults");
	qemu_argument(&a, "-no-user-config");
	qemu_argument(&a, "-no-reboot");
	qemu_argument(&a, "-display");
	qemu_argument(&a, "none");
	qemu_argument(&a, "-machine");
	qemu_argument(&a, config->memory ? "q35,memory-backend=ram" : "q35");
	if (config->memory) {
		qemu_argument(&a, "-object");
		qemu_argument(&a, "memory-backend-file,id=ram,share=on,size=%lluK,mem-path=%s",
			      (unsigned long long)(config->memory_bytes >> 10),
			      qemu_escaped(pool, config->memory));
	}
	qemu_argument(&a, "-accel");
	qemu_argument(&a, kvm ? "kvm" : "tcg");
	qemu_argument(&a, "-cpu");
	qemu_argument(&a, kvm ? "host" : "max");
	qemu_argument(&a, "-m");
	qemu_argument(&a, "%lluK", (unsigned long long)(config->memory_bytes >> 10));
	qemu_argument(&a, "-smp");
	/*
	 * With room for one CPU only, the emulator (before 8.1) leaves memory barriers out, as if
	 * its devices did not run beside the CPU: notifications are lost.
	 */
	qemu_argument(&a, "%ld,maxcpus=%ld", config->cpus, config->cpus > 1 ? config->cpus : 2);
	qemu_argument(&a, "-device");
	qemu_argument(&a, "isa-debug-exit,iobase=0xf4,iosize=0x04");
	qemu_argument(&a, "-chardev");
	qemu_argument(&a, "socket,id=log,fd=%d", log_fd);
	qemu_argument(&a, "-serial");
	qemu_argument(&a, "chardev:log");
	qemu_argument(&a, "-chardev");
	qemu_argument(&a, "socket,id=frames,fd=%d", frames_fd);
	qemu_argument(&a, "-serial");
	qemu_argument(&a, "chardev:frames");
	if (config->iommu) { /* before the devices that are to find it */
		qemu_argument(&a, "-device");
		qemu_argument(&a, "intel-iommu");
	}
	qemu_devices(&a, config);
	if (config->gdb) {
		qemu_argument(&a, "-gdb");
		qemu_argument(&a, "tcp:127.0.0.1:%s", config->gdb);
		qemu_argument(&a, "-S");
	}
	for (size_t i = 0; i < config->nextra; i++)
		qemu_argument(&a, "%s", config->extra[i]);
	qemu_argument(&a, config->cdrom ? "-cdrom" : "-kernel");
	qemu_argument(&a, "%s", config->cdrom ? config->cdrom : config->kernel);
	pool_push(pool, a.argv, a.n) = NULL;
	return a.argv;
}

static bool port_check(unsigned host, const char *use, const char *what)
{
	int on = 1;
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)host),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true; /* QEMU will say what is wrong */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bool ok = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 1) == 0;
	int error = errno;
	close(fd);
	if (ok)
		return true;
	if (error == EADDRINUSE)
		report("port %u of this host is in use already (%s %s)", host, use, what);
	else
		report("cannot use port %u of this host (%s %s): %s", host, use, what,
		       strerror(error));
	return false;
}

static bool counts_instructions(const struct qemu_config *config)
{
	for (size_t i = 0; i < config->nextra; i++)
		if (!strcmp(config->extra[i], "-icount"))
			return true;
	return false;
}

bool qemu_check(const struct qemu_config *config)
{
	if (config->accel == QEMU_KVM && counts_instructions(config)) {
		report("--accel kvm: instructions are counted by emulation only (--icount)");
		return false;
	}
	if (config->accel == QEMU_KVM && access("/dev/kvm", R_OK | W_OK) < 0) {
		report("--accel kvm: /dev/kvm: %s", strerror(errno));
		return false;
	}
	for (size_t i = 0; i < config->ndisks; i++) {
		int fd = open(config->disk[i].path, O_RDWR | O_CLOEXEC);
		if (fd < 0) {
			report("disk %s: %s", config->disk[i].path, strerror(errno));
			return false;
		}
		close(fd);
	}
	for (size_t i = 0; i < config->nforwards; i++) {
		unsigned host = 0, guest = 0;
		forward_parse(config->forward[i], &host, &guest);
		if (!port_check(host, "forwarding", config->forward[i]))
			return false;
	}
	if (config->gdb &&
	    !port_check((unsigned)strtoul(config->gdb, NULL, 10), "--gdb", config->gdb))
		return false;
	return true;
}

/* In the child: becomes QEMU or returns with errno. */
static void qemu_exec(char **argv, pid_t parent, int errors)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0); /* Ctrl-C is for the program, not for QEMU */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return;
	if (getppid() != parent)
		_exit(STATUS_SYSTEM_FAILED);
	int null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, 0) < 0 || dup2(errors, 1) < 0 || dup2(errors, 2) < 0)
		return;
	execvp(argv[0], argv);
}

/* Wait until the child has become QEMU: 0, or the errno with which it could not. */
static int exec_wait(int status_fd)
{
	int error = 0;
	ssize_t n;

	do
		n = read(status_fd, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? error : 0;
}

/*
 * Whether this processor virtualizes in hardware. A KVM on one that does not runs a guest's kernel
 * at user level, which an operating system has to be written for (PVM).
 */
static bool hardware_virtualizes(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	if (!file)
		return false;
	while (!found && getline(&line, &size, file) > 0)
		found = !strncmp(line, "flags", 5) &&
			(strstr(line, " vmx") || strstr(line, " svm"));
	free(line);
	fclose(file);
	return found;
}

static bool kvm_chosen(const struct qemu_config *config)
{
	if (config->accel != QEMU_AUTO)
		return config->accel == QEMU_KVM;
	return !counts_instructions(config) && access("/dev/kvm", R_OK | W_OK) == 0 &&
	       hardware_virtualizes();
}

bool qemu_start(struct qemu *qemu, const struct qemu_config *config)
{
	struct pool pool = {0};
	int log[2], frames[2], errors[2], status[2];
	bool kvm = kvm_chosen(config);
	pid_t parent = getpid();

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, log) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, frames) < 0 ||
	    pipe2(errors, O_CLOEXEC) < 0 || pipe2(status, O_CLOEXEC) < 0) {
		report("cannot start QEMU: %s", strerror(errno));
		return false;
	}
	char **argv = qemu_arguments(&pool, config, kvm, log[1], frames[1]);
	qemu->pid = fork();
	if (qemu->pid == 0) {
		fcntl(log[1], F_SETFD, 0);
		fcntl(frames[1], F_SETFD, 0);
		qemu_exec(argv, parent, errors[1]);
		int error = errno;
		if (write(status[1], &error, sizeof(error)) < 0)
			_exit(STATUS_SYSTEM_FAILED);
		_exit(STATUS_NOT_FOUND);
	}
	int error = qemu->pid < 0 ? errno : 0;
	close(log[1]);
	close(frames[1]);
	close(errors[1]);
	close(status[1]);
	qemu->log = log[0];
	qemu->frames = frames[0];
	qemu->errors = errors[0];
	if (!error && (error = exec_wait(status[0])))
		waitpid(qemu->pid, NULL, 0);
	close(status[0]);
	pool_free(&pool);
	if (!error)
		return true;
	if (error == ENOENT)
		report("cannot start QEMU: no %s in PATH (Debian package qemu-system-x86)", QEMU);
	else
		report("cannot start QEMU: %s", strerror(error));
	qemu_close(qemu);
	return false;
}

void qemu_close(struct qemu *qemu)
{
	close(qemu->log);
	close(qemu->frames);
	close(qemu->errors);
}
