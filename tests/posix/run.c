/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix and the storage rump kernel in an ordinary Linux process, running an unmodified static
 *program:
 *
 *	posix-run DIRECTORY PROGRAM [ARG...]
 *
 * copies DIRECTORY into the rump kernel's tmpfs and runs PROGRAM (a path there). The program's
 *system calls are caught by syscall user dispatch (Linux's admin-guide/syscall-user-dispatch.rst)
 *and handed to posix as its gate would; its exceptions as its handler would. Its memory is one file
 *in memory, mapped twice: where the program has it, and at the window where posix and storage look.
 */
#define sched_yield host_sched_yield
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <dirent.h>
#include <unistd.h>
#include <ucontext.h>
#undef sched_yield

#include <cos/client.h>
#include <cos/layout.h>
#include <console/control.h>
#include <console/log.h>
#include <console/program.h>
#include <mem/mem.h>
#include <mem/program.h>
#include <network/network.h>
#include <posix/posix.h>
#include <reboot/system.h>
#include <rump/errno.h>
#include <rump/syscall.h>
#include <rump/types.h>
#include <sched/program.h>
#include <sched/sched.h>
#include <storage/storage.h>
#include "calls.h"
#include "arch/cpu.h"
#include "mm/layout.h"
#include "tests/posix/run.h"
#include "tests/rumpuser/cos/fake.h"

#define PROGRAM 9 /* its component id */
#define SLOT 100
#define MMAP_TOP 0x50000000ul
#define ALTSTACK (256ul << 10)
#define SUD_ALLOW 0
#define SUD_BLOCK 1

/* At the foot of each program thread's signal stack, where run_entry.S finds it. */
struct tls {
	uint64_t selector; /* a byte */
	uint64_t host_fs, program_fs;
	ucontext_t *uc;	  /* of the signal under way */
	ucontext_t first; /* what a thread begins with */
	bool fault;
	uint64_t kind;
	sigjmp_buf out;
	long tid;
	long gate;
};

static _Thread_local struct tls *self;
static int memory = -1; /* the program's, offset = address */
static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;
static int exit_status;

extern char run_allowed_start[], run_allowed_end[];
void run_signal_entry(int sig, siginfo_t *info, void *uc);
_Noreturn void run_enter(const struct cpu_regs *regs, struct tls *tls);

/* Regions, sorted. */
struct region {
	struct region *next;
	uint64_t start, end;
	unsigned prot;
};
static struct region *regions;

static int host_prot(unsigned prot)
{
	return (prot & COS_PG_READ ? PROT_READ : 0) | (prot & COS_PG_WRITE ? PROT_WRITE : 0) |
	       (prot & COS_PG_EXEC ? PROT_EXEC : 0);
}

static void show(uint64_t start, uint64_t len, unsigned prot)
{
	if (mmap((void *)start, len, host_prot(prot), MAP_SHARED | MAP_FIXED, memory,
		 (off_t)start) == MAP_FAILED ||
	    mmap((void *)(MEM_WINDOW(SLOT) + start), len, host_prot(prot & ~(unsigned)COS_PG_EXEC),
		 MAP_SHARED | MAP_FIXED, memory, (off_t)start) == MAP_FAILED) {
		perror("mmap");
		abort();
	}
}

static void hide(uint64_t start, uint64_t len)
{
	munmap((void *)start, len);
	munmap((void *)(MEM_WINDOW(SLOT) + start), len);
	fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)start, (off_t)len);
}

static bool is_free(uint64_t start, uint64_t end)
{
	for (struct region *r = regions; r; r = r->next)
		if (r->start < end && start < r->end)
			return false;
	return true;
}

