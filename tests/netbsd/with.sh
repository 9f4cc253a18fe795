#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# with.sh NAME COMMAND...: a test of NetBSD's rump kernel, where there is one (docs/netbsd.md).
name=$1
shift
if [ -z "${RUMP_PREFIX-}" ]; then
	echo "SKIP netbsd/$name: no RUMP_PREFIX"
	exit 0
fi
exec "$@"
