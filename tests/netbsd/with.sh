#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# with.sh COMMAND...: run a test of NetBSD's rump kernel if RUMP_PREFIX has one (docs/netbsd.md).
if [ -z "${RUMP_PREFIX-}" ]; then
	echo "SKIP ${TEST_NAME-netbsd}: no RUMP_PREFIX"
	exit 0
fi
exec "$@"