/* All of [start, end) out of the list. */
static void cut(uint64_t start, uint64_t end)
{
	for (struct region **p = &regions; *p;) {
		struct region *r = *p, *tail;

		if (r->end <= start || r->start >= end) {
			p = &r->next;
		} else if (r->start < start && r->end > end) {
			tail = malloc(sizeof(*tail));
			*tail = (struct region){r->next, end, r->end, r->prot};
			r->end = start;
			r->next = tail;
			return;
		} else if (r->start < start) {
			r->end = start;
			p = &r->next;
		} else if (r->end > end) {
			r->start = end;
			return;
		} else {
			*p = r->next;
			free(r);
		}
	}
}

static void insert(uint64_t start, uint64_t end, unsigned prot)
{
	struct region **p = &regions, *r = malloc(sizeof(*r));

	while (*p && (*p)->start < start)
		p = &(*p)->next;
	*r = (struct region){*p, start, end, prot};
	*p = r;
}

struct cos_pair mem_as_create(void)
{
	return (struct cos_pair){PROGRAM, SLOT};
}

long mem_as_destroy(long as)
{
	(void)as;
	return 0;
}

long mem_as_stop(long as)
{
	(void)as;
	return 0;
}

static long find_free(uint64_t len)
{
	uint64_t at = MMAP_TOP - len;

	while (at > 0x10000000 && !is_free(at, at + len))
		at -= 4096;
	return at > 0x10000000 ? (long)at : -COS_ENOMEM;
}

long mem_as_map(long as, unsigned long hint, unsigned long len, unsigned long flags)
{
	long addr = (long)hint;

	(void)as;
	pthread_mutex_lock(&memory_lock);
	if (flags & MEM_FIXED && flags & MEM_NOREPLACE && !is_free(hint, hint + len)) {
		addr = -COS_EEXIST;
	} else if (!(flags & MEM_FIXED) &&
		   (!hint || hint >= MMAP_TOP || !is_free(hint, hint + len))) {
		addr = find_free(len);
	}
	if (addr > 0) {
		cut((uint64_t)addr, (uint64_t)addr + len);
		hide((uint64_t)addr, len);
		show((uint64_t)addr, len, (unsigned)flags & 7);
		insert((uint64_t)addr, (uint64_t)addr + len, (unsigned)flags & 7);
	}
	pthread_mutex_unlock(&memory_lock);
	return addr;
}

long mem_as_unmap(long as, unsigned long addr, unsigned long len)
{
	(void)as;
	pthread_mutex_lock(&memory_lock);
	cut(addr, addr + len);
	hide(addr, len);
	pthread_mutex_unlock(&memory_lock);
	return 0;
}

long mem_as_protect(long as, unsigned long addr, unsigned long len, unsigned long prot)
{
	(void)as;
	pthread_mutex_lock(&memory_lock);
	for (uint64_t at = addr; at < addr + len; at += 4096) {
		if (is_free(at, at + 4096)) {
			pthread_mutex_unlock(&memory_lock);
			return -COS_ENOENT;
		}
	}
	cut(addr, addr + len);
	insert(addr, addr + len, (unsigned)prot);
	show(addr, len, (unsigned)prot);
	pthread_mutex_unlock(&memory_lock);
	return 0;
}

long mem_as_remap(long as, unsigned long addr, unsigned long old, unsigned long len,
		  unsigned long flags, unsigned long to)
{
	long r = (long)addr;

	pthread_mutex_lock(&memory_lock);
	struct region *whole = regions;

	while (whole && !(whole->start <= addr && whole->end >= addr + old))
		whole = whole->next;
	if (!whole) {
		r = -COS_ENOENT;
	} else if (flags & MEM_FIXED) {
		r = (long)to;
	} else if (len > old && !is_free(addr + old, addr + len)) {
		r = flags & MEM_MAYMOVE ? find_free(len) : -COS_ENOMEM;
	}
	pthread_mutex_unlock(&memory_lock);
	if (r < 0)
		return r;
	if (r != (long)addr) {
		mem_as_map(as, (unsigned long)r, len, COS_PG_READ | COS_PG_WRITE | MEM_FIXED);
		memcpy((void *)(MEM_WINDOW(SLOT) + (unsigned long)r),
		       (void *)(MEM_WINDOW(SLOT) + addr), old < len ? old : len);
		mem_as_unmap(as, addr, old);
	} else if (len < old) {
		mem_as_unmap(as, addr + len, old - len);
	} else if (len > old) {
		mem_as_map(as, addr + old, len - old, COS_PG_READ | COS_PG_WRITE | MEM_FIXED);
		pthread_mutex_lock(&memory_lock);
		cut(addr, addr + len);
		insert(addr, addr + len, COS_PG_READ | COS_PG_WRITE);
		pthread_mutex_unlock(&memory_lock);
	}
	return r;
}

