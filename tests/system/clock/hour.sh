#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# hour.sh SYSTEM: an hour of simulated time. Most of it is slept, and an emulator that counts instructions skips that.
set -u
cd "$(dirname "$0")/../../.." || exit 1
. tests/lib.sh
timeout 580 ./r2c run --icount --system "$1" --timeout 570 build/tests/system/clock/hour >"$work/out" 2>&1 </dev/null
status=$?
[ $status = 0 ] && pass hour || fail hour "status $status" "$work/out"
