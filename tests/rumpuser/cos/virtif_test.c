/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual interface of the COS host (virtif.c), over a fake nic: frames in both directions,
 * whole; the end of an interface; messages when the nic fails. The rump kernel is the conformance
 * suite's, with two virtual CPUs; the test holds one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>
#include <unistd.h>

#include <cos/abi.h>

#include "conf.h"
#include "fake.h"
#include "fake_nic.h"
#include "rumpcomp_virtif.h"

#define FRAMES 300

static struct lwp lwp;

/* What has been received. */
struct virtif_sc {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int frames;
	bool held; /* the upcall does not return yet */
	size_t last_len;
	uint8_t last[2048];
};
static struct virtif_sc sc = {.lock = PTHREAD_MUTEX_INITIALIZER,
			      .changed = PTHREAD_COND_INITIALIZER};

void rump_virtif_virt_deliverpkt(struct virtif_sc *s, struct rumpuser_iovec *iov, size_t iovlen)
{
	EXPECT(rumpuser_curlwp() != NULL && rumpuser_curlwp()->scheduled);
	EXPECT(iovlen == 1);
	pthread_mutex_lock(&s->lock);
	memcpy(s->last, iov->iov_base, iov->iov_len);
	s->last_len = iov->iov_len;
	s->frames++;
	pthread_cond_broadcast(&s->changed);
	while (s->held)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static void frames_wait(int count)
{
	pthread_mutex_lock(&sc.lock);
	while (sc.frames < count)
		pthread_cond_wait(&sc.changed, &sc.lock);
	assert_int_equal(sc.frames, count);
	pthread_mutex_unlock(&sc.lock);
}

static void hold(bool held)
{
	pthread_mutex_lock(&sc.lock);
	sc.held = held;
	pthread_cond_broadcast(&sc.changed);
	pthread_mutex_unlock(&sc.lock);
}

static int setup(void **state)
{
	(void)state;
	conf_upcalls_reset();
	memset(&lwp, 0, sizeof(lwp));
	conf_lwp_bind(&lwp);
	conf_cpu_take();
	sc.frames = 0;
	fake_nic = (struct fake_nic){.stop = false};
	fake_log[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	const char *wrong = conf_wrong_take();
	int bad = wrong != NULL || !lwp.scheduled || lwp.leaves != lwp.returns;

	(void)state;
	if (wrong != NULL)
		print_error("upcalls: %s\n", wrong);
	conf_cpu_drop();
	conf_lwp_unbind(&lwp);
	return bad ? -1 : 0;
}

static struct virtif_user *made(void)
{
	uint8_t mac[6] = {1, 2, 3, 4, 5, 6};
	struct virtif_user *viu = NULL;

	assert_int_equal(rumpcomp_virt_create("0", &sc, mac, &viu), 0);
	assert_memory_equal(mac, FAKE_NIC_MAC, 6);
	return viu;
}

static void unmake(struct virtif_user *viu)
{
	long before = fake_shm_destroyed;

	assert_int_equal(rumpcomp_virt_dying(viu), 0);
	assert_int_equal(fake_nic.inside, 0);
	rumpcomp_virt_destroy(viu);
	assert_int_equal(fake_shm_destroyed, before + 1);
}

static void is_made_of_a_nic(void **state)
{
	struct virtif_user *viu = NULL;
	uint8_t mac[6] = {0};

	(void)state;
	unmake(made());
	assert_int_equal(rumpcomp_virt_create("1", &sc, mac, &viu), RUMP_ENXIO);
	assert_int_equal(rumpcomp_virt_create("", &sc, mac, &viu), RUMP_EINVAL);
	assert_int_equal(rumpcomp_virt_create("0x", &sc, mac, &viu), RUMP_EINVAL);
	assert_int_equal(rumpcomp_virt_create("99999999999999999999", &sc, mac, &viu), RUMP_EINVAL);
	fake_nic.info_error = -COS_EBUSY;
	assert_int_equal(rumpcomp_virt_create("0", &sc, mac, &viu), RUMP_EBUSY);
	fake_nic.info_error = -COS_EAGAIN;
	assert_int_equal(rumpcomp_virt_create("0", &sc, mac, &viu), RUMP_EAGAIN);
	assert_null(viu);
	assert_memory_equal(mac, "\0\0\0\0\0\0", 6);
	fake_nic.info_error = 0;
	unmake(made());
}

static void frames_go_out(void **state)
{
	static char a[14] = "header", b[1500], c[9000];
	struct virtif_user *viu = made();
	struct rumpuser_iovec iov[3] = {{a, sizeof(a)}, {b, 0}, {b, 0}};
	int leaves = lwp.leaves;

	(void)state;
	for (size_t i = 0; i <= 1500; i += 100) {
		memset(b, (int)i / 100 + 1, sizeof(b));
		iov[1].iov_len = i / 3;
		iov[2].iov_len = i - i / 3;
		iov[2].iov_base = b + i / 3;
		rumpcomp_virt_send(viu, iov, 3);
		assert_int_equal(fake_nic.sent_len, 14 + i);
		assert_memory_equal(fake_nic.sent, a, 14);
		assert_memory_equal(fake_nic.sent + 14, b, i);
	}
	assert_true(lwp.leaves >= leaves + 16);
	/* Too long: in one piece, in the last, before the last, in all. */
	fake_nic.sent_len = 0;
	iov[1] = (struct rumpuser_iovec){c, sizeof(c)};
	rumpcomp_virt_send(viu, iov + 1, 1);
	rumpcomp_virt_send(viu, iov, 2);
	iov[1] = (struct rumpuser_iovec){c, 4000};
	iov[2] = (struct rumpuser_iovec){b, 1500};
	rumpcomp_virt_send(viu, iov, 3);
	iov[1] = (struct rumpuser_iovec){b, 1500};
	iov[2] = (struct rumpuser_iovec){c, 1};
	rumpcomp_virt_send(viu, iov, 3);
	assert_int_equal(fake_nic.sent_len, 0);
	assert_string_equal(fake_log, "");
	unmake(viu);
}

static void a_nic_that_takes_none_is_told_once(void **state)
{
	char frame[60] = "";
	struct rumpuser_iovec iov = {frame, sizeof(frame)};
	struct virtif_user *viu = made();

	(void)state;
	fake_nic.send_error = -COS_EAGAIN;
	rumpcomp_virt_send(viu, &iov, 1);
	assert_string_equal(fake_log, "");
	fake_nic.send_error = -COS_EIO;
	for (int i = 0; i < 3; i++)
		rumpcomp_virt_send(viu, &iov, 1);
	assert_int_equal(fake_nic.sends, 4);
	assert_string_equal(fake_log, "virt0: no frames go out: error -16\n");
	unmake(viu);
}

static void frames_come_in(void **state)
{
	static uint8_t frame[1514];
	struct virtif_user *viu = made();

	(void)state;
	for (int i = 1; i <= FRAMES; i++) {
		size_t len = 14 + (size_t)i * 5;

		memset(frame, i, len);
		fake_nic_frame(frame, len);
		frames_wait(i);
		assert_int_equal(sc.last_len, len);
		assert_memory_equal(sc.last, frame, len);
	}
	unmake(viu);
}

/* During an upcall dying waits for its end, without the virtual CPU (I2). */
static void *release(void *arg)
{
	int leaves = *(int *)arg;

	while (lwp.leaves < leaves)
		usleep(100);
	usleep(10000);
	hold(false);
	return NULL;
}

static void nothing_comes_after_dying(void **state)
{
	char frame[60] = "";
	struct virtif_user *viu = made();
	int leaves = lwp.leaves + 2; /* for the nic, then for the thread */
	pthread_t releaser;

	(void)state;
	hold(true);
	fake_nic_frame(frame, sizeof(frame));
	frames_wait(1);
	fake_nic_frame_leave(frame, sizeof(frame));
	assert_int_equal(pthread_create(&releaser, NULL, release, &leaves), 0);
	assert_int_equal(rumpcomp_virt_dying(viu), 0);
	assert_false(sc.held);
	assert_int_equal(sc.frames, 1);
	assert_int_equal(fake_nic.inside, 0);
	pthread_join(releaser, NULL);
	rumpcomp_virt_destroy(viu);
	/* Once more: the new interface finds what the first left. */
	viu = made();
	frames_wait(2);
	unmake(viu);
	assert_string_equal(fake_log, "");
}

/* A stop that was meant for an earlier interface. */
static void a_stop_for_another_is_none(void **state)
{
	char frame[60] = "";
	struct virtif_user *viu;

	(void)state;
	fake_nic.stop = true;
	viu = made();
	fake_nic_frame(frame, sizeof(frame));
	frames_wait(1);
	unmake(viu);
}

static void a_nic_that_fails_is_told(void **state)
{
	struct virtif_user *viu = made();

	(void)state;
	fake_nic_inside_wait(1);
	fake_nic_receive_fails(-COS_EIO);
	fake_nic_inside_wait(0);
	for (int i = 0; i < 50000 && fake_log[0] == '\0'; i++)
		usleep(100);
	assert_string_equal(fake_log, "virt0: no more frames come in: error -16\n");
	unmake(viu);
}

static int group_setup(void **state)
{
	(void)state;
	fake_init();
	return conf_upcalls_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_made_of_a_nic, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_go_out, setup, teardown),
		cmocka_unit_test_setup_teardown(a_nic_that_takes_none_is_told_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(frames_come_in, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_comes_after_dying, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stop_for_another_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(a_nic_that_fails_is_told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
