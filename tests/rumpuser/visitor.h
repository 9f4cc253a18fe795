/* SPDX-License-Identifier: BSD-2-Clause */
/* The conformance suite's partner components on COS. */
#ifndef TESTS_RUMPUSER_VISITOR_H
#define TESTS_RUMPUSER_VISITOR_H

/*
 * visitor calls storage_syscall(1, memory, its length, a bad address, int counts[64]) again and
 * again, and counts the signals that it receives.
 *
 * faultydisk has the disk "faulty" (interface/block) of FAULTYDISK_SECTORS sectors of 512 bytes. A
 * transfer that includes its bad sector fails with COS_EIO.
 */
#define FAULTYDISK_SECTORS 256
#define FAULTYDISK_BAD 100

#endif
