/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of parameters. */
#include "conf.h"

static const char *ncpu(void)
{
	char buf[16];
	unsigned n = 0;

	memset(buf, 'x', sizeof(buf));
	CHECK(rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)) == 0);
	for (size_t i = 0; i < sizeof(buf) && buf[i] != '\0'; i++) {
		CHECK(buf[i] >= '0' && buf[i] <= '9');
		n = 10 * n + (unsigned)(buf[i] - '0');
	}
	CHECK(n >= 1);
	CHECK(conf_host->ncpu == NULL || strcmp(buf, conf_host->ncpu) == 0);
	return NULL;
}

static const char *hostname(void)
{
	char buf[256];

	CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, buf, sizeof(buf)) == 0);
	CHECK(buf[0] != '\0' && strlen(buf) < sizeof(buf));
	CHECK(conf_host->hostname == NULL || strcmp(buf, conf_host->hostname) == 0);
	return NULL;
}

static const char *too_long(void)
{
	char buf[256], small[256];
	size_t len;

	CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, buf, sizeof(buf)) == 0);
	len = strlen(buf);
	for (size_t size = 1; size <= len; size++) {
		memset(small, 'x', sizeof(small));
		CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, small, size) == RUMP_E2BIG);
		CHECK(conf_filled(small + size, 'x', sizeof(small) - size));
	}
	CHECK(rumpuser_getparam(RUMPUSER_PARAM_NCPU, small, 1) == RUMP_E2BIG);
	return NULL;
}

static const char *fits(void)
{
	char buf[256], exact[256];
	size_t len;

	CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, buf, sizeof(buf)) == 0);
	len = strlen(buf);
	memset(exact, 'x', sizeof(exact));
	CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, exact, len + 1) == 0);
	CHECK(memcmp(buf, exact, len + 1) == 0 && exact[len + 1] == 'x');
	return NULL;
}

static const char *unknown(void)
{
	char buf[32];

	CHECK(rumpuser_getparam("RUMP_NO_SUCH_PARAMETER", buf, sizeof(buf)) == RUMP_ENOENT);
	CHECK(rumpuser_getparam("", buf, sizeof(buf)) == RUMP_ENOENT);
	return NULL;
}

static const char *unknown_mandatory(void)
{
	char buf[32];

	CHECK(rumpuser_getparam("_RUMPUSER_NO_SUCH_PARAMETER", buf, sizeof(buf)) > 0);
	return NULL;
}

static const char *set(void)
{
	char buf[64];

	if (conf_host->param_name == NULL)
		SKIP("the harness sets no parameter");
	CHECK(rumpuser_getparam(conf_host->param_name, buf, sizeof(buf)) == 0);
	CHECK(strcmp(buf, conf_host->param_value) == 0);
	return NULL;
}

static const char *stable(void)
{
	char a[256], b[256];

	CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, a, sizeof(a)) == 0);
	CHECK(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, b, sizeof(b)) == 0);
	CHECK(strcmp(a, b) == 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"the number of virtual CPUs is always known, in digits (Parameter retrieval)", ncpu},
	{"the host's name is always known (Parameter retrieval)", hostname},
	{"the host's name stays (Parameter retrieval)", stable},
	{"a parameter that was set has its value (Parameter retrieval)", set},
	{"a value that is longer than the buffer is E2BIG, nothing behind it (Return values)",
	 too_long},
	{"a value with its NUL may fill the buffer (Parameter retrieval)", fits},
	{"a parameter that was not set is ENOENT (Return values)", unknown},
	{"a mandatory parameter that is none is an error (Parameter retrieval)", unknown_mandatory},
};
const struct conf_section conf_param = SECTION("param", checks);
