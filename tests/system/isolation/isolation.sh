#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# isolation.sh SYSTEM: programs beside the web server of SYSTEM try to get out of their domains (attack.c). Each is
# refused, stopped and reported, and the server keeps serving.
set -u
cd "$(dirname "$0")/../../.." || exit 1
system=$1
. tests/lib.sh

# what | the signal that ends it
attempts='kernel 11
kernel-read 11
posix 11
data 11
code 11
io 11
capability 31
return 31
random 31'
seed=${SEED-78861029494391} # any other: SEED=N
image=$work/disk.img
cp --sparse=always build/web/small.img "$image"
cp "$system" "$work/attacked.conf"
delay=8
while read -r what signal; do
	# A composition names each program once.
	debugfs -w -R "write build/tests/system/isolation/attack /bin/attack-$what" "$image" >/dev/null 2>&1
	debugfs -w -R "set_inode_field /bin/attack-$what mode 0100755" "$image" >/dev/null 2>&1
	printf 'program "/bin/attack-%s" {\n\targs = {"attack", "%s", "%s", "%s"}\n\tstdin = "null"\n}\n' \
		"$what" "$what" "$seed" "$delay" >>"$work/attacked.conf"
	delay=$((delay + 1))
done <<<"$attempts"

port=$(port_free)
system_start --disk "$image" -p "$port:80" --timeout 280 "$work/attacked.conf"
if ! http_wait "$port"; then
	fail boot "nothing was served" "$work/system.err"
	tail -n 40 "$work/system.log" | sed 's/^/  | /'
	exit 0
fi
deadline=$((SECONDS + 150))
while [ "$(grep -ac 'program "attack.*killed by signal' "$work/system.log")" -lt 9 ] && [ $SECONDS -lt $deadline ]; do
	curl -s -o /dev/null --max-time 20 "http://127.0.0.1:$port/1k" || break
	sleep 0.5
done
while read -r what signal; do
	if ! grep -q "^attack $what\$" "$work/system.out"; then
		fail "$what" "was not tried (seed $seed)" "$work/system.log"
	elif ! grep -aq "killed by signal $signal.*attack $what\|attack $what.*killed by signal $signal" "$work/system.log"; then
		fail "$what" "not reported as stopped by signal $signal (seed $seed)" "$work/system.log"
	else
		pass "$what"
	fi
done <<<"$attempts"
if grep -aq BROKEN "$work/system.out"; then
	fail held "$(grep -a BROKEN "$work/system.out" | head -n 3) (seed $seed)"
else
	pass held
fi
grep -aq 'random: 10000 operations done' "$work/system.out" && pass random-operations || fail random-operations "seed $seed" "$work/system.out"
sum=$(curl -s --max-time 60 "http://127.0.0.1:$port/64m" | sha256sum)
[ "${sum%% *}" = "$(sed -n 's# \*\./64m$##p' build/web/small.img.sha256)" ] && pass still-serving || fail still-serving "after the attacks" "$work/system.log"
system_stop INT 120
[ "$system_status" -lt 124 ] && pass orderly-end || fail orderly-end "status $system_status" "$work/system.err"
check e2fsck e2fsck -fn "$image"
