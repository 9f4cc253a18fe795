#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# differ.sh [NAME...]: run the programs of tests/linux on Linux, and on posix with its backends in one process of the
# host (tests/posix/run.c), and compare standard output and exit status. NAMEs are cases of tests/linux/cases.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/linux/cases.sh
run=${POSIX_RUN:-build/posix-run/run}
bin=build/linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ASAN_OPTIONS=use_sigaltstack=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:detect_leaks=0

root=$work/root
mkdir -p "$root/bin" "$root/tmp" "$root/data" "$root/dev" "$root/proc"
wanted=" $* "
failed=0
while IFS='|' read -r name command input; do
	[ $# = 0 ] || [[ $wanted == *" $name "* ]] || continue
	read -ra words <<<"$command"
	rm -rf "$root"/bin/* "$root"/tmp/*
	if ! cp "$bin/${words[0]}" "$root/bin/"; then
		echo "FAIL $name: $bin/${words[0]} is not built"
		failed=1
		continue
	fi
	words[0]=/bin/${words[0]}
	unshare --mount sh -c 'root=$1 && shift && mount --bind /dev "$root/dev" && mount -t proc proc "$root/proc" &&
		exec chroot "$root" "$@"' sh "$root" "${words[@]}" \
		>"$work/linux.out" 2>"$work/linux.err" <"${input:-/dev/null}"
	expected=$?
	rm -rf "$root"/tmp/*
	timeout -k 5 120 "$run" "$root" "${words[@]}" >"$work/here.out" 2>"$work/here.err" <"${input:-/dev/null}"
	status=$?
	if [ $status = $expected ] && cmp -s "$work/linux.out" "$work/here.out"; then
		echo "PASS $name"
	else
		echo "FAIL $name: status $status, on Linux $expected"
		diff "$work/linux.out" "$work/here.out" | head -${DIFF_LINES:-20}
		head -30 "$work/here.err"
		failed=1
	fi
done < <(linux_cases host)
exit $failed
