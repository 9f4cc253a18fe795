/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of the start. */
#include "conf.h"

static const char *older(void)
{
	CHECK(rumpuser_init(RUMPUSER_VERSION - 1, &conf_upcalls_table) != 0);
	return NULL;
}

static const char *newer(void)
{
	CHECK(rumpuser_init(RUMPUSER_VERSION + 1, &conf_upcalls_table) != 0);
	return NULL;
}

/* A refusal leaves the host unchanged: upcalls still come here. */
static const char *refused_without_effect(void)
{
	static const struct rumpuser_hyperup none;

	CHECK(rumpuser_init(0, &none) != 0);
	conf_breathe();
	CHECK(rumpuser_curlwp()->leaves == 1);
	return NULL;
}

static const char *accepted(void)
{
	/* The runner's call was accepted, or nothing would run. A copy of the table is as good. */
	static struct rumpuser_hyperup copy;

	copy = conf_upcalls_table;
	CHECK(rumpuser_init(RUMPUSER_VERSION, &copy) == 0);
	CHECK(rumpuser_init(RUMPUSER_VERSION, &conf_upcalls_table) == 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"version 17 is spoken (Initialization)", accepted},
	{"a kernel of version 16 is refused by a return (Initialization)", older},
	{"a kernel of version 18 is refused by a return (Initialization)", newer},
	{"a refused kernel's upcalls are not taken over (Initialization)", refused_without_effect},
};
const struct conf_section conf_init = SECTION("init", checks);
