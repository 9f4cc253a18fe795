/* SPDX-License-Identifier: BSD-2-Clause */
/* One interface of the component nic for the fake COS (fake_nic.h). */
#include "fake_nic.h"

#include <pthread.h>
#include <string.h>

#include <cos/layout.h>
#include <nic/nic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static uint8_t waiting[NIC_FRAME_MAX];
static size_t waiting_len; /* 0: no frame waits */

struct fake_nic fake_nic;

void fake_nic_frame_leave(const void *frame, size_t len_bytes)
{
	pthread_mutex_lock(&lock);
	memcpy(waiting, frame, len_bytes);
	waiting_len = len_bytes;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void fake_nic_frame(const void *frame, size_t len_bytes)
{
	fake_nic_frame_leave(frame, len_bytes);
	pthread_mutex_lock(&lock);
	while (waiting_len != 0)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

void fake_nic_receive_fails(long error)
{
	pthread_mutex_lock(&lock);
	fake_nic.receive_error = error;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void fake_nic_inside_wait(int count)
{
	pthread_mutex_lock(&lock);
	while (fake_nic.inside != count)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

struct cos_pair nic_info(long nic)
{
	struct cos_pair info = {0, 1};

	if (nic != 0)
		return (struct cos_pair){-COS_ENOENT, 0};
	if (fake_nic.info_error)
		return (struct cos_pair){fake_nic.info_error, 0};
	memcpy(&info.v0, FAKE_NIC_MAC, 6);
	return info;
}

static bool is_shared(unsigned long buffer)
{
	return buffer >> COS_SLOT_SHIFT == COS_SLOT_SHARED;
}

long nic_send(long nic, unsigned long buffer, unsigned long len)
{
	long result = fake_nic.send_error;

	pthread_mutex_lock(&lock);
	fake_nic.sends++;
	if (nic != 0)
		result = -COS_ENOENT;
	else if (len < NIC_FRAME_MIN || len > NIC_FRAME_MAX)
		result = -COS_EINVAL;
	else if (!is_shared(buffer))
		result = -COS_EFAULT;
	if (result == 0) {
		memcpy(fake_nic.sent, (void *)buffer, len);
		fake_nic.sent_len = len;
	}
	pthread_mutex_unlock(&lock);
	return result;
}

long nic_receive(long nic, unsigned long buffer, unsigned long room, unsigned long deadline_ns)
{
	long result;

	if (nic != 0 || room < NIC_FRAME_MAX || !is_shared(buffer) || deadline_ns != 0)
		return -COS_EINVAL;
	pthread_mutex_lock(&lock);
	fake_nic.inside++;
	pthread_cond_broadcast(&changed);
	while (!fake_nic.stop && waiting_len == 0 && fake_nic.receive_error == 0)
		pthread_cond_wait(&changed, &lock);
	if (fake_nic.stop) {
		fake_nic.stop = false;
		result = -COS_EINTR;
	} else if (fake_nic.receive_error) {
		result = fake_nic.receive_error;
	} else {
		memcpy((void *)buffer, waiting, waiting_len);
		result = (long)waiting_len;
		waiting_len = 0;
	}
	fake_nic.inside--;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return result;
}

long nic_receive_stop(long nic)
{
	pthread_mutex_lock(&lock);
	fake_nic.stop = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return nic == 0 ? 0 : -COS_ENOENT;
}
