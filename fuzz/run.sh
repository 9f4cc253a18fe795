#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh SECONDS | smoke: run each fuzzer for SECONDS, from the corpus of earlier runs in build/fuzz/corpus; or, as a
# quick check, for a fixed set of inputs.
set -u
cd "$(dirname "$0")/.." || exit 1
label=fuzz
. tests/lib.sh

for fuzzer in composition ext2; do
	if [ "$1" = smoke ]; then
		corpus=$work/corpus-$fuzzer
		options=(-runs=100 -seed=1)
	else
		corpus=build/fuzz/corpus/$fuzzer
		options=(-max_total_time="$1")
	fi
	seeds=$work/seeds-$fuzzer
	mkdir -p "$corpus" "$seeds"
	case $fuzzer in
	composition) cp system/*.conf tests/*/*.conf tests/*/*/*.conf "$seeds/" 2>/dev/null ;;
	ext2) # one change each, to words of the superblock (from 512 on), the descriptor and what is behind them
		for word in 512 524 536 540 556 1024 1028 8192; do
			printf "\\x$(printf %02x $((word % 256)))\\x$(printf %02x $((word / 256)))\\xff\\xff\\xff\\xff" >"$seeds/$word"
		done
		;;
	esac
	TMPDIR=$work build/fuzz/$fuzzer "${options[@]}" -timeout=60 -rss_limit_mb=4096 \
		-artifact_prefix="build/fuzz/$fuzzer-" "$corpus" "$seeds" >"$work/$fuzzer.log" 2>&1
	status=$?
	runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$work/$fuzzer.log")
	if [ $status != 0 ] || [ "${runs:-0}" -lt 100 ]; then
		fail "$fuzzer" "status $status after ${runs:-some} inputs; see build/fuzz/$fuzzer-*" "$work/$fuzzer.log"
	else
		pass "$fuzzer ($runs inputs)"
	fi
done
