/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the component nic, on QEMU's user network. Its router, 10.0.2.2, answers ARP requests
 * (RFC 826) and echoes (RFC 792) of every length, by the interface nic and by a virtual interface
 * of rumpuser/cos. Frames that are not received are counted.
 */
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <mem/mem.h>
#include <nic/nic.h>
#include <reboot/system.h>
#include <rump/errno.h>

#include "no_kernel.h"
#include "rumpcomp_virtif.h"

#define SECOND 1000000000ul
#define WAIT_NS (10 * SECOND)
#define MAC "\x52\x54\x00\x12\x34\x56" /* QEMU's first card */
#define IP_OWN "\x0a\x00\x02\x0f"
#define IP_ROUTER "\x0a\x00\x02\x02"
#define ETHER 14
#define IP 20
#define ICMP 8
#define ECHO_MAX (NIC_FRAME_MAX - ETHER - IP - ICMP)
#define ARP_LEN 42
#define MANY 500
#define IN_FLIGHT 32

static long failures;
static uint8_t router[6];
static uint8_t *out, *in; /* shared with the component nic */

long component_init(void);

static void check(const char *what, long is, long wanted)
{
	if (is == wanted)
		return;
	cos_log("wire: %s: %ld, not %ld\n", what, is, wanted);
	failures++;
}

/* Frames. */

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned sum(const uint8_t *p, size_t len)
{
	unsigned s = 0;

	for (size_t i = 0; i < len; i++)
		s += i & 1 ? p[i] : (unsigned)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

static size_t arp_request(uint8_t *f)
{
	memset(f, 0xff, 6);
	memcpy(f + 6, MAC, 6);
	memcpy(f + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10);
	memcpy(f + 22, MAC, 6);
	memcpy(f + 28, IP_OWN, 4);
	memset(f + 32, 0, 6);
	memcpy(f + 38, IP_ROUTER, 4);
	return ARP_LEN;
}

static bool is_arp_reply(const uint8_t *f, size_t len)
{
	return len >= ARP_LEN && memcmp(f, MAC, 6) == 0 && get16(f + 12) == 0x0806 &&
	       get16(f + 20) == 2 && memcmp(f + 28, IP_ROUTER, 4) == 0;
}

static uint8_t pattern(unsigned number, size_t at)
{
	return (uint8_t)(number * 13 + at * 7 + (at >> 8));
}

/* An echo request with that number and len bytes of data. */
static size_t echo_request(uint8_t *f, unsigned number, size_t len)
{
	uint8_t *ip = f + ETHER, *icmp = ip + IP;

	memcpy(f, router, 6);
	memcpy(f + 6, MAC, 6);
	put16(f + 12, 0x0800);
	memset(ip, 0, IP + ICMP);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(IP + ICMP + len));
	ip[8] = 64;
	ip[9] = 1;
	memcpy(ip + 12, IP_OWN, 4);
	memcpy(ip + 16, IP_ROUTER, 4);
	put16(ip + 10, sum(ip, IP));
	icmp[0] = 8;
	put16(icmp + 6, number);
	for (size_t i = 0; i < len; i++)
		icmp[ICMP + i] = pattern(number, i);
	put16(icmp + 2, sum(icmp, ICMP + len));
	return ETHER + IP + ICMP + len;
}

static bool is_echo_reply(const uint8_t *f, size_t len)
{
	return len >= ETHER + IP + ICMP && get16(f + 12) == 0x0800 && f[ETHER + 9] == 1 &&
	       f[ETHER + IP] == 0;
}

static unsigned echo_number(const uint8_t *f)
{
	return get16(f + ETHER + IP + 6);
}

static bool echo_is_whole(const uint8_t *f, size_t len, unsigned number, size_t data_len)
{
	const uint8_t *data = f + ETHER + IP + ICMP;

	if (len < ETHER + IP + ICMP + data_len || echo_number(f) != number ||
	    get16(f + ETHER + 2) != IP + ICMP + data_len)
		return false;
	for (size_t i = 0; i < data_len; i++)
		if (data[i] != pattern(number, i))
			return false;
	return true;
}

