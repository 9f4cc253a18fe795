#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tsan.sh PROGRAM: run a program that was built with ThreadSanitizer. Its shadow is at fixed addresses,
# which a kernel with much randomization may have used; randomization is switched off where that is permitted.
if setarch -R true 2>/dev/null; then
	exec setarch -R "$@"
fi
exec "$@"
