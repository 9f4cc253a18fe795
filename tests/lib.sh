# SPDX-License-Identifier: BSD-2-Clause
# For test scripts (bash): results, a scratch directory, free ports, systems in the background.
# With CPUS=N in the environment the systems have N cores, and their rump kernels as many virtual CPUs.

label=${label-${TEST_NAME-$(basename "$0" .sh)}} # the beginning of every result's name
cpus=(${CPUS:+--cpus "$CPUS"})			  # for r2c run

work=$(mktemp -d)
system_pid=
trap 'system_stop TERM; rm -rf "$work"' EXIT

pass()
{
	echo "PASS $label/$1"
}

# fail NAME WHY [FILE]: shows the end of FILE, and sets $failed
failed=
fail()
{
	failed=1
	echo "FAIL $label/$1: $2"
	[ -z "${3-}" ] || tail -n 30 "$3" | sed 's/^/  | /'
}

# check NAME COMMAND...: the command's status decides
check()
{
	local name=$1
	shift
	if "$@" >"$work/check.out" 2>&1; then
		pass "$name"
	else
		fail "$name" "'$*' failed" "$work/check.out"
	fi
}

# The accelerator that r2c takes by itself (tools/r2c/run/qemu.c).
accelerator()
{
	if [ -r /dev/kvm ] && [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)' /proc/cpuinfo; then
		echo kvm
	else
		echo tcg
	fi
}

port_free()
{
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# system_start ARGUMENT...: r2c run with these, in the background; its output in $work/system.{out,err,log}
system_start()
{
	./r2c run "${cpus[@]}" --log "$work/system.log" "$@" >"$work/system.out" 2>"$work/system.err" </dev/null &
	system_pid=$!
}

# http_wait PORT [SECONDS]: wait until the system serves there, or has ended
http_wait()
{
	local deadline=$((SECONDS + ${2-180}))
	while [ $SECONDS -lt $deadline ]; do
		curl -s -o /dev/null --max-time 5 "http://127.0.0.1:$1/1k" && return 0
		kill -0 "$system_pid" 2>/dev/null || return 1
		sleep 0.3
	done
	return 1
}

# system_stop SIGNAL [SECONDS]: ask the system to end and wait; its exit status is in $system_status
system_stop()
{
	[ -n "$system_pid" ] || return 0
	kill -"$1" "$system_pid" 2>/dev/null
	local deadline=$((SECONDS + ${2-60}))
	while kill -0 "$system_pid" 2>/dev/null && [ $SECONDS -lt $deadline ]; do
		sleep 0.2
	done
	kill -KILL "$system_pid" 2>/dev/null
	wait "$system_pid" 2>/dev/null
	system_status=$?
	system_pid=
}