/* By the interface nic. */

/* The next frame that fits, until deadline: its length, or the error. */
static long receive(bool (*fits)(const uint8_t *f, size_t len), unsigned long deadline)
{
	long len;

	do
		len = nic_receive(0, (unsigned long)in, NIC_FRAME_MAX, deadline);
	while (len >= 0 && !fits(in, (size_t)len));
	return len;
}

static void errors(void)
{
	static uint8_t own[NIC_FRAME_MAX];
	struct cos_pair info = nic_info(0);
	long len;

	check("address", memcmp(&info.v0, MAC, 6), 0);
	check("link", info.v1, 1);
	check("no such interface", nic_info(1).v0, -COS_ENOENT);
	check("too short", nic_send(0, (unsigned long)out, NIC_FRAME_MIN - 1), -COS_EINVAL);
	check("too long", nic_send(0, (unsigned long)out, NIC_FRAME_MAX + 1), -COS_EINVAL);
	check("not shared", nic_send(0, (unsigned long)own, 60), -COS_EFAULT);
	check("nothing there", nic_send(0, (unsigned long)out + (1ul << 38), 60), -COS_EFAULT);
	check("no room", nic_receive(0, (unsigned long)in, NIC_FRAME_MAX - 1, 1), -COS_EINVAL);
	check("stop", nic_receive_stop(0), 0);
	check("stopped", nic_receive(0, (unsigned long)in, NIC_FRAME_MAX, 0), -COS_EINTR);
	do
		len = nic_receive(0, (unsigned long)in, NIC_FRAME_MAX, cos_now_ns() + SECOND / 10);
	while (len >= 0); /* the network sends frames of its own accord */
	check("no frame comes", len, -COS_ETIMEDOUT);
}

static void arp_by_nic(void)
{
	size_t len = arp_request(out);
	long got;

	check("ARP out", nic_send(0, (unsigned long)out, len), 0);
	got = receive(is_arp_reply, cos_now_ns() + WAIT_NS);
	check("ARP in", got >= ARP_LEN, 1);
	memcpy(router, in + 22, 6);
}

static void echo_by_nic(unsigned number, size_t data_len)
{
	size_t len = echo_request(out, number, data_len);
	long got;

	check("echo out", nic_send(0, (unsigned long)out, len), 0);
	got = receive(is_echo_reply, cos_now_ns() + WAIT_NS);
	check("echo in", got >= 0 && echo_is_whole(in, (size_t)got, number, data_len), 1);
}

static void many_by_nic(void)
{
	unsigned sent = 0, back = 0;
	long got = 0;

	while (back < MANY && got >= 0) {
		while (sent < MANY && sent - back < IN_FLIGHT) {
			size_t len = echo_request(out, sent, sent * 3 % ECHO_MAX);

			check("one of many out", nic_send(0, (unsigned long)out, len), 0);
			sent++;
		}
		got = receive(is_echo_reply, cos_now_ns() + WAIT_NS);
		if (got >= 0 && echo_is_whole(in, (size_t)got, back, back * 3 % ECHO_MAX))
			back++;
		else
			check("one of many in", got, (long)back);
	}
	check("many in", back, MANY);
	check("none lost in", nic_lost(0).v0, 0);
	check("none lost out", nic_lost(0).v1, 0);
}

