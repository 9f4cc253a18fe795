/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of the services for components' own hypercalls (rumpuser_component.h). */
#include "conf.h"
#include "rumpuser_component.h"

static const char *gives_way(void)
{
	struct lwp *l = rumpuser_curlwp();

	for (int i = 1; i <= 10; i++) {
		void *cookie = rumpuser_component_unschedule();

		CHECK(l->leaves == i && l->returns == i - 1 && !l->scheduled);
		rumpuser_component_schedule(cookie);
		CHECK(l->returns == i && l->scheduled);
	}
	return NULL;
}

static _Atomic bool ran;

static void runs(void *arg)
{
	(void)arg;
	ran = true;
	conf_stage_set(1);
}

static const char *others_run(void)
{
	void *cookie;

	ran = false;
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], runs, NULL) == 0);
	while (!ran) {
		cookie = rumpuser_component_unschedule();
		rumpuser_component_schedule(cookie);
		conf_stage_wait(1);
	}
	CHECK(conf_join(&conf_threads[0]) == 0);
	return NULL;
}

/* A thread that the host made by its own means. */
static void *host_thread(void *arg)
{
	struct lwp *l, **seen = arg;

	EXPECT(rumpuser_component_curlwp() == NULL);
	rumpuser_component_kthread();
	l = rumpuser_curlwp();
	EXPECT(l != NULL && !l->scheduled);
	EXPECT(rumpuser_component_curlwp() == l);
	*seen = l;
	rumpuser_component_kthread_release();
	EXPECT(rumpuser_curlwp() == NULL);
	rumpuser_thread_exit();
}

static const char *kthread(void)
{
	struct lwp *seen = NULL;
	void *cookie;

	CHECK(rumpuser_thread_create(host_thread, &seen, "host", 1, -1, -1, &cookie) == 0);
	CHECK(rumpuser_thread_join(cookie) == 0);
	CHECK(seen != NULL);
	CHECK(conf_calls.newlwp == 1 && conf_calls.newlwp_pid == 0);
	CHECK(conf_calls.release == 1);
	return NULL;
}

static void *switching_thread(void *arg)
{
	struct lwp *first, *other = arg;

	rumpuser_component_kthread();
	first = rumpuser_curlwp();
	rumpuser_component_switchlwp(other);
	EXPECT(rumpuser_curlwp() == other && !other->scheduled);
	EXPECT(rumpuser_component_curlwp() == other);
	rumpuser_component_switchlwp(first);
	EXPECT(rumpuser_curlwp() == first);
	rumpuser_component_kthread_release();
	rumpuser_thread_exit();
}

static const char *switchlwp(void)
{
	static struct lwp other;
	void *cookie;

	memset(&other, 0, sizeof(other));
	CHECK(rumpuser_thread_create(switching_thread, &other, "switch", 1, -1, -1, &cookie) == 0);
	CHECK(rumpuser_thread_join(cookie) == 0);
	CHECK(conf_calls.switches == 2);
	return NULL;
}

static const char *errtrans(void)
{
	CHECK(rumpuser_component_errtrans(0) == 0);
	for (unsigned i = 0; i < 3; i++)
		if (conf_host->errors[i].host != 0)
			CHECK(rumpuser_component_errtrans(conf_host->errors[i].host) ==
			      conf_host->errors[i].netbsd);
	return NULL;
}

static const char *errtrans_unknown(void)
{
	int error = rumpuser_component_errtrans(12345);

	CHECK(error > 0 && error <= RUMP_ELAST);
	return NULL;
}

static const struct conf_check checks[] = {
	{"unschedule gives the virtual CPU up, schedule takes one (rumpuser_component.h)",
	 gives_way},
	{"others run on the CPU that was given up (rumpuser_component.h)", others_run},
	{"kthread makes a thread of the host one of the kernel's, release unmakes it "
	 "(rumpuser_component.h)",
	 kthread},
	{"switchlwp binds the thread to another lwp, unscheduled (rumpuser_component.h)",
	 switchlwp},
	{"errtrans translates the host's errors (Return values)", errtrans},
	{"errtrans of an error that NetBSD lacks is an error (Return values)", errtrans_unknown},
};
const struct conf_section conf_component = SECTION("component", checks);
