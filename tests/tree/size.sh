#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# size.sh: the kernel stays small enough to be read: at most 5,000 lines of code, headers and assembly in.
set -eu
cd "$(dirname "$0")/../.."
lines=$(cloc --quiet --csv --include-lang="C,C/C++ Header,Assembly" kernel | awk -F, '$2 == "SUM" { print $5 }')
if [ -n "$lines" ] && [ "$lines" -gt 0 ] && [ "$lines" -le 5000 ]; then
	echo "PASS kernel size: $lines lines of code"
else
	echo "FAIL kernel size: ${lines:-unknown} lines of code, at most 5000"
fi
