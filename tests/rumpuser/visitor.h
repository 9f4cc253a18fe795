/* SPDX-License-Identifier: BSD-2-Clause */
/* The conformance suite's partners on COS. */
#ifndef TESTS_RUMPUSER_VISITOR_H
#define TESTS_RUMPUSER_VISITOR_H

/*
 * visitor: calls storage_syscall(1, memory, its length, a bad address, int counts[64]) again and
 * again, and counts the signals that it is told of.
 *
 * faultydisk: the disk "faulty" (interface/block) of so many sectors of 512 bytes. Nothing can be
 * transferred that has its bad sector in it: COS_EIO.
 */
#define FAULTYDISK_SECTORS 256
#define FAULTYDISK_BAD 100

#endif
