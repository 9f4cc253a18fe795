/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attack WHAT [SEED]: a program that tries to get out of its domain. An attempt that succeeds
 * prints "BROKEN". One that is refused ends the program; where refusal is only an error, the
 * program goes on.
 *	kernel		write to the kernel's half
 *	kernel-read	read it
 *	posix		write where posix has its text, data and stacks, and through windows
 *	data		execute data
 *	code		write to code
 *	capability	invoke a capability that it does not have
 *	return		return from an invocation that there was none of
 *	io		an I/O port
 *	random		10,000 random operations, the seed printed
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static long operation(uint64_t number, const uint64_t a[6])
{
	register uint64_t r10 __asm__("r10") = a[3];
	register uint64_t r8 __asm__("r8") = a[4];
	register uint64_t r9 __asm__("r9") = a[5];
	uint64_t rdi = a[0], rsi = a[1], rdx = a[2], rax = number;

	__asm__ volatile("syscall"
			 : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
			 :
			 : "rcx", "r11", "rbx", "r12", "r13", "r14", "r15", "memory");
	return (long)rax;
}

static void poke(uint64_t address)
{
	*(volatile uint64_t *)address = 0x4141414141414141;
	printf("BROKEN: wrote %#lx\n", (unsigned long)address);
}

static sigjmp_buf again;
static volatile int refusals;

static void refused(int sig)
{
	refusals++;
	siglongjmp(again, sig);
}

static uint64_t seed;

/* What a call may write to without reaching this program's own data: the page behind is not there.
 */
static uint64_t buffer_end;

static uint64_t random_next(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1du;
}

/* Numbers that a kernel might take for its own: small, boundary, pointer-like, or anything. */
static uint64_t random_value(void)
{
	uint64_t r = random_next();

	switch (r >> 60) {
	case 0:
	case 1:
	case 2:
	case 3:
		return r & 0x3f;
	case 4:
	case 5:
		return (uint64_t)1 << (r & 63);
	case 6:
		return buffer_end - (r & 0xfff);
	case 7:
		return 0xffff800000000000 | (r & 0xffffffff);
	case 8:
		return (uint64_t) - (int64_t)(r & 0xfff);
	case 9:
		return (r & 0xff) << 39;
	default:
		return r;
	}
}

static void wake(int sig)
{
	(void)sig;
}

static void random_operations(void)
{
	/* A call that waits for ever, rightly, is interrupted. */
	const struct itimerval often = {{0, 50000}, {0, 50000}};
	const struct sigaction action = {.sa_handler = wake};
	char *buffer = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buffer == MAP_FAILED || mprotect(buffer + 4096, 4096, PROT_NONE) != 0)
		exit(2);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	buffer_end = (uint64_t)(uintptr_t)buffer + 4096;
	/* Calls that would rightly end the program, or stop it for ever, are left out. */
	static const unsigned char left_out[] = {15,  34, 56, 57,  58, 59, 60,	62,  200, 231, 234,
						 130, 35, 61, 128, 23, 7,  202, 230, 247, 129};

	for (int i = 0; i < 10000; i++) {
		uint64_t a[6], number;

		do
			number = random_next() & 0x1ff;
		while (number < 256 && memchr(left_out, (int)number, sizeof(left_out)));
		if (number > 330 || number == 270 || number == 271 || number == 281 ||
		    number == 322)
			number = 0x1000 + (random_next() & 0xefff);
		for (int j = 0; j < 6; j++)
			a[j] = random_value();
		/* Nothing may be mapped over or taken from this program itself. */
		if (number >= 9 && number <= 12)
			a[0] = 0;
		if (number == 25 || number == 28 || number == 218 || number == 158 ||
		    number == 13 || number == 14 || number == 131 ||
		    (number >= 36 && number <= 38) || number == 3 || number == 32 || number == 33)
			continue;
		operation(number, a);
	}
	puts("random: 10000 operations done");
	fflush(stdout);
	/* And at last one on each capability number, which ends it. */
	for (uint64_t i = 0; i < 10000; i++) {
		uint64_t a[6];

		for (int j = 0; j < 6; j++)
			a[j] = random_value();
		operation(random_next() << 16 | (random_next() & 31), a);
	}
	puts("BROKEN: capabilities that were not given were taken");
}

int main(int argc, char **argv)
{
	static unsigned char data[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov eax, 42; ret */
	const uint64_t none[6] = {0};
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	sleep(argc > 3 ? (unsigned)atoi(argv[3]) : 0);
	printf("attack %s\n", what);
	if (strcmp(what, "kernel") == 0) {
		poke(0xffffffff80100000);
	} else if (strcmp(what, "kernel-read") == 0) {
		printf("BROKEN: read %#lx\n", *(volatile unsigned long *)0xffff800000000000);
	} else if (strcmp(what, "posix") == 0) {
		signal(SIGSEGV, refused);
		for (volatile uint64_t slot = 1; slot < 256; slot++)
			if (sigsetjmp(again, 1) == 0)
				poke((slot << 39) + 0x400000);
		printf("%d of 255 slots refused\n", refusals);
		signal(SIGSEGV, SIG_DFL);
		poke(((uint64_t)1 << 39) + 0x400000);
	} else if (strcmp(what, "data") == 0) {
		printf("BROKEN: executed data: %d\n", ((int (*)(void))(uintptr_t)data)());
	} else if (strcmp(what, "code") == 0) {
		poke((uint64_t)(uintptr_t)main);
	} else if (strcmp(what, "capability") == 0) {
		long r = operation(16u << 16, none);
		printf("BROKEN: capability 16 said %ld\n", r);
	} else if (strcmp(what, "return") == 0) {
		long r = operation(1u << 16, none);
		printf("BROKEN: returned, %ld\n", r);
	} else if (strcmp(what, "io") == 0) {
		__asm__ volatile("outb %%al, $0xf4" ::"a"(0));
		puts("BROKEN: wrote to a port");
	} else if (strcmp(what, "random") == 0) {
		seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
		printf("seed %#lx\n", (unsigned long)seed);
		random_operations();
	} else {
		fprintf(stderr,
			"usage: attack "
			"kernel|kernel-read|posix|data|code|capability|return|io|random [SEED]\n");
		return 2;
	}
	return 0;
}
