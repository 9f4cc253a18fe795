#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# virtif.sh: a web server over NetBSD's TCP/IP and its virtual interface, whose card another component drives, serves
# the host: every file of a small tree, ten at once, and a large one. A program reaches a server of the host.
set -u
cd "$(dirname "$0")/../.." || exit 1
label=netbsd-virtif
. tests/lib.sh

cp --sparse=always build/web/small.img "$work/disk.img"
port=$(port_free)
system_start --disk "$work/disk.img" -p "$port:80" --timeout 1100 tests/netbsd/virtif.conf
if ! http_wait "$port"; then
	fail boot "nothing was served" "$work/system.err"
	tail -n 40 "$work/system.log" | sed 's/^/  | /'
	exit 0
fi
pass boot
grep -q '^dhcp: virt0: adding IP address 10.0.2.15/24' "$work/system.log" && pass address || fail address "not in the log" "$work/system.log"
grep -q '^nic0: 52:54:00:12:34:56' "$work/system.log" && pass card || fail card "not in the log" "$work/system.log"

# fetched NAME SUMS JOBS: the files of these checksums, so many at once
fetched()
{
	rm -rf "$work/got"
	sed 's/^[0-9a-f]* [ *]\.\///' "$2" | xargs -P "$3" -I{} curl -sS -g --path-as-is --create-dirs --max-time 900 \
		-o "$work/got/{}" "http://127.0.0.1:$port/{}" >"$work/curl.err" 2>&1
	if (cd "$work/got" && sha256sum --quiet -c "$2") >"$work/sums.out" 2>&1; then
		pass "$1"
	else
		fail "$1" "contents differ" "$work/curl.err"
	fi
}
grep -v 64m build/web/small.img.sha256 | LC_ALL=C grep '^[0-9a-f]* [ *][a-zA-Z0-9./_-]*$' >"$work/small.sums"
grep ' [ *]*\./64m$' build/web/small.img.sha256 >"$work/large.sums"
[ "$(wc -l <"$work/small.sums")" -ge 20 ] && pass tree || fail tree "few files" "$work/small.sums"
fetched files "$work/small.sums" 10
fetched 64MiB "$work/large.sums" 1
system_stop INT 120
[ "$system_status" -lt 124 ] && pass orderly-end || fail orderly-end "status $system_status" "$work/system.err"

# The other way: QEMU has the host at 10.0.2.2.
coproc HOST { exec python3 -c '
import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
	c, _ = s.accept()
	c.sendall(b"the host")
	c.close()
'; }
host_pid=$HOST_PID
trap 'kill $host_pid 2>/dev/null; system_stop TERM; rm -rf "$work"' EXIT
read -r host_port <&"${HOST[0]}"
timeout -k 5 200 ./r2c run "${cpus[@]}" --system tests/netbsd/virtif.conf --timeout 180 --log "$work/log" -- build/tests/system/network/reach "$host_port" \
	>"$work/reach.out" 2>"$work/reach.err" </dev/null
grep -q '^tcp 10.0.2.2: the host$' "$work/reach.out" && pass reaches-the-host || fail reaches-the-host "$(grep -a '^tcp' "$work/reach.out")" "$work/log"
