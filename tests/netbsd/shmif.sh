#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# shmif.sh: two of NetBSD's rump kernels in two domains, each with its own TCP/IP, reach each other by their shmif
# interfaces on one bus in shared memory: a megabyte there and back by TCP from either side, and datagrams.
cd "$(dirname "$0")/../.." || exit 1
label=netbsd-shmif
. tests/lib.sh

timeout 280 ./r2c run "${cpus[@]}" --log "$work/log" --timeout 270 tests/netbsd/shmif.conf >"$work/out" 2>"$work/err" </dev/null
status=$?
cat "$work/err" >>"$work/log"
for way in '1 to 10.1.0.2' '2 to 10.1.0.1'; do
	check "tcp from $way" grep -q "tcp from 10.1.0.$way: 1048576 bytes" "$work/log"
done
check udp grep -q 'udp: 200 datagrams' "$work/log"
if [ $status = 0 ] && grep -q 'shmif: 0 failures' "$work/log"; then
	pass end
else
	fail end "status $status" "$work/log"
fi
