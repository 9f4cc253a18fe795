# SPDX-License-Identifier: BSD-2-Clause
#
# The conformance suite; and a COS made of POSIX threads with libcos' synchronisation over it, for tests of
# components on the host.

CONFORMANCE_SRCS := $(wildcard tests/rumpuser/conformance/*.c)
COS_FAKE_SRCS := tests/rumpuser/cos/fake.c libcos/cond.c libcos/format.c libcos/log.c \
	libcos/mutex.c libcos/panic.c libcos/rwlock.c libcos/sem.c libcos/size.c libcos/waitq.c
