/* SPDX-License-Identifier: BSD-2-Clause */
/* Anonymous memory: mapping, protecting, moving, discarding, and what a wrong access gives. */
#include <sys/mman.h>
#include <unistd.h>
#include "poke.h"
#include "show.h"

#define PAGE 4096

int main(void)
{
	poke_init();
	char *p = mmap(0, 10 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED && ((unsigned long)p & 4095) == 0);
	int zero = 0;
	for (int i = 0; i < 10 * PAGE; i++)
		zero |= p[i];
	SAY("%d", zero);
	memset(p, 'a', 10 * PAGE);
	CALL(mprotect(p + PAGE, PAGE, PROT_READ));
	CALL(poke(p + PAGE, 0));
	CALL(poke(p + PAGE + 5, 1));
	CHECK(poke_address == p + PAGE + 5);
	CALL(mprotect(p + 2 * PAGE, PAGE, PROT_NONE));
	CALL(poke(p + 2 * PAGE, 0));
	CALL(mprotect(p + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE));
	CALL(poke(p + 2 * PAGE, 1));
	SAY("%d %c", p[2 * PAGE], p[2 * PAGE + 1]);
	CALL(munmap(p + 4 * PAGE, PAGE));
	CALL(poke(p + 4 * PAGE, 0));
	CALL(poke(p + 3 * PAGE, 0));
	CALL(poke(p + 5 * PAGE, 0));
	CALL(munmap(p + 4 * PAGE, PAGE));
	CALL(poke((char *)100, 0));
	CALL(poke((char *)100, 1));
	CALL(mprotect(p + 3 * PAGE, 2 * PAGE, PROT_READ));
	CALL(msync(p, PAGE, MS_SYNC));
	CALL(madvise(p + 5 * PAGE, PAGE, MADV_DONTNEED));
	SAY("%d %c", p[5 * PAGE], p[6 * PAGE]);
	CALL(madvise(p, PAGE, 12345));

	char *fixed = mmap(p + 4 * PAGE, PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	CHECK(fixed == p + 4 * PAGE);
	CALL(poke(fixed, 1));
	CHECK(mremap(p, 4 * PAGE, 5 * PAGE, 0) == MAP_FAILED && errno == EFAULT);
	p = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *q = mremap(p, 4 * PAGE, 2 * PAGE, 0);
	CHECK(q == p);
	CALL(poke(p + 2 * PAGE, 0));
	p[0] = 'K';
	q = mremap(p, 2 * PAGE, 300 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED);
	if (q == MAP_FAILED)
		return 1;
	SAY("%c %d", q[0], q[299 * PAGE]);
	CHECK(mremap(q, 300 * PAGE, 100000000 * (long)PAGE, 0) == MAP_FAILED);

	/* The heap. */
	char *brk0 = sbrk(0);
	CHECK(sbrk(100000) == brk0 || errno == ENOMEM);
	char *big = malloc(50000000);
	memset(big, 1, 50000000);
	SAY("%d", big[49999999]);
	free(big);
	for (int i = 0; i < 1000; i++) {
		char *m = malloc((size_t)i * 37 + 1);
		m[0] = m[i * 37] = (char)i;
		if (i % 2)
			free(m);
	}

	/* Code is executable, data is not. */
	static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov eax, 42; ret */
	char *x = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(x, code, sizeof(code));
	int r = sigsetjmp(poke_env, 1);
	if (r == 0)
		r = ((int (*)(void))(unsigned long)x)();
	SAY("not executable: %d", r);
	CALL(mprotect(x, PAGE, PROT_READ | PROT_EXEC));
	SAY("executable: %d", ((int (*)(void))(unsigned long)x)());
	return 0;
}
