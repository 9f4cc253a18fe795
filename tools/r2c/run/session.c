/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session is one loop around poll (session_step) over: the log line and the frames of the guest,
 * QEMU's stderr, r2c's stdin, the streams that r2c writes, and signals as a descriptor.
 *
 * S1  A source is read only while nothing of it waits to be written: frames while stdout and stderr
 *     are not busy, the log while its copies are not, stdin while the frames to the guest are not.
 *     So memory is bounded, and a slow reader slows the guest down instead of losing output.
 * S2  `window` bytes of input may be sent: 0 before WIRE_HELLO, then WIRE_WINDOW less what was sent
 *     and is not acknowledged. An acknowledgement of more than was sent ends the session.
 * S3  The first cause of the end counts: `program` (WIRE_EXIT) and `forced` (r2c ended the run) are
 *     set once, and forced not after program. A panic of the kernel overrides program
 *     (session_status).
 * S4  QEMU is waited for once (`reaped`), and is sent no signal afterwards.
 * S5  The session lasts until QEMU is reaped and all that it sent has been written (session_ended).
 *     After SIGKILL of a forced end, what was not written is dropped.
 *
 * States: starting --WIRE_HELLO--> running --WIRE_EXIT--> ending --QEMU's end--> over. From each of
 * them force() and fail() lead to ending: SIGTERM, and at the deadline KILL SIGKILL (qemu_end). The
 * deadlines HELLO, REACTION and GRACE belong to starting, to running after a signal, and to ending.
 *
 * The guest is not trusted: frames are checked (wire_frame.c), types that are not known are
 * skipped, and a number in a frame is only taken within its limits.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cos/abi.h>
#include "wire_frame.h"
#include "report.h"
#include "session.h"
#include "stream.h"

#define NO_STATUS (-1)
#define NEVER INT64_MAX
#define LOG_TAIL_LINES 40    /* shown after a failure: a report of reboot's and what led to it */
#define LOG_KEEP_BYTES 65536 /* far more than so many lines of a log take */

enum deadline { TIMEOUT, HELLO, REACTION, GRACE, KILL, NDEADLINES };

struct session {
	struct qemu *qemu;
	const struct session_config *config;
	struct frame_reader reader;
	struct stream guest, out, err, log_out, log_copy;
	struct buffer log;    /* the last of it */
	struct buffer errors; /* what QEMU itself said */
	int64_t deadline_ms[NDEADLINES];
	uint64_t window; /* bytes of input that the guest takes now */
	bool input;	 /* stdin has more */
	int signal;	 /* that the program was sent, 0: none */
	int forced;	 /* exit status of a run that r2c ended, NO_STATUS: it did not */
	int program;	 /* exit status of the program */
	bool failed;	 /* WIRE_FAILED came, or what came is no frame */
	bool frames_end, log_end, errors_end, reaped;
	int wait_status;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void deadline_set(struct session *s, enum deadline deadline, unsigned seconds)
{
	s->deadline_ms[deadline] = now_ms() + (int64_t)seconds * 1000;
}

static void signals_of_session(sigset_t *set, bool all)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	if (all)
		sigaddset(set, SIGCHLD);
}

