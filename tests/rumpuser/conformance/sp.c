/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of the memory of clients in other protection domains. Each check runs in the thread that
 * handles the client's system call, with the client's memory.
 */
#include "conf.h"

#define LEN 8192

static const struct conf_client *client;
static const char *result;
static const char *(*body)(void);
static char a[LEN], b[LEN];

static void serve(const struct conf_client *c)
{
	client = c;
	result = body();
}

static const char *with_client(const char *(*fn)(void))
{
	if (conf_host->as_client == NULL)
		SKIP("the harness has no client");
	body = fn;
	result = "the client's call did not come in";
	CHECK(conf_host->as_client(serve));
	return result;
}

static const char *in_context(void)
{
	CHECK(rumpuser_curlwp() != NULL && rumpuser_curlwp()->scheduled);
	CHECK(client->len_bytes >= LEN);
	return NULL;
}

static const char *round_trip(void)
{
	static const size_t lens[] = {1, 7, 8, 4096, LEN};

	for (unsigned i = 0; i < 5; i++) {
		for (size_t j = 0; j < lens[i]; j++)
			a[j] = (char)(j * 7 + i + 1);
		memset(b, 0, sizeof(b));
		CHECK(rumpuser_sp_copyout(client->client, a, client->uaddr, lens[i]) == 0);
		CHECK(rumpuser_sp_copyin(client->client, client->uaddr, b, lens[i]) == 0);
		CHECK(memcmp(a, b, lens[i]) == 0);
		CHECK(conf_filled(b + lens[i], 0, LEN - lens[i]));
	}
	return NULL;
}

static const char *at_any_byte(void)
{
	char *u = client->uaddr;

	memset(a, 0, LEN);
	CHECK(rumpuser_sp_copyout(client->client, a, u, LEN) == 0);
	CHECK(rumpuser_sp_copyout(client->client, "abc", u + 4094, 3) == 0);
	CHECK(rumpuser_sp_copyin(client->client, u + 4093, b, 5) == 0);
	CHECK(memcmp(b, "\0abc\0", 5) == 0);
	return NULL;
}

static const char *nothing(void)
{
	CHECK(rumpuser_sp_copyin(client->client, client->uaddr, a, 0) == 0);
	CHECK(rumpuser_sp_copyout(client->client, a, client->uaddr, 0) == 0);
	return NULL;
}

static const char *fault_in(void)
{
	CHECK(rumpuser_sp_copyin(client->client, client->bad, a, 64) == RUMP_EFAULT);
	CHECK(rumpuser_sp_copyin(client->client, NULL, a, 1) == RUMP_EFAULT);
	return NULL;
}

static const char *fault_out(void)
{
	if (!client->copyout_faults)
		SKIP("this host's copies out have no answer");
	CHECK(rumpuser_sp_copyout(client->client, a, client->bad, 64) == RUMP_EFAULT);
	CHECK(rumpuser_sp_copyout(client->client, a, NULL, 1) == RUMP_EFAULT);
	return NULL;
}

static const char *fault_string(void)
{
	size_t len = 64;

	CHECK(rumpuser_sp_copyinstr(client->client, client->bad, a, &len) == RUMP_EFAULT);
	len = 64;
	if (client->copyout_faults)
		CHECK(rumpuser_sp_copyoutstr(client->client, "text", client->bad, &len) ==
		      RUMP_EFAULT);
	return NULL;
}

static const char *string_in(void)
{
	static const char *const list[] = {"", "x", "/dev/null"};
	size_t len;

	for (unsigned i = 0; i < 3; i++) {
		size_t size = strlen(list[i]) + 1;

		CHECK(rumpuser_sp_copyout(client->client, list[i], client->uaddr, size) == 0);
		memset(a, 'x', 64);
		len = 64;
		CHECK(rumpuser_sp_copyinstr(client->client, client->uaddr, a, &len) == 0);
		CHECK(len == size && memcmp(a, list[i], size) == 0);
	}
	return NULL;
}

static const char *string_in_bounds(void)
{
	size_t len;

	CHECK(rumpuser_sp_copyout(client->client, "12345678", client->uaddr, 9) == 0);
	memset(a, 'x', 64);
	len = 9;
	CHECK(rumpuser_sp_copyinstr(client->client, client->uaddr, a, &len) == 0 && len == 9);
	memset(a, 'x', 64);
	len = 8;
	CHECK(rumpuser_sp_copyinstr(client->client, client->uaddr, a, &len) == RUMP_ENAMETOOLONG);
	CHECK(conf_filled(a + 8, 'x', 56));
	return NULL;
}

/* A string that ends with the client's last byte: nothing after it is read. */
static const char *string_in_at_end(void)
{
	char *u = (char *)client->uaddr + client->len_bytes - 5;
	size_t len = 1024;

	CHECK(rumpuser_sp_copyout(client->client, "tail", u, 5) == 0);
	CHECK(rumpuser_sp_copyinstr(client->client, u, a, &len) == 0);
	CHECK(len == 5 && strcmp(a, "tail") == 0);
	return NULL;
}