/* Answers are not received until some are lost: the first are kept, the others counted. */
static void flood_by_nic(void)
{
	static struct cos_sem never;
	unsigned long end = cos_now_ns() + WAIT_NS;
	long sent = 0, full = 0, back = 0;

	for (unsigned i = 0; nic_lost(0).v0 == 0 && cos_now_ns() < end; i++) {
		long error = nic_send(0, (unsigned long)out, echo_request(out, i, 100));

		check("flood out", error == 0 || error == -COS_EAGAIN, 1);
		sent += error == 0;
		full += error != 0;
		if (error != 0) /* let others run */
			(void)cos_sem_wait(&never, cos_now_ns() + SECOND / 1000);
	}
	check("those that found the queue full", nic_lost(0).v1, full);
	end = cos_now_ns() + WAIT_NS;
	while (back + nic_lost(0).v0 < sent && receive(is_echo_reply, end) >= 0) {
		if (back++ == 0)
			check("the first that came", echo_number(in), 0);
	}
	cos_log("wire: of %ld answers %ld were fetched, %ld lost\n", sent, back, nic_lost(0).v0);
	check("some lost", nic_lost(0).v0 > 0 && back > 0, 1);
	check("all accounted for", back + nic_lost(0).v0 >= sent, 1);
}

/* Through a virtual interface; this is its kernel. */

struct virtif_sc {
	struct cos_sem arp, echo;
	unsigned number;
	size_t data_len;
	bool gone; /* no frame may come any more */
};

void rump_virtif_virt_deliverpkt(struct virtif_sc *sc, struct rumpuser_iovec *iov, size_t iovlen)
{
	const uint8_t *f = iov->iov_base;

	check("pieces", (long)iovlen, 1);
	check("after the end", sc->gone, 0);
	if (is_arp_reply(f, iov->iov_len))
		cos_sem_post(&sc->arp);
	else if (is_echo_reply(f, iov->iov_len) &&
		 echo_is_whole(f, iov->iov_len, sc->number, sc->data_len))
		cos_sem_post(&sc->echo);
}

/* In three pieces. */
static void send_by_virtif(struct virtif_user *viu, uint8_t *f, size_t len)
{
	struct rumpuser_iovec iov[] = {{f, ETHER}, {f + ETHER, IP}, {f + ETHER + IP, 0}};

	iov[2].iov_len = len - ETHER - IP;
	rumpcomp_virt_send(viu, iov, 3);
}

static void virtif(unsigned number)
{
	static struct virtif_sc sc;
	static uint8_t f[NIC_FRAME_MAX];
	uint8_t mac[6] = {0};
	struct virtif_user *viu;

	sc = (struct virtif_sc){.number = number, .data_len = ECHO_MAX};
	check("create", rumpcomp_virt_create("0", &sc, mac, &viu), 0);
	check("its address", memcmp(mac, MAC, 6), 0);
	send_by_virtif(viu, f, arp_request(f));
	check("ARP by virtif", cos_sem_wait(&sc.arp, cos_now_ns() + WAIT_NS), 0);
	send_by_virtif(viu, f, echo_request(f, number, ECHO_MAX));
	check("echo by virtif", cos_sem_wait(&sc.echo, cos_now_ns() + WAIT_NS), 0);
	check("dying", rumpcomp_virt_dying(viu), 0);
	sc.gone = true;
	send_by_virtif(viu, f, echo_request(f, number, 10));
	rumpcomp_virt_destroy(viu);
}

long component_init(void)
{
	static const size_t lens[] = {0, 1, 18, 100, 1000, ECHO_MAX};
	uint8_t mac[6];
	struct virtif_user *none;
	long shared;

	check("init", rumpuser_init(RUMPUSER_VERSION, &no_kernel), 0);
	shared = mem_shm_create(8192);
	check("buffer", shared > 0, 1);
	out = (uint8_t *)shared;
	in = out + 4096;
	errors();
	arp_by_nic();
	for (unsigned i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		echo_by_nic(i, lens[i]);
	many_by_nic();
	flood_by_nic();
	check("no card of that number", rumpcomp_virt_create("1", NULL, mac, &none), RUMP_ENXIO);
	for (unsigned i = 0; i < 3; i++)
		virtif(i);
	cos_log("wire: %ld failures\n", failures);
	return reboot_system(failures != 0);
}