long mem_as_discard(long as, unsigned long addr, unsigned long len)
{
	(void)as;
	fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)addr, (off_t)len);
	return 0;
}

struct cos_pair mem_as_query(long as, unsigned long addr)
{
	struct cos_pair out = {-COS_ENOENT, 0};

	(void)as;
	pthread_mutex_lock(&memory_lock);
	for (struct region *r = regions; r; r = r->next) {
		if (r->end > addr) {
			out = (struct cos_pair){(long)(r->start | r->prot), (long)r->end};
			break;
		}
	}
	pthread_mutex_unlock(&memory_lock);
	return out;
}

long mem_shm_create(unsigned long len)
{
	return (long)fake_window_map(len);
}

long mem_shm_destroy(unsigned long addr)
{
	(void)addr;
	return 0;
}

/* Copies that recover: the kernel checks for us. */
long cos_copy_user(void *dst, const void *src, size_t len)
{
	struct iovec to = {dst, len}, from = {(void *)(uintptr_t)src, len};

	if (len == 0)
		return 0;
	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)len ? 0 : -COS_EFAULT;
}

long cos_copy_user_str(char *dst, const char *src, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (cos_copy_user(dst + i, src + i, 1) < 0)
			return -COS_EFAULT;
		if (!dst[i])
			return (long)i;
	}
	return (long)max;
}