static const char *string_out(void)
{
	size_t len = 64;

	CHECK(rumpuser_sp_copyoutstr(client->client, "out you go", client->uaddr, &len) == 0);
	CHECK(len == 11);
	CHECK(rumpuser_sp_copyin(client->client, client->uaddr, a, 11) == 0);
	CHECK(strcmp(a, "out you go") == 0);
	return NULL;
}

static const char *string_out_bounds(void)
{
	size_t len = 11;

	CHECK(rumpuser_sp_copyoutstr(client->client, "out you go", client->uaddr, &len) == 0);
	len = 10;
	CHECK(rumpuser_sp_copyoutstr(client->client, "out you go", client->uaddr, &len) ==
	      RUMP_ENAMETOOLONG);
	return NULL;
}

static const char *memory(void)
{
	void *uaddr = NULL;
	int error = rumpuser_sp_anonmmap(client->client, LEN, &uaddr);

	CHECK(error == 0);
	CHECK(uaddr != NULL && conf_aligned(uaddr, 4096));
	memset(b, 1, LEN);
	CHECK(rumpuser_sp_copyin(client->client, uaddr, b, LEN) == 0);
	CHECK(conf_filled(b, 0, LEN));
	memset(a, 0x5d, LEN);
	CHECK(rumpuser_sp_copyout(client->client, a, uaddr, LEN) == 0);
	CHECK(rumpuser_sp_copyin(client->client, uaddr, b, LEN) == 0);
	CHECK(memcmp(a, b, LEN) == 0);
	return NULL;
}

static const char *raised(void)
{
	static const int list[] = {30, 31, 2, 15};
	int before[4];

	if (client->signals == NULL)
		SKIP("the client cannot tell");
	for (unsigned i = 0; i < 4; i++)
		before[i] = client->signals(list[i]);
	for (unsigned i = 0; i < 4; i++)
		CHECK(rumpuser_sp_raise(client->client, list[i]) == 0);
	for (unsigned i = 0; i < 4; i++)
		while (client->signals(list[i]) < before[i] + 1)
			conf_breathe();
	for (unsigned i = 0; i < 4; i++)
		CHECK(client->signals(list[i]) == before[i] + 1);
	return NULL;
}

static const char *bad_url(void)
{
	CHECK(rumpuser_sp_init("no-such-transport://here", "NetBSD", "7", "amd64") > 0);
	CHECK(rumpuser_sp_init("", "NetBSD", "7", "amd64") > 0);
	CHECK(rumpuser_sp_init("tcp://", "NetBSD", "7", "amd64") > 0);
	return NULL;
}

#define AS_CLIENT(fn)                      \
	static const char *fn##_case(void) \
	{                                  \
		return with_client(fn);    \
	}
AS_CLIENT(in_context)
AS_CLIENT(round_trip)
AS_CLIENT(at_any_byte)
AS_CLIENT(nothing)
AS_CLIENT(fault_in)
AS_CLIENT(fault_out)
AS_CLIENT(fault_string)
AS_CLIENT(string_in)
AS_CLIENT(string_in_bounds)
AS_CLIENT(string_in_at_end)
AS_CLIENT(string_out)
AS_CLIENT(string_out_bounds)
AS_CLIENT(memory)
AS_CLIENT(raised)

static const struct conf_check checks[] = {
	{"a client's call runs with an lwp, scheduled (Upcalls and rump kernel context)",
	 in_context_case},
	{"what is copied out is copied in, of any length (rumpuser.h, sp)", round_trip_case},
	{"the copies go to the byte asked for (rumpuser.h, sp)", at_any_byte_case},
	{"no bytes are copied without an error (rumpuser.h, sp)", nothing_case},
	{"copyin from where the client has nothing is EFAULT (Return values)", fault_in_case},
	{"copyout to where the client has nothing is EFAULT (Return values)", fault_out_case},
	{"a string from or to nowhere is EFAULT (Return values)", fault_string_case},
	{"copyinstr copies to the NUL, and says how long it is with it (rumpuser.h, sp)",
	 string_in_case},
	{"copyinstr of a string without a NUL in the length is ENAMETOOLONG (Return values)",
	 string_in_bounds_case},
	{"copyinstr asks for nothing behind the NUL (rumpuser.h, sp)", string_in_at_end_case},
	{"copyoutstr copies the NUL, and says how long it is with it (rumpuser.h, sp)",
	 string_out_case},
	{"copyoutstr of a string longer than the length is ENAMETOOLONG (Return values)",
	 string_out_bounds_case},
	{"anonmmap gives the client zeroed pages (rumpuser.h, sp)", memory_case},
	{"raise sends the client the signal (rumpuser.h, sp)", raised_case},
	{"a URL that is none is an error (Return values)", bad_url},
};
const struct conf_section conf_sp = SECTION("sp", checks);
