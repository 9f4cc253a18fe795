#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tsan.sh PROGRAM: run a program that was built with ThreadSanitizer. Its shadow is at fixed addresses,
# which a kernel that randomizes a lot may have taken; where that may be switched off, it is.
if setarch -R true 2>/dev/null; then
	exec setarch -R "$@"
fi
exec "$@"
