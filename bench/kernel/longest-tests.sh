#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# longest-tests.sh KERNEL TREE TEST...: the longest ways through the kernel in the systems that tests boot.
# Runs the tests (tests/run.sh) in TREE, a copy of this tree by links. Its systems have KERNEL, which measures
# (longest.c), one core, and a clock of instructions. Prints the systems and the longest ways in all of them
# (longest.sh); the tests' own output is on standard error.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
kernel=$1
tree=$2
shift 2
export CPUS=1 STRESS=5 # of the suite of hypercalls, seconds
rm -rf "$tree"
mkdir -p "$tree/build/kernel" "$tree/build/system" "$tree/build/test-log-1" "$tree/logs" || exit 1
tree=$(cd "$tree" && pwd)
links()
{
	local entry
	for entry in "$1"/*; do
		[ -e "$2/${entry##*/}" ] || ln -s "$entry" "$2"
	done
}
links "$top/build" "$tree/build"
cp -r build/kernel/. "$tree/build/kernel"
cp "$kernel" "$tree/build/kernel/kernel.o"
# r2c looks for all of this where its own file is.
cp r2c "$tree/r2c.measured"
cp bench/kernel/longest-r2c.sh "$tree/r2c"
links "$top" "$tree"
(cd "$tree" && tests/run.sh -j 2 "$@") >&2
# On more cores the clock counts what all of them do.
mapfile -t logs < <(grep -al '^longest ' "$tree"/logs/* | xargs -r grep -alE '^boot: 1 core.?$')
echo "${#logs[@]} systems of: $(for test; do echo "${test#*build/test/}"; done | paste -sd' ')"
echo
bench/kernel/longest.sh "${logs[@]}"