long cos_cas_user(uint32_t *p, uint32_t old, uint32_t new_value)
{
	uint32_t probe;

	if (cos_copy_user(&probe, p, 4) < 0)
		return -COS_EFAULT;
	return __atomic_compare_exchange_n(p, &old, new_value, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

/* The processor's state of the program: what the signal saved. */
static const int greg[] = {
	[COS_REG_IP] = REG_RIP,	 [COS_REG_SP] = REG_RSP,  [COS_REG_FLAGS] = REG_EFL,
	[COS_REG_RBX] = REG_RBX, [COS_REG_RBP] = REG_RBP, [COS_REG_RDI] = REG_RDI,
	[COS_REG_RAX] = REG_RAX, [COS_REG_RSI] = REG_RSI, [COS_REG_RDX] = REG_RDX,
	[COS_REG_RCX] = REG_RCX, [COS_REG_R8] = REG_R8,	  [COS_REG_R9] = REG_R9,
	[COS_REG_R10] = REG_R10, [COS_REG_R11] = REG_R11, [COS_REG_R12] = REG_R12,
	[COS_REG_R13] = REG_R13, [COS_REG_R14] = REG_R14, [COS_REG_R15] = REG_R15};

void cpu_frame_get(struct cpu_regs *regs)
{
	unsigned n = self->fault ? COS_NREGS : COS_REG_RDI + 1;

	for (unsigned i = 0; i < n; i++)
		regs->r[i] = (uint64_t)self->uc->uc_mcontext.gregs[greg[i]];
}

void cpu_frame_set(unsigned reg, uint64_t value)
{
	self->uc->uc_mcontext.gregs[greg[reg]] = (greg_t)value;
}

uint64_t cpu_fs_base_get(void)
{
	return self->program_fs;
}

void cpu_fs_base_set(uint64_t base)
{
	self->program_fs = base;
}

uint64_t cpu_gs_base_get(void)
{
	return 0;
}

void cpu_gs_base_set(uint64_t base)
{
	(void)base;
}

uint64_t cpu_fpu_features(void)
{
	return 0;
}

unsigned long cpu_fpu_size(void)
{
	return CPU_FXSAVE_SIZE;
}

void cpu_fpu_save(void *area, uint64_t features)
{
	(void)features;
	memcpy(area, self->uc->uc_mcontext.fpregs, CPU_FXSAVE_SIZE - 48);
}

void cpu_fpu_load(const void *area, uint64_t features)
{
	(void)features;
	if (self->uc->uc_mcontext.fpregs)
		memcpy(self->uc->uc_mcontext.fpregs, area, CPU_FXSAVE_SIZE - 48);
}

void cpu_fpu_reset(void)
{
	struct _libc_fpstate *fp = self->uc->uc_mcontext.fpregs;

	if (fp) {
		memset(fp, 0, CPU_FXSAVE_SIZE - 48);
		fp->cwd = 0x37f;
		fp->mxcsr = 0x1f80;
	}
}

uint64_t cpu_random(void)
{
	uint64_t r = 0;

	syscall(SYS_getrandom, &r, sizeof(r), 0);
	return r;
}

uint64_t cpu_hwcap(void)
{
	return 0xbfebfbff;
}

/* From run_entry.S, with the host's FS. */
void run_signal(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *g = uc->uc_mcontext.gregs;
	const char *name = sig == SIGSYS ? call_name((uint64_t)info->si_syscall) : NULL;
	struct gate_frame f;
	long r;

	self->uc = uc;
	if (!name)
		name = "?";
	if (sig != SIGSYS) {
		if ((uint64_t)g[REG_RIP] >= COS_SLOT(1ul)) { /* in posix itself */
			fprintf(stderr, "posix-run: signal %d at %#llx in the host\n", sig,
				g[REG_RIP]);
			signal(sig, SIG_DFL);
			return;
		}
		self->fault = true;
		posix_exception(sig == SIGSEGV && g[REG_TRAPNO] == 14 ? COS_FAULT_PAGE
								      : g[REG_TRAPNO],
				(unsigned long)info->si_addr, g[REG_ERR], (unsigned long)g[REG_RIP],
				(unsigned long)g[REG_RSP], PROGRAM);
		self->fault = false;
		return;
	}
	f = (struct gate_frame){(uint64_t)info->si_syscall,
				{(uint64_t)g[REG_RDI], (uint64_t)g[REG_RSI], (uint64_t)g[REG_RDX],
				 (uint64_t)g[REG_R10], (uint64_t)g[REG_R8], (uint64_t)g[REG_R9]},
				(uint64_t)g[REG_R12],
				(uint64_t)g[REG_R13],
				(uint64_t)g[REG_R14],
				(uint64_t)g[REG_R15]};
	r = posix_syscall(&f, self->tid, PROGRAM);
	if (getenv("RUN_TRACE"))
		fprintf(stderr, "[%ld] %s(%lx, %lx, %lx) = %ld\n", self->tid, name, f.arg[0],
			f.arg[1], f.arg[2], r);
	g[REG_RAX] = r;
	g[REG_RSI] = (greg_t)f.arg[1];
	g[REG_RDX] = (greg_t)f.arg[2];
	g[REG_R10] = (greg_t)f.arg[3];
	g[REG_R8] = (greg_t)f.arg[4];
	g[REG_R9] = (greg_t)f.arg[5];
	g[REG_R12] = (greg_t)f.r12;
	g[REG_R13] = (greg_t)f.r13;
	g[REG_R14] = (greg_t)f.r14;
	g[REG_R15] = (greg_t)f.r15;
}

static void thread_body(void *arg)
{
	void *stack = mmap(NULL, 2 * ALTSTACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	struct tls *tls = (void *)(((uintptr_t)stack + ALTSTACK - 1) & ~(ALTSTACK - 1));
	stack_t ss = {.ss_sp = tls + 1, .ss_size = ALTSTACK - sizeof(*tls)};
	struct gate_frame f = {.number = (uint64_t)(long)arg};
	struct cpu_regs regs = {0};

	self = tls;
	tls->tid = cos_tid();
	tls->uc = &tls->first;
	syscall(SYS_arch_prctl, 0x1003, &tls->host_fs);
	sigaltstack(&ss, NULL);
	if (sigsetjmp(tls->out, 1) == 0) {
		regs.r[COS_REG_RAX] = (uint64_t)posix_syscall(&f, tls->tid, PROGRAM);
		for (unsigned i = 0; i <= COS_REG_RDI; i++)
			regs.r[i] = (uint64_t)tls->first.uc_mcontext.gregs[greg[i]];
		regs.r[COS_REG_RSI] = f.arg[1];
		regs.r[COS_REG_RDX] = f.arg[2];
		regs.r[COS_REG_R10] = f.arg[3];
		regs.r[COS_REG_R8] = f.arg[4];
		regs.r[COS_REG_R9] = f.arg[5];
		regs.r[COS_REG_R12] = f.r12;
		regs.r[COS_REG_R13] = f.r13;
		regs.r[COS_REG_R14] = f.r14;
		regs.r[COS_REG_R15] = f.r15;
		if (prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, run_allowed_start,
			  run_allowed_end - run_allowed_start, (char *)&tls->selector) < 0) {
			perror("syscall user dispatch");
			_exit(125);
		}
		run_enter(&regs, tls);
	}
	prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
	ss.ss_flags = SS_DISABLE;
	sigaltstack(&ss, NULL);
}

long sched_thd_create_in(long comp, unsigned long ip, unsigned long arg, long prio, long gate,
			 long group)
{
	static long next = 100;
	long tid = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);

	(void)comp;
	(void)ip;
	(void)arg;
	(void)prio;
	(void)group;
	fake_visit_start(tid, 3, thread_body, (void *)gate);
	return tid;
}

long sched_thd_deadline(long tid, unsigned long budget, unsigned long deadline,
			unsigned long period)
{
	(void)tid, (void)budget, (void)deadline, (void)period;
	return 0;
}

long sched_thd_exit(void)
{
	siglongjmp(self->out, 1);
}

long sched_thd_time(long tid)
{
	struct timespec ts;

	(void)tid;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000l + ts.tv_nsec;
}

/* console and reboot */

long console_write(long stream, const void *buf, unsigned long len)
{
	return write((int)stream, buf, len);
}

long console_read(void *buf, unsigned long len)
{
	return read(0, buf, len);
}

/* A log that has lost its start. */
struct cos_pair console_log_read(void *buf, unsigned long len, unsigned long position)
{
	static const char text[] = "[lost]the log\nof the host\n";
	unsigned long first = position < 6 ? 6 : position, left = sizeof(text) - 1 - first;

	if (first > sizeof(text) - 1)
		return (struct cos_pair){-COS_EINVAL, 0};
	memcpy(buf, text + first, left < len ? left : len);
	return (struct cos_pair){(long)(left < len ? left : len), (long)first};
}

long console_tty(void)
{
	return 0;
}

long console_signal(void)
{
	return -COS_EIO;
}

long console_fail(unsigned long len, unsigned long w0, unsigned long w1, unsigned long w2,
		  unsigned long w3)
{
	(void)len, (void)w0, (void)w1, (void)w2, (void)w3;
	return 0;
}

long console_exit(long status)
{
	exit_status = (int)(status > 255 ? status - 256 + 128 : status);
	return 0;
}

long reboot_system(long status)
{
	(void)status;
	fflush(NULL);
	_exit(exit_status);
}

/* A tree of the host's into the rump kernel. */

static long call(long num, unsigned long a0, unsigned long a1, unsigned long a2)
{
	struct cos_pair r = storage_syscall(num, a0, a1, a2, 0, 0);

	if (r.v0 && r.v0 != RUMP_EEXIST) {
		fprintf(stderr, "posix-run: storage call %ld: error %ld\n", num, r.v0);
		_exit(125);
	}
	return r.v1;
}

static char *area; /* shared: a path, then data */
#define AREA_DATA 4096
#define AREA_SIZE (1 << 20)

static void copy_tree(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *e;

	if (!d) {
		perror(from);
		_exit(125);
	}
	while ((e = readdir(d))) {
		char src[1024], dst[1024];
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(src, sizeof(src), "%s/%s", from, e->d_name);
		snprintf(dst, sizeof(dst), "%s/%s", to, e->d_name);
		lstat(src, &st);
		strcpy(area, dst);
		if (S_ISDIR(st.st_mode)) {
			call(RUMP_SYS_mkdir, (unsigned long)area, st.st_mode & 07777, 0);
			copy_tree(src, dst);
		} else if (S_ISREG(st.st_mode)) {
			int in = open(src, O_RDONLY);
			long out = call(RUMP_SYS_open, (unsigned long)area,
					RUMP_O_CREAT | RUMP_O_WRONLY, st.st_mode & 07777);
			ssize_t n;

			while ((n = read(in, area + AREA_DATA, AREA_SIZE - AREA_DATA)) > 0)
				call(RUMP_SYS_write, (unsigned long)out,
				     (unsigned long)area + AREA_DATA, (unsigned long)n);
			call(RUMP_SYS_close, (unsigned long)out, 0, 0);
			close(in);
		}
	}
	closedir(d);
}

/* posix calls storage as component 3, whichever of its threads it is. */
struct cos_pair posix_storage_syscall(long num, unsigned long a0, unsigned long a1,
				      unsigned long a2, unsigned long a3, unsigned long a4)
{
	fake_client_set(3);
	return storage_syscall(num, a0, a1, a2, a3, a4);
}

struct cos_pair posix_network_syscall(long num, unsigned long a0, unsigned long a1,
				      unsigned long a2, unsigned long a3, unsigned long a4)
{
	fake_client_set(3);
	return network_syscall(num, a0, a1, a2, a3, a4);
}

int main(int argc, char **argv)
{
	static const int signals[] = {SIGSYS, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
	struct sigaction sa = {.sa_sigaction = run_signal_entry,
			       .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	static char params[65536];
	char *p = params;

	if (argc < 3) {
		fprintf(stderr, "usage: posix-run DIRECTORY PROGRAM [ARG...]\n");
		return 125;
	}
	fake_init();
	if (mmap((void *)COS_BOOTINFO_VA, COS_PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED) {
		perror("posix-run: the page of boot information");
		return 125;
	}
	memory = memfd_create("program", MFD_CLOEXEC);
	if (memory < 0 || ftruncate(memory, (off_t)COS_SLOT(1ul)) < 0) {
		perror("memory");
		return 125;
	}
	p += sprintf(p, "RUMP_NCPU=1") + 1;
	p += sprintf(p, "RUMP_MEMLIMIT=256M") + 1;
	p += sprintf(p, "PROGRAM=%s", argv[2]) + 1;
	p += sprintf(p, "CWD=%s", getenv("RUN_CWD") ? getenv("RUN_CWD") : "/") + 1;
	for (int i = 2; i < argc; i++)
		p += sprintf(p, "ARGV%d=%s", i - 2, argv[i]) + 1;
	p += sprintf(p, "ENV0=PATH=/bin") + 1;
	fake_params = params;
	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
	if (storage_component_init() < 0 || network_component_init() < 0)
		return 125;
	fake_client_set(3);
	area = fake_window_map(AREA_SIZE);
	copy_tree(argv[1], "");
	if (posix_component_init() < 0)
		return 125;
	for (;;)
		pause();
}
