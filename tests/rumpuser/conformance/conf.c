/* SPDX-License-Identifier: BSD-2-Clause */
/* The runner, and what the checks share. */
#include "conf.h"

#define BREATH_NS 1000000

static const struct conf_section *const sections[] = {
	&conf_init,  &conf_upcalls,  &conf_memory,  &conf_anonmmap, &conf_file,	  &conf_iov,
	&conf_bio,   &conf_sync,     &conf_clock,   &conf_param,    &conf_exit,	  &conf_console,
	&conf_kill,  &conf_random,   &conf_thread,  &conf_lwp,	    &conf_mutex,  &conf_rwlock,
	&conf_cv,    &conf_cv_order, &conf_cv_time, &conf_dl,	    &conf_daemon, &conf_component,
	&conf_shmif, &conf_sp,	     &conf_stress,  &conf_pci,
};

const struct conf_host *conf_host;
static _Atomic(const char *) wrong;
static const char *skipped;

void conf_wrong(const char *what)
{
	const char *none = NULL;

	atomic_compare_exchange_strong(&wrong, &none, what);
}

const char *conf_wrong_take(void)
{
	return atomic_exchange(&wrong, NULL);
}

const char *conf_skip(const char *why)
{
	skipped = why;
	return why;
}

void conf_breathe(void)
{
	rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, BREATH_NS);
}

int64_t conf_now_ns(void)
{
	int64_t sec = 0;
	long nsec = 0;

	EXPECT(rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &sec, &nsec) == 0);
	return sec * 1000000000 + nsec;
}

void conf_lwp_bind(struct lwp *l)
{
	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, l);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, l);
}

void conf_lwp_unbind(struct lwp *l)
{
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, l);
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, l);
}

static void *thread_run(void *arg)
{
	struct conf_thread *t = arg;

	EXPECT(rumpuser_curlwp() == NULL);
	conf_lwp_bind(&t->lwp);
	conf_cpu_take();
	t->fn(t->arg);
	EXPECT(rumpuser_curlwp() == &t->lwp);
	EXPECT(t->lwp.scheduled);
	EXPECT(t->lwp.leaves == t->lwp.returns);
	conf_cpu_drop();
	conf_lwp_unbind(&t->lwp);
	rumpuser_thread_exit();
}

int conf_start(struct conf_thread *t, void (*fn)(void *), void *arg)
{
	t->fn = fn;
	t->arg = arg;
	memset(&t->lwp, 0, sizeof(t->lwp));
	return rumpuser_thread_create(thread_run, t, "conformance", 1, -1, -1, &t->cookie);
}

int conf_join(struct conf_thread *t)
{
	return rumpuser_thread_join(t->cookie);
}

bool conf_aligned(const void *mem, size_t align)
{
	return ((uintptr_t)mem & (align - 1)) == 0;
}

bool conf_filled(const void *mem, int byte, size_t len)
{
	const unsigned char *bytes = mem;

	for (size_t i = 0; i < len; i++)
		if (bytes[i] != (unsigned char)byte)
			return false;
	return true;
}

/*
 * Take everything by get, in steps, and return get's last result. The pieces are linked in a list.
 */
int conf_exhaust(int (*get)(size_t len, void **memp), void (*put)(void *, size_t))
{
	void **list = NULL, *mem;
	size_t step = conf_host->memory_step_bytes;
	int error = 0;

	for (unsigned i = 0; i <= conf_host->memory_steps && error == 0; i++) {
		error = get(step, &mem);
		if (error == 0) {
			*(void **)mem = list;
			list = mem;
		}
	}
	while (list != NULL) {
		mem = list;
		list = *list;
		put(mem, step);
	}
	return error;
}

static void check_run(const struct conf_section *s, const struct conf_check *c, unsigned *failed)
{
	static struct lwp lwp;
	const char *why;

	wrong = NULL;
	skipped = NULL;
	conf_upcalls_reset();
	conf_cpus(2);
	memset(&lwp, 0, sizeof(lwp));
	conf_lwp_bind(&lwp);
	conf_cpu_take();
	why = c->run();
	if (why == NULL && wrong == NULL) {
		EXPECT(rumpuser_curlwp() == &lwp);
		EXPECT(lwp.scheduled);
		EXPECT(lwp.leaves == lwp.returns);
	}
	conf_cpu_drop();
	conf_lwp_unbind(&lwp);
	if (why == NULL || why == skipped)
		why = wrong != NULL ? wrong : why;
	*failed += why != NULL && why != skipped;
	conf_host->report(why == NULL	   ? CONF_PASS
			  : why == skipped ? CONF_SKIP
					   : CONF_FAIL,
			  s->name, c->says, why);
}

unsigned conf_run(const struct conf_host *host)
{
	unsigned failed = 0;

	conf_host = host;
	if (conf_upcalls_init() != 0) {
		host->report(CONF_FAIL, "init", "version 17 is spoken (Initialization)",
			     "it is not");
		return 1;
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (host->only != NULL ? strcmp(host->only, sections[i]->name) != 0
				       : sections[i] == &conf_pci)
			continue;
		if (sections[i] == &conf_stress && host->stress_seconds == 0)
			continue;
		for (size_t j = 0; j < sections[i]->nchecks; j++)
			check_run(sections[i], &sections[i]->checks[j], &failed);
	}
	return failed;
}