void session_block_signals(void)
{
	sigset_t set;

	signals_of_session(&set, true);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int session_signal_pending(void)
{
	sigset_t set, pending;

	signals_of_session(&set, false);
	sigpending(&pending);
	for (int n = 1; n < NSIG; n++)
		if (sigismember(&set, n) == 1 && sigismember(&pending, n) == 1)
			return n;
	return 0;
}

/* Ask QEMU to end, so that it writes back what it holds of disks; kill it at the deadline. */
static void qemu_end(struct session *s)
{
	if (s->deadline_ms[KILL] != NEVER)
		return;
	if (!s->reaped)
		kill(s->qemu->pid, SIGTERM);
	deadline_set(s, KILL, TERM_GRACE_S);
}

static void force(struct session *s, int status)
{
	if (s->forced == NO_STATUS && s->program == NO_STATUS)
		s->forced = status;
	qemu_end(s);
}

static void program_signal(struct session *s, int signal)
{
	uint8_t number = (uint8_t)signal;

	if (!s->config->program || !s->reader.greeted || s->signal) {
		force(s, STATUS_SIGNAL + signal);
		return;
	}
	s->signal = signal;
	frame_put(&s->guest.pending, WIRE_SIGNAL, &number, 1);
	deadline_set(s, REACTION, REACTION_S);
}

/* Nothing more can be written to stdout: for the program it is as if its reader was gone. */
static void output_lost(struct session *s)
{
	if (errno != EPIPE)
		report("cannot write standard output: %s", strerror(errno));
	program_signal(s, SIGPIPE);
}

static void tty_send(struct session *s)
{
	struct winsize size = {0};
	uint8_t payload[5] = {0};

	for (int fd = 0; fd < 3; fd++)
		payload[0] |= (uint8_t)(isatty(fd) << fd);
	for (int fd = 0; fd < 3 && !size.ws_row; fd++)
		ioctl(fd, TIOCGWINSZ, &size);
	payload[1] = (uint8_t)size.ws_row;
	payload[2] = (uint8_t)(size.ws_row >> 8);
	payload[3] = (uint8_t)size.ws_col;
	payload[4] = (uint8_t)(size.ws_col >> 8);
	frame_put(&s->guest.pending, WIRE_TTY, payload, sizeof(payload));
}

static void fail(struct session *s, const char *what, const char *text, size_t len)
{
	report("%s%.*s", what, (int)len, text);
	s->failed = true;
	qemu_end(s);
}

static void frame_handle(struct session *s, const struct frame *frame)
{
	uint32_t n = frame_u32(frame, 0);

	s->deadline_ms[REACTION] = NEVER;
	switch (frame->type) {
	case WIRE_HELLO:
		s->deadline_ms[HELLO] = NEVER;
		s->window = WIRE_WINDOW;
		tty_send(s);
		break;
	case WIRE_STDOUT:
		stream_put(&s->out, frame->payload, frame->len);
		break;
	case WIRE_STDERR:
		stream_put(&s->err, frame->payload, frame->len);
		break;
	case WIRE_ACK:
		s->window += n;
		if (s->window > WIRE_WINDOW)
			fail(s, "the system acknowledges input that it was not sent", "", 0);
		break;
	case WIRE_EXIT:
		if (s->program == NO_STATUS)
			s->program = n < 256 ? (int)n : STATUS_SIGNAL + (int)(n - 256) % 128;
		deadline_set(s, GRACE, EXIT_GRACE_S);
		break;
	case WIRE_FAILED:
		fail(s, "the system failed: ", (const char *)frame->payload, frame->len);
		break;
	default: /* of a later version */
		break;
	}
}

/* S1: the rest of the frames waits in the reader, and behind it in QEMU. */
static void frames_handle(struct session *s)
{
	struct frame frame;
	enum frame_status status = FRAME_GOT;

	while (!s->failed && !stream_busy(&s->out) && !stream_busy(&s->err) &&
	       (status = frame_next(&s->reader, &frame)) == FRAME_GOT)
		frame_handle(s, &frame);
	if (status == FRAME_GARBLED)
		fail(s, "the second serial line is garbled", "", 0);
}

/* One read: false at the end of what there is. */
static bool read_some(int fd, char *bytes, size_t size, size_t *len)
{
	ssize_t n = read(fd, bytes, size);

	*len = n > 0 ? (size_t)n : 0;
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static void frames_read(struct session *s)
{
	char bytes[65536];
	size_t len;

	if (!read_some(s->qemu->frames, bytes, sizeof(bytes), &len))
		s->frames_end = true;
	if (len)
		frame_feed(&s->reader, bytes, len);
}

static void log_read(struct session *s)
{
	char bytes[4096];
	size_t len;

	if (!read_some(s->qemu->log, bytes, sizeof(bytes), &len))
		s->log_end = true;
	buffer_add(&s->log, bytes, len);
	if (s->log.len > 2 * LOG_KEEP_BYTES) {
		size_t drop = s->log.len - LOG_KEEP_BYTES;
		memmove(s->log.data, s->log.data + drop, LOG_KEEP_BYTES);
		s->log.len = LOG_KEEP_BYTES;
	}
	stream_put(&s->log_out, bytes, len);
	stream_put(&s->log_copy, bytes, len);
	coredump_feed(s->config->coredump, bytes, len);
}

static void errors_read(struct session *s)
{
	char bytes[4096];
	size_t len;

	if (!read_some(s->qemu->errors, bytes, sizeof(bytes), &len))
		s->errors_end = true;
	if (s->errors.len < LOG_KEEP_BYTES)
		buffer_add(&s->errors, bytes, len);
}

static void input_read(struct session *s)
{
	char bytes[WIRE_PAYLOAD_MAX];
	size_t len, room = s->window < sizeof(bytes) ? s->window : sizeof(bytes);

	s->input = read_some(STDIN_FILENO, bytes, room, &len);
	s->window -= len;
	if (len || !s->input)
		frame_put(&s->guest.pending, WIRE_STDIN, bytes, len);
}

static void signals_read(struct session *s, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		s->reaped = s->reaped || waitpid(s->qemu->pid, &s->wait_status, WNOHANG) > 0;
	else if (info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT)
		program_signal(s, (int)info.ssi_signo);
	else
		force(s, STATUS_SIGNAL + (int)info.ssi_signo);
}

/* S5: r2c has to end, and the streams' readers do not read. */
static void streams_drop(struct session *s)
{
	struct stream *streams[] = {&s->out, &s->err, &s->log_out, &s->log_copy};

	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		streams[i]->fd = -1;
		streams[i]->at = streams[i]->pending.len = 0;
	}
}

static void deadline_passed(struct session *s, enum deadline deadline)
{
	s->deadline_ms[deadline] = NEVER;
	switch (deadline) {
	case TIMEOUT:
		report("the time is up (%u s): the system is ended", s->config->timeout_s);
		force(s, STATUS_SYSTEM_FAILED);
		break;
	case HELLO:
		report("the system did not start within %d s", HELLO_LIMIT_S);
		force(s, STATUS_SYSTEM_FAILED);
		break;
	case REACTION:
		force(s, STATUS_SIGNAL + s->signal);
		break;
	case GRACE:
		qemu_end(s);
		break;
	default:
		if (!s->reaped)
			kill(s->qemu->pid, SIGKILL);
		if (s->forced != NO_STATUS)
			streams_drop(s);
		break;
	}
}

/* Milliseconds until the next deadline, for poll; those that have passed are handled. */
static int deadlines_handle(struct session *s)
{
	int64_t now = now_ms(), next = NEVER;

	for (int i = 0; i < NDEADLINES; i++) {
		if (s->deadline_ms[i] <= now && (!s->reaped || i == KILL))
			deadline_passed(s, (enum deadline)i);
		if (s->deadline_ms[i] < next && (!s->reaped || i == KILL))
			next = s->deadline_ms[i];
	}
	if (next == NEVER)
		return -1;
	return next > now ? (int)(next - now > INT32_MAX ? INT32_MAX : next - now) : 0;
}

static bool session_ended(const struct session *s)
{
	return s->reaped && s->frames_end && s->log_end && s->errors_end && !stream_busy(&s->out) &&
	       !stream_busy(&s->err) && !stream_busy(&s->log_out) && !stream_busy(&s->log_copy);
}

/* A descriptor that poll leaves alone when it is not wanted. */
static struct pollfd poll_for(int fd, bool wanted, short events)
{
	return (struct pollfd){wanted ? fd : -1, events, 0};
}

static void session_step(struct session *s, int signals)
{
	enum { SIGNALS, LOG, FRAMES, ERRORS, INPUT, GUEST, OUT, ERR, LOG_OUT, LOG_COPY, NPOLL };
	bool output_busy = stream_busy(&s->out) || stream_busy(&s->err);
	bool log_busy = stream_busy(&s->log_out) || stream_busy(&s->log_copy);
	struct pollfd p[NPOLL] = {
		[SIGNALS] = poll_for(signals, true, POLLIN),
		[LOG] = poll_for(s->qemu->log, !s->log_end && !log_busy, POLLIN),
		[FRAMES] = poll_for(s->qemu->frames, !s->frames_end && !output_busy, POLLIN),
		[ERRORS] = poll_for(s->qemu->errors, !s->errors_end, POLLIN),
		[INPUT] = poll_for(STDIN_FILENO,
				   s->input && s->window && !stream_busy(&s->guest) &&
					   s->program == NO_STATUS && !s->frames_end,
				   POLLIN),
		[GUEST] = poll_for(s->guest.fd, stream_busy(&s->guest), POLLOUT),
		[OUT] = poll_for(s->out.fd, stream_busy(&s->out), POLLOUT),
		[ERR] = poll_for(s->err.fd, stream_busy(&s->err), POLLOUT),
		[LOG_OUT] = poll_for(s->log_out.fd, stream_busy(&s->log_out), POLLOUT),
		[LOG_COPY] = poll_for(s->log_copy.fd, stream_busy(&s->log_copy), POLLOUT),
	};
	int timeout = deadlines_handle(s);

	if (poll(p, NPOLL, timeout) <= 0)
		return;
	if (p[SIGNALS].revents)
		signals_read(s, signals);
	if (p[LOG].revents)
		log_read(s);
	if (p[FRAMES].revents)
		frames_read(s);
	if (p[ERRORS].revents)
		errors_read(s);
	if (p[INPUT].revents)
		input_read(s);
	if (p[GUEST].revents)
		stream_flush(&s->guest);
	if (p[OUT].revents && !stream_flush(&s->out))
		output_lost(s);
	if (p[ERR].revents)
		stream_flush(&s->err);
	if (p[LOG_OUT].revents)
		stream_flush(&s->log_out);
	if (p[LOG_COPY].revents && !stream_flush(&s->log_copy))
		report_at(s->config->log, 0, "cannot write the log: %s", strerror(errno));
	frames_handle(s);
}

static void log_tail(const struct session *s)
{
	size_t at = s->log.len, lines = 0;

	if (s->errors.len)
		fprintf(stderr, "%s", s->errors.data);
	if (s->config->verbose || !s->config->console)
		return; /* it was shown while it came */
	while (at > 0 && lines <= LOG_TAIL_LINES) {
		at--;
		lines += s->log.data[at] == '\n' && at + 1 < s->log.len;
	}
	if (lines > LOG_TAIL_LINES)
		at++;
	if (s->log.len)
		report("the end of the log:");
	for (bool start = true; at < s->log.len; at++) {
		if (s->log.data[at] == '\r')
			continue;
		if (start)
			fputs("  | ", stderr);
		fputc(s->log.data[at], stderr);
		start = s->log.data[at] == '\n';
	}
	if (s->log.len && s->log.data[s->log.len - 1] != '\n')
		fputc('\n', stderr);
}

/* isa-debug-exit's status for that. */
static bool kernel_panicked(const struct session *s)
{
	return WIFEXITED(s->wait_status) && WEXITSTATUS(s->wait_status) == COS_HALT_PANIC * 2 + 1;
}

/* The status when QEMU has ended without a frame that says why. */
static int unexplained_status(const struct session *s)
{
	bool exited = WIFEXITED(s->wait_status);
	int code = exited ? WEXITSTATUS(s->wait_status) : 0;

	if (kernel_panicked(s)) {
		report("the kernel panicked");
		return STATUS_KERNEL_PANIC;
	}
	if (exited && (code & 1) && !(s->errors.len && !s->log.len)) {
		/* isa-debug-exit: the status that the system was halted with, times two, plus one
		 */
		if (!s->config->program)
			return code >> 1;
		report("the system ended before the program (status %d)", code >> 1);
	} else if (exited && !code) {
		report("the machine was reset or powered off"); /* -no-reboot: QEMU ends */
	} else if (exited) {
		report("QEMU ended with status %d", code);
	} else {
		report("QEMU was killed by signal %d", WTERMSIG(s->wait_status));
	}
	return STATUS_SYSTEM_FAILED;
}

static int session_status(const struct session *s)
{
	int status = STATUS_SYSTEM_FAILED;

	if (s->forced != NO_STATUS)
		status = s->forced;
	else if (s->program != NO_STATUS && !kernel_panicked(s))
		return s->program;
	else if (!s->failed)
		status = unexplained_status(s);
	if (status == STATUS_SYSTEM_FAILED || kernel_panicked(s))
		log_tail(s);
	return status;
}

static void session_init(struct session *s, struct qemu *qemu, const struct session_config *config)
{
	*s = (struct session){.qemu = qemu, .config = config, .forced = NO_STATUS};
	s->program = NO_STATUS;
	s->guest.fd = qemu->frames;
	s->out.fd = STDOUT_FILENO;
	s->err.fd = STDERR_FILENO;
	s->log_out.fd = config->verbose ? STDERR_FILENO : config->console ? -1 : STDOUT_FILENO;
	s->log_copy.fd = config->log_fd;
	s->input = config->input;
	for (int i = 0; i < NDEADLINES; i++)
		s->deadline_ms[i] = NEVER;
	if (config->timeout_s)
		deadline_set(s, TIMEOUT, config->timeout_s);
	if (config->console && !config->debugged)
		deadline_set(s, HELLO, HELLO_LIMIT_S);
}

int session_run(struct qemu *qemu, const struct session_config *config)
{
	struct session s;
	sigset_t set;

	session_init(&s, qemu, config);
	signals_of_session(&set, true);
	int signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0) {
		report("cannot wait for signals: %s", strerror(errno));
		kill(qemu->pid, SIGKILL);
		waitpid(qemu->pid, NULL, 0);
		return STATUS_SYSTEM_FAILED;
	}
	/* QEMU may have ended before there was a descriptor for the signal. */
	s.reaped = waitpid(qemu->pid, &s.wait_status, WNOHANG) > 0;
	while (!session_ended(&s))
		session_step(&s, signals);
	close(signals);
	int status = session_status(&s);
	buffer_free(&s.reader.bytes);
	buffer_free(&s.log);
	buffer_free(&s.errors);
	stream_free(&s.guest);
	stream_free(&s.out);
	stream_free(&s.err);
	stream_free(&s.log_out);
	stream_free(&s.log_copy);
	return status;
}
