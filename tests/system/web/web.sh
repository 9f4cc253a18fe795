#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# web.sh SYSTEM [small]: the web server of SYSTEM serves the tree of build/web/test.img, byte for byte, and leaves the
# image clean. small: without the file of 1 GiB.
set -u
cd "$(dirname "$0")/../../.." || exit 1
system=$1
. tests/lib.sh

image=$work/disk.img
cp --sparse=always build/web/test.img "$image"
port=$(port_free)
system_start --disk "$image" -p "$port:80" --timeout 2300 "$system"
if ! http_wait "$port"; then
	fail boot "nothing was served" "$work/system.err"
	tail -n 40 "$work/system.log" | sed 's/^/  | /'
	exit 0
fi
pass boot

# Every file but the large one, 50 at once, by the names of the list.
url_of()
{
	local LC_ALL=C text=$1 c i
	for ((i = 0; i < ${#text}; i++)); do
		c=${text:i:1}
		case $c in
		[a-zA-Z0-9./_-]) printf '%s' "$c" ;;
		*) printf '%%%02X' $(($(printf '%d' "'$c") & 255)) ;;
		esac
	done
}
grep -v 'big file.bin' build/web/test.img.sha256 | sed 's/^[0-9a-f]* [ *]//' >"$work/names"
while IFS= read -r name; do
	printf 'url = "http://127.0.0.1:%s/%s"\noutput = "%s/got/%s"\n' \
		"$port" "$(url_of "${name#./}")" "$work" "$name"
done <"$work/names" >"$work/curl.conf"
# Fifty clients at once, each with a fiftieth of the list. They connect one after the other: the port forwarding of QEMU
# listens with a backlog of one, and loses some connections of a burst whatever the guest does.
split -n r/50 -d --suffix-length=2 --filter='cat >"$FILE"' <(paste - - <"$work/curl.conf") "$work/part."
clients=()
for part in "$work"/part.*; do
	tr '\t' '\n' <"$part" >"$part.conf"
	curl -4 --no-progress-meter -f --create-dirs --max-time 900 -K "$part.conf" >>"$work/curl.err" 2>&1 &
	clients+=($!)
	sleep 0.05
done
failures=0
for client in "${clients[@]}"; do
	wait "$client" || failures=$((failures + 1))
done
[ $failures = 0 ] && pass fetch-all-50-at-once || fail fetch-all-50-at-once "$failures clients failed" "$work/curl.err"
grep -v 'big file.bin' build/web/test.img.sha256 >"$work/sums"
(cd "$work/got" && sha256sum --quiet -c "$work/sums") >"$work/sums.out" 2>&1
if [ $? = 0 ] && [ "$(find "$work/got" -type f | wc -l)" = "$(wc -l <"$work/names")" ]; then
	pass "sha256 of $(wc -l <"$work/names") files"
else
	fail sha256 "contents differ" "$work/sums.out"
fi
rm -rf "$work/got"

status=$(curl -s -o /dev/null -w '%{http_code}' --max-time 60 "http://127.0.0.1:$port/files/no%20such%20file")
[ "$status" = 404 ] && pass missing-is-404 || fail missing-is-404 "status $status"
status=$(curl -s -o "$work/part" -r 1000-2999 -w '%{http_code}' --max-time 60 "http://127.0.0.1:$port/64m")
[ "$status" = 206 ] && [ "$(stat -c %s "$work/part")" = 2000 ] && pass range || fail range "status $status"

if [ "${2-}" != small ]; then
	sum=$(curl -sS --max-time 900 "http://127.0.0.1:$port/files/big%20file.bin" 2>"$work/big.err" | sha256sum)
	if grep -q "^${sum%% *} .*big file.bin" build/web/test.img.sha256; then
		pass download-1GiB
	else
		fail download-1GiB "sha256 differs" "$work/big.err"
	fi
fi

if grep -aE ' (failed|\[(crit|alert|emerg)\])' "$work/system.err" >"$work/server.errors"; then
	grep -av 'No such file' "$work/server.errors" >"$work/server.unexpected"
	[ -s "$work/server.unexpected" ] && fail server-log "the server had errors" "$work/server.unexpected" || pass server-log
else
	pass server-log
fi
system_stop INT 120
[ "$system_status" -lt 124 ] && pass orderly-end || fail orderly-end "status $system_status" "$work/system.err"
check e2fsck e2fsck -fn "$image"
check marked-clean sh -c 'e2fsck -n "$1" | grep -q ": clean,"' sh "$image"
