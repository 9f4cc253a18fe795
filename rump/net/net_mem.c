/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lwIP takes from its environment: memory, time, random numbers, checksums.
 *
 * The allocator needs the length when memory is freed, and lwIP does not keep it. So each
 * allocation has a header with it, of 16 bytes to keep the alignment.
 */
#include "lwip/opt.h"
#include "lwip/ip_addr.h"
#include "lwip/sys.h"

#include "kern/callout.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "net/net.h"

struct mem_head {
	size_t mh_len;
	size_t mh_pad;
};

void *net_mem_malloc(size_t len)
{
	struct mem_head *mh;

	if (len > SIZE_MAX - sizeof(*mh))
		return NULL;
	mh = kmem_alloc(len + sizeof(*mh));
	if (mh == NULL)
		return NULL;
	mh->mh_len = len + sizeof(*mh);
	return mh + 1;
}

void *net_mem_calloc(size_t n, size_t len)
{
	size_t total;
	void *mem;

	if (__builtin_mul_overflow(n, len, &total))
		return NULL;
	mem = net_mem_malloc(total);
	if (mem != NULL)
		memset(mem, 0, total);
	return mem;
}

void net_mem_free(void *mem)
{
	struct mem_head *mh;

	if (mem == NULL)
		return;
	mh = (struct mem_head *)mem - 1;
	kmem_free(mh, mh->mh_len);
}

u32_t sys_now(void)
{
	return (u32_t)(clock_monotonic_ns() / 1000000);
}

uint32_t net_random32(void)
{
	uint32_t v;
	size_t got;

	if (rumpuser_getrandom(&v, sizeof(v), 0, &got) != 0 || got != sizeof(v))
		panic("net: the host has no random numbers");
	return v;
}

/*
 * RFC 1071, 2: the sum may be computed over words of any size and folded, and carries added later.
 * An odd last byte is the first of a word with a second byte of zero.
 */
uint16_t net_chksum(const void *data, int len)
{
	const unsigned char *p = data;
	uint64_t sum = 0, carry = 0, w[4];
	uint32_t last = 0;

	for (; len >= 32; len -= 32, p += 32) {
		memcpy(w, p, sizeof(w));
		for (int i = 0; i < 4; i++) {
			sum += w[i];
			carry += sum < w[i];
		}
	}
	for (; len >= 4; len -= 4, p += 4) {
		uint32_t v;

		memcpy(&v, p, sizeof(v));
		sum += v;
		carry += sum < v;
	}
	if (len > 0) {
		memcpy(&last, p, (size_t)len);
		sum += last;
		carry += sum < last;
	}
	sum = (sum >> 32) + (sum & 0xffffffff) + carry;
	sum = (sum >> 16 & 0xffff) + (sum & 0xffff) + (sum >> 32);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)sum;
}

/* SipHash-2-4 (Aumasson, Bernstein 2012) of n words: the keyed function of RFC 6528, 3. */
#define ROTL(x, b) ((x) << (b) | (x) >> (64 - (b)))
static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = ROTL(v[1], 13) ^ v[0];
	v[0] = ROTL(v[0], 32);
	v[2] += v[3];
	v[3] = ROTL(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = ROTL(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = ROTL(v[1], 17) ^ v[2];
	v[2] = ROTL(v[2], 32);
}

static uint64_t siphash(const uint64_t key[2], const uint64_t *w, unsigned n)
{
	uint64_t v[4] = {
		key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
		key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};

	for (unsigned i = 0; i <= n; i++) {
		uint64_t m = i < n ? w[i] : (uint64_t)n * 8 << 56;

		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/*
 * RFC 6528, 3: ISN = M + F(both addresses and ports, key), where M advances every 4 microseconds.
 */
uint32_t net_tcp_isn(const struct ip_addr *local, uint16_t local_port, const struct ip_addr *remote,
		     uint16_t remote_port)
{
	static uint64_t key[2];
	static bool keyed;
	uint64_t w[5] = {0};

	KASSERT(net_locked());
	if (!keyed) {
		for (int i = 0; i < 2; i++)
			key[i] = (uint64_t)net_random32() << 32 | net_random32();
		keyed = true;
	}
	memcpy(&w[0], ip_2_ip6((const ip_addr_t *)local), IP_IS_V4(local) ? 4 : 16);
	memcpy(&w[2], ip_2_ip6((const ip_addr_t *)remote), IP_IS_V4(remote) ? 4 : 16);
	w[4] = (uint64_t)local_port << 16 | remote_port;
	return (uint32_t)(clock_monotonic_ns() / 4000) + (uint32_t)siphash(key, w, 5);
}
