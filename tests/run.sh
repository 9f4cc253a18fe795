#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh [-j N] TEST...: run tests, N at a time, and count. A TEST is an executable, or
# "LIMIT:executable" to give it LIMIT seconds instead of 900. It says what it found by lines
#	PASS name | FAIL name: why | SKIP name: why		(scripts, booted systems)
#	ok N - name | not ok N - name				(cmocka: TAP)
# and its whole output is kept in build/test-log/, with CPUS=N in the environment (tests/lib.sh) in build/test-log-N/.
# A test that ends with another status than 0 without a FAIL, says nothing, or outlives its limit counts as
# failed. The last line is the sum.
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=2
if [ "${1-}" = -j ]; then
	jobs=$2
	shift 2
fi
logs=build/test-log${CPUS:+-$CPUS}
rm -rf "$logs"
mkdir -p "$logs"
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}

run_one()
{
	local spec=$1 limit=900 test name log status
	if [[ $spec =~ ^([0-9]+):(.*)$ ]]; then
		limit=${BASH_REMATCH[1]}
		spec=${BASH_REMATCH[2]}
	fi
	test=$spec
	name=${test#build/test/}
	log=$logs/${name//\//_}.log
	local start=$SECONDS
	TEST_NAME=$name timeout --kill-after=10 "$limit" "./$test" >"$log" 2>&1 </dev/null
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
export logs

printf '%s\0' "$@" | xargs -0 -n 1 -P "$jobs" bash -c 'run_one "$1"' _

count()
{
	cat "$logs"/*.log 2>/dev/null | grep -cE "$1"
}
good=$(count '^(PASS|ok) ')
bad=$(count '^(FAIL|not ok) ')
skipped=$(count '^SKIP ')
if [ "$skipped" != 0 ]; then
	echo "$good passed, $bad failed, $skipped skipped"
else
	echo "$good passed, $bad failed"
fi
[ "$bad" = 0 ] && [ "$good" != 0 ]
