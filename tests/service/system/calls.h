/* SPDX-License-Identifier: BSD-2-Clause */
/* What the probe asks its partners for, as system-call numbers. */
#ifndef TESTS_SERVICE_CALLS_H
#define TESTS_SERVICE_CALLS_H

#define PEER_SUM 1   /* of a0..a4; v1: negated */
#define PEER_WHO 2   /* v0 = client, v1 = thread id */
#define PEER_SELF 3  /* v0 = the thread's word, which is then 1 */
#define PEER_UPPER 4 /* a1 letters at a0, in a shared buffer, become upper-case */

#define SUFFERER_OVERFLOW 1 /* recursion without end */
#define SUFFERER_WAIT 2	    /* waits for ever */

#endif
