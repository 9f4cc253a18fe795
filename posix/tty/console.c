/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console as three files: stdin, stdout and stderr of the program that r2c runs.
 *
 * C1. Output is copied into the thread's shared buffer and sent before write returns.
 * C2. A thread of posix's own reads input, from the first time that a program asks for it. It is
 *     one buffer ahead: it reads again when programs have read all of the buffer. Readers wait on
 *     the files' queues.
 * C3. Another thread waits for signals from the host (Ctrl-C) and sends them to the foreground
 *     process, the first program.
 *
 * Not there: a terminal's modes (the host's terminal does the line editing), job control, SIGWINCH.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "file/file.h"
#include "file/pipe.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"
#include "signal/signal.h"
#include "tty/console.h"
#include "console/program.h"

#define INPUT_SIZE 4096 /* a line of a terminal in canonical mode is no longer (termios(3)) */

static struct {
	struct cos_mutex lock;
	struct cos_cond empty; /* the buffer was read to its end */
	bool started, ended;
	char *buffer; /* shared with console */
	size_t from, to;
	struct file *files[3];
	long tty;
} console;

static struct process *foreground;

static void input_thread(void *unused)
{
	(void)unused;
	for (;;) {
		long r = console_read(console.buffer, INPUT_SIZE);

		cos_mutex_lock(&console.lock);
		if (r <= 0) {
			console.ended = true;
		} else {
			console.from = 0;
			console.to = (size_t)r;
		}
		cos_mutex_unlock(&console.lock);
		for (int i = 0; i < 3; i++)
			waitq_wake(&console.files[i]->waitq, LX_POLLIN | LX_POLLRDNORM);
		if (r <= 0)
			return;
		cos_mutex_lock(&console.lock);
		while (console.from < console.to)
			cos_cond_wait(&console.empty, &console.lock);
		cos_mutex_unlock(&console.lock);
	}
}

/* Under the lock. */
static void input_start(void)
{
	if (console.started)
		return;
	console.started = true;
	console.buffer = (char *)mem_shm_create(INPUT_SIZE);
	if ((long)console.buffer < 0 ||
	    cos_thread_create(input_thread, NULL, SCHED_PRIO_SERVICE) < 0)
		console.ended = true;
}

static long console_file_read(struct thread *t, struct file *f, const struct iov *iov, int n,
			      int64_t offset)
{
	long r;

	(void)t;
	(void)f;
	(void)offset;
	if (iov_len(iov, n) == 0)
		return 0;
	cos_mutex_lock(&console.lock);
	input_start();
	if (console.from < console.to) {
		r = iov_put(iov, n, 0, console.buffer + console.from,
			    MIN(console.to - console.from, iov_len(iov, n)));
		if (r > 0)
			console.from += (size_t)r;
		if (console.from == console.to)
			cos_cond_signal(&console.empty);
	} else {
		r = console.ended ? 0 : -LX_EAGAIN;
	}
	cos_mutex_unlock(&console.lock);
	return r;
}

static long console_file_write(struct thread *t, struct file *f, const struct iov *iov, int n,
			       int64_t offset)
{
	long stream = (long)f->object == CONSOLE_STDERR ? CONSOLE_STDERR : CONSOLE_STDOUT;
	size_t total = iov_len(iov, n), done = 0;
	char *buffer = shared_at(t, SHARED_DATA);
	long r = 0;

	(void)offset;
	while (done < total) {
		char *data = buffer;

		r = iov_take(iov, n, done, buffer, MIN(total - done, (size_t)SHARED_DATA_SIZE));
		if (r <= 0)
			break;
		r = console_write(stream, data, (unsigned long)r);
		if (r <= 0) {
			r = -LX_EIO;
			break;
		}
		done += (size_t)r;
	}
	return done ? (long)done : r;
}

static unsigned console_file_poll(struct thread *t, struct file *f)
{
	unsigned mask = LX_POLLOUT | LX_POLLWRNORM;

	(void)t;
	if ((long)f->object != CONSOLE_STDIN)
		return mask;
	cos_mutex_lock(&console.lock);
	input_start();
	if (console.from < console.to || console.ended)
		mask |= LX_POLLIN | LX_POLLRDNORM;
	cos_mutex_unlock(&console.lock);
	return mask;
}

