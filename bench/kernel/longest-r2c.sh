#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# r2c for the tree of longest-tests.sh: its systems count instructions, and it keeps their logs.
top=$(dirname "$(realpath "$0")")
[ "${1-}" = run ] || exec "$top/r2c.measured" "$@"
shift
log=$(mktemp "$top/logs/${TEST_NAME//\//_}.XXXXXX")
options=()
while [ $# != 0 ] && [ "$1" != -- ]; do
	case $1 in
	--log)
		ln -sf "$log" "$2"
		shift
		;;
	--icount) ;;
	*) options+=("$1") ;;
	esac
	shift
done
exec "$top/r2c.measured" run --log "$log" --qemu-option -icount --qemu-option shift=0,sleep=on "${options[@]}" "$@"
