#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# network.sh SUFFIX: a program finds the network that the section network of its composition describes: by DHCP, with a
# fixed address, with a fixed address and no gateway, and without one. SUFFIX is that of the compositions' names.
set -u
cd "$(dirname "$0")/../../.." || exit 1
suffix=$1
. tests/lib.sh

# composition FROM ADDRESS [GATEWAY]: FROM with another network section, as $work/net.conf
composition()
{
	awk -v address="$2" -v gateway="${3-}" '
		/^network/ { print "network {\n\thostname = \"tester\"\n\taddress = \"" address "\"\n\tdns = \"10.0.2.33\""
			if (gateway != "")
				print "\tgateway = \"" gateway "\""
			inside = 1 }
		!inside { print }
		/^}/ { if (inside) print; inside = 0 }' "system/$1$suffix.conf" >"$work/net.conf"
}

# A server on the host, which a guest of QEMU reaches at 10.0.2.2 and fec0::2. It answers with one line.
server='
import socket, sys, threading
def serve(s):
	while True:
		c, _ = s.accept()
		c.sendall(b"the host")
		c.close()
a = socket.create_server(("127.0.0.1", 0))
port = a.getsockname()[1]
try:
	b = socket.create_server(("::1", port), family=socket.AF_INET6)
	threading.Thread(target=serve, args=(b,), daemon=True).start()
except OSError:
	b = None
print(port, "both" if b else "IPv4", flush=True)
serve(a)
'
coproc HOST { exec python3 -c "$server"; }
host_pid=$HOST_PID
trap 'kill $host_pid 2>/dev/null; system_stop TERM; rm -rf "$work"' EXIT
read -r host_port host_has <&"${HOST[0]}"

# reaches NAME ARGUMENT [OPTION...]: reach in $work/net.conf, run with these options, prints what standard input has
reaches()
{
	cat >"$work/expected"
	local name=$1 argument=$2
	shift 2
	timeout -k 5 200 ./r2c run "${cpus[@]}" --system "$work/net.conf" --timeout 180 "$@" -- build/tests/system/network/reach "$host_port" $argument \
		>"$work/reach.out" 2>"$work/reach.err" </dev/null
	local status=$?
	[ "$host_has" = both ] || sed -i '/^tcp fec0/d' "$work/expected" "$work/reach.out"
	if [ $status != 0 ]; then
		fail "$name" "status $status" "$work/reach.err"
	elif diff -u "$work/expected" "$work/reach.out" >"$work/reach.diff"; then
		pass "$name"
	else
		fail "$name" "- expected, + found" "$work/reach.diff"
	fi
}

always='name: tester
/proc/net/pnp: #MANUAL
/proc/net/pnp: nameserver 10.0.2.33
loopback 127.0.0.1: ok
loopback ::1: ok'
# by RFC 4291, appendix A, of QEMU's 52:54:00:12:34:56
automatic='source to fec0::2: fec0::5054:ff:fe12:3456
source to fe80::2: fe80::5054:ff:fe12:3456
tcp fec0::2: the host'

composition run dhcp
reaches dhcp announced <<END
$always
source to 10.0.2.2: 10.0.2.15
source to 192.0.2.1: 10.0.2.15
datagram 192.0.2.1: ok
bind 10.0.2.15: ok
bind 10.0.2.99: Address not available
bind fec0::99: Address not available
tcp 10.0.2.2: the host
$automatic
END

# A wire without another machine on it: the system starts all the same.
composition run dhcp
sed -i 's/net = true/net = false/' "$work/net.conf"
reaches dhcp-silent "" --qemu-option -netdev --qemu-option hubport,id=wire,hubid=0 \
	--qemu-option -device --qemu-option virtio-net-pci,netdev=wire,disable-legacy=on <<END
$always
source to 10.0.2.2: Network unreachable
source to 192.0.2.1: Network unreachable
datagram 192.0.2.1: Network unreachable
bind 10.0.2.15: Address not available
bind 10.0.2.99: Address not available
bind fec0::99: Address not available
tcp 10.0.2.2: Network unreachable
source to fec0::2: Network unreachable
source to fe80::2: fe80::5054:ff:fe12:3456
tcp fec0::2: Network unreachable
END

# The network of /30 is 10.0.2.76 to 79: the host itself is beyond the gateway.
composition run 10.0.2.77/30 10.0.2.2
reaches fixed announced <<END
$always
source to 10.0.2.2: 10.0.2.77
source to 192.0.2.1: 10.0.2.77
datagram 192.0.2.1: ok
bind 10.0.2.15: Address not available
bind 10.0.2.99: Address not available
bind fec0::99: Address not available
tcp 10.0.2.2: the host
$automatic
END

composition run 10.0.2.15/24
reaches fixed-without-gateway announced <<END
$always
source to 10.0.2.2: 10.0.2.15
source to 192.0.2.1: Network unreachable
datagram 192.0.2.1: Network unreachable
bind 10.0.2.15: ok
bind 10.0.2.99: Address not available
bind fec0::99: Address not available
tcp 10.0.2.2: the host
$automatic
END

composition run none
reaches none "" <<END
$always
source to 10.0.2.2: Network unreachable
source to 192.0.2.1: Network unreachable
datagram 192.0.2.1: Network unreachable
bind 10.0.2.15: Address not available
bind 10.0.2.99: Address not available
bind fec0::99: Address not available
tcp 10.0.2.2: Network unreachable
source to fec0::2: Network unreachable
source to fe80::2: Network unreachable
tcp fec0::2: Network unreachable
END

# Served through a fixed address.
composition web 10.0.2.15/24 10.0.2.2
cp --sparse=always build/web/small.img "$work/disk.img"
port=$(port_free)
system_start --disk "$work/disk.img" -p "$port:80" --timeout 500 "$work/net.conf"
if http_wait "$port" && curl -sS --max-time 60 -o "$work/got" "http://127.0.0.1:$port/1k" 2>"$work/curl.err" &&
	[ "$(sha256sum <"$work/got" | cut -d' ' -f1)" = "$(sed -n 's#^\([0-9a-f]*\) [ *]\./1k$#\1#p' build/web/small.img.sha256)" ]; then
	pass served
else
	fail served "not the file" "$work/system.err"
fi
system_stop INT 120
grep -q '^vioif0: 10.0.2.15 mask 255.255.255.0 gateway 10.0.2.2' "$work/system.log" && pass address-in-log ||
	fail address-in-log "the log does not have the address" "$work/system.log"