static bool is_tty(const struct file *f)
{
	return console.tty >> (long)f->object & 1;
}

/* r2c says which of its descriptors are a terminal; another one is reported as a pipe. */
static long console_file_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	(void)t;
	if (!is_tty(f)) {
		pipe_stat(st, 3 + (uint64_t)f->object, 0600);
		return 0;
	}
	st->st_dev = 0x17;
	st->st_ino = 3;
	st->st_mode = LX_S_IFCHR | 0620;
	st->st_nlink = 1;
	st->st_gid = 5;
	st->st_rdev = 0x8800; /* pts/0 */
	st->st_blksize = 1024;
	return 0;
}

static long console_file_ioctl(struct thread *t, struct file *f, unsigned long request,
			       uint64_t arg)
{
	/* A terminal in canonical mode: the host's terminal does the line editing. */
	static const struct lx_termios termios = {
		.c_iflag = 0x4500, /* ICRNL | IXON | IUTF8 */
		.c_oflag = 0x5,	   /* OPOST | ONLCR */
		.c_cflag = 0xbf,   /* B38400 | CS8 | CREAD */
		.c_lflag = 0x8a3b, /* ISIG | ICANON | ECHO* | IEXTEN */
		.c_cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22},
	};
	struct lx_winsize size = {0};
	int32_t value;

	if (request == LX_FIONREAD) {
		cos_mutex_lock(&console.lock);
		value = (int32_t)(console.to - console.from);
		cos_mutex_unlock(&console.lock);
		return user_put(t, arg, &value, sizeof(value));
	}
	if (!is_tty(f))
		return -LX_ENOTTY;
	switch (request) {
	case LX_TCGETS:
		return user_put(t, arg, &termios, 36);
	case LX_TIOCGWINSZ:
		size.row = (uint16_t)(console.tty >> 48);
		size.col = (uint16_t)(console.tty >> 32);
		return user_put(t, arg, &size, sizeof(size));
	case LX_TIOCGPGRP:
		value = t->proc->pgid;
		return user_put(t, arg, &value, sizeof(value));
	case LX_TIOCSPGRP:
		return 0; /* there is one session with one group, which is the foreground */
	case LX_TCSETS:
	case LX_TCSETSW:
	case LX_TCSETSF:
		return -LX_EPERM; /* the host's terminal cannot be set from here */
	default:
		return -LX_ENOTTY;
	}
}

static const struct file_ops console_ops = {
	.read = console_file_read,
	.write = console_file_write,
	.poll = console_file_poll,
	.stat = console_file_stat,
	.ioctl = console_file_ioctl,
	.write_all = true,
};

struct file *console_file(int stream)
{
	return file_get(console.files[stream]);
}

void console_set_foreground(struct process *proc)
{
	foreground = proc;
}

static void signal_foreground(int sig)
{
	struct process *proc = foreground;

	if (proc && !proc->exiting)
		signal_send(proc, NULL, sig, NULL);
}

static void signal_thread(void *unused)
{
	(void)unused;
	for (;;) {
		long sig = console_signal();

		if (sig < 0)
			return;
		if (sig > 0 && sig <= LX_NSIG)
			signal_foreground((int)sig);
	}
}

void console_file_init(void)
{
	console.tty = console_tty();
	if (console.tty < 0)
		console.tty = 0;
	for (long i = 0; i < 3; i++) {
		struct file *f = file_create(&console_ops, FILE_CONSOLE,
					     console.tty >> i & 1 ? LX_O_RDWR
					     : i == 0		  ? LX_O_RDONLY
								  : LX_O_WRONLY);

		cos_assert(f);
		f->object = (void *)i;
		console.files[i] = f;
	}
	cos_assert(cos_thread_create(signal_thread, NULL, SCHED_PRIO_SERVICE) >= 0);
}
