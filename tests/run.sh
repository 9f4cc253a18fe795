#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh [-j N] TEST...: run tests, N at a time (2), and count. A TEST is an executable build/test/NAME, or
# "LIMIT:build/test/NAME" to give it LIMIT seconds instead of 900. It reports results by lines
#	PASS name | FAIL name: why | SKIP name: why		(scripts, booted systems)
#	ok N - name | not ok N - name				(cmocka: TAP)
# and its whole output is kept as build/test-log/NAME.log, with CPUS=N in the environment (tests/lib.sh) as
# build/test-log-N/NAME.log; LOGS=DIR puts them elsewhere. A test that ends with another status than 0 without a FAIL,
# reports nothing, or outlives its limit counts as failed. The last line is the sum. Two of these can run in one tree:
# one waits for the other where they have a test in common.
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=2
if [ "${1-}" = -j ]; then
	jobs=$2
	shift 2
fi
logs=${LOGS:-build/test-log${CPUS:+-$CPUS}}
sums=$(mktemp) # "passed failed skipped", a line a test
trap 'rm -f "$sums"' EXIT
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}

run_one()
{
	local spec=$1 limit=900 name log status
	if [[ $spec =~ ^([0-9]+):(.*)$ ]]; then
		limit=${BASH_REMATCH[1]}
		spec=${BASH_REMATCH[2]}
	fi
	name=${spec#*/test/}
	log=$logs/$name.log
	mkdir -p "$(dirname "$log")"
	exec 9>"$log.lock"
	flock 9
	local start=$SECONDS
	TEST_NAME=$name timeout --kill-after=10 "$limit" "./$spec" >"$log" 2>&1 </dev/null 9>&-
	status=$?
	sed -i -E 's/\r$//' "$log"
	if [ $status = 124 ] || [ $status = 137 ]; then
		echo "FAIL $name: still running after $limit s" >>"$log"
	elif [ $status != 0 ] && ! grep -qE '^(FAIL |not ok )' "$log"; then
		echo "FAIL $name: ended with status $status" >>"$log"
	elif ! grep -qE '^(PASS|FAIL|SKIP|ok|not ok) ' "$log"; then
		echo "FAIL $name: reported nothing" >>"$log"
	fi
	local good bad skipped
	good=$(grep -cE '^(PASS|ok) ' "$log")
	bad=$(grep -cE '^(FAIL|not ok) ' "$log")
	skipped=$(grep -cE '^SKIP ' "$log")
	echo "$good $bad $skipped" >>"$sums"
	printf '%-40s %4d passed %3d failed %3d skipped  %4d s\n' \
		"$name" "$good" "$bad" "$skipped" $((SECONDS - start))
	if [ "$bad" != 0 ]; then
		grep -E '^(FAIL|not ok) ' "$log" | head -20 | sed 's/^/    /'
		echo "    (log: $log)"
		tail -n 25 "$log" | sed 's/^/    | /'
	fi
	grep -E '^SKIP ' "$log" | sed 's/^/    /'
	return 0
}
export -f run_one
export logs sums

printf '%s\0' "$@" | xargs -0 -n 1 -P "$jobs" bash -c 'run_one "$1"' _

read -r good bad skipped < <(awk '{ g += $1; b += $2; s += $3 } END { print g + 0, b + 0, s + 0 }' "$sums")
echo "$good passed, $bad failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$bad" = 0 ] && [ "$good" != 0 ]
