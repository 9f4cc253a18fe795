/* SPDX-License-Identifier: BSD-2-Clause */
/* The JSON that is made of synthetic rings (T1 to T3 of trace_json.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cos/abi.h>
#include "debug/trace.h"

#define CAPACITY 8
#define HZ 1000000000ull

static const char *component(void *context, uint32_t id)
{
	static const char *const names[] = {NULL, "boot", "a", "b\"\\"};

	(void)context;
	return id < 4 ? names[id] : NULL;
}

static const char *function(void *context, uint32_t id, uint64_t ip)
{
	(void)context;
	return id == 2 && ip == 0x401000 ? "a_call" : NULL;
}

static struct trace_event ring[2][CAPACITY];
static struct trace_core cores[2];
static char *json;
static size_t json_len;

static void put(unsigned core, uint64_t tsc, uint32_t kind, uint32_t thread, uint32_t comp,
		uint64_t word)
{
	struct trace_core *c = &cores[core];

	ring[core][c->written % CAPACITY] = (struct trace_event){
		1000 + tsc, word, thread, comp, kind, (uint32_t)(c->written + 1)};
	c->written++;
}

static int begin(void **state)
{
	(void)state;
	memset(ring, 0, sizeof(ring));
	for (unsigned i = 0; i < 2; i++)
		cores[i] = (struct trace_core){ring[i], CAPACITY, 0};
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(json);
	json = NULL;
	return 0;
}

static uint64_t make(size_t ncores)
{
	struct trace_source source = {.core = cores,
				      .ncores = ncores,
				      .tsc_boot = 1000,
				      .tsc_hz = HZ,
				      .component = component,
				      .function = function};
	FILE *out = open_memstream(&json, &json_len);
	uint64_t lost = trace_json(out, &source);

	fclose(out);
	return lost;
}

static unsigned count(const char *what)
{
	unsigned n = 0;

	for (const char *at = json; (at = strstr(at, what)); at++)
		n++;
	return n;
}

/* All of these, in that order. */
static void in_order(const char *const *what)
{
	const char *at = json;

	for (; *what; what++) {
		at = strstr(at, *what);
		if (!at)
			print_error("no %s in\n%s\n", *what, json);
		assert_non_null(at);
		at++;
	}
}
#define IN_ORDER(...) in_order((const char *const[]){__VA_ARGS__, NULL})

static void nested(void **state)
{
	(void)state;
	put(0, 1000, TRACE_STATE, 7, 1, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	put(0, 2000, TRACE_STATE, 7, 2, TRACE_WORD(2, COS_INV_SINV, 0x401000));
	put(0, 3500, TRACE_STATE, 7, 3, TRACE_WORD(3, COS_INV_GATE, 0x402000));
	put(0, 4000, TRACE_STATE, 7, 2, TRACE_WORD(2, COS_INV_SINV, 0x401050));
	put(0, 5000, TRACE_STATE, 7, 1, TRACE_WORD(1, COS_INV_BASE, 0x400050));
	assert_int_equal(make(1), 0);
	IN_ORDER("{\"ph\":\"B\",\"pid\":1,\"tid\":7,\"ts\":1.000,\"name\":\"boot\",\"cat\":"
		 "\"start\"",
		 "{\"ph\":\"B\",\"pid\":1,\"tid\":7,\"ts\":2.000,\"name\":\"a\",\"cat\":\"sinv\"",
		 "\"function\":\"a_call\"",
		 "{\"ph\":\"B\",\"pid\":1,\"tid\":7,\"ts\":3.500,\"name\":\"b\\\"\\\\\",\"cat\":"
		 "\"gate\"",
		 "{\"ph\":\"E\",\"pid\":1,\"tid\":7,\"ts\":4.000}",
		 "{\"ph\":\"E\",\"pid\":1,\"tid\":7,\"ts\":5.000}",
		 "{\"ph\":\"E\",\"pid\":2,\"tid\":0,\"ts\":5.000}",
		 "{\"ph\":\"E\",\"pid\":1,\"tid\":7,\"ts\":5.000}", "\"lost\":\"0\"");
	assert_int_equal(count("\"ph\":\"B\""), count("\"ph\":\"E\""));
	/* One thread on one core is one slice there. */
	assert_int_equal(count("\"ph\":\"B\",\"pid\":2"), 1);
}

/* A return to a component that the ring does not tell of any more, and one server in the place of
 * another. */
static void unknown_begin(void **state)
{
	(void)state;
	put(0, 1000, TRACE_STATE, 7, 3, TRACE_WORD(3, COS_INV_SINV, 0x402000));
	put(0, 2000, TRACE_STATE, 7, 2, TRACE_WORD(3, COS_INV_SINV, 0x401000));
	put(0, 3000, TRACE_STATE, 7, 1, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	put(0, 3500, TRACE_STATE, 9, 60, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	assert_int_equal(make(1), 0);
	IN_ORDER("\"B\",\"pid\":1,\"tid\":7,\"ts\":1.000", "\"E\",\"pid\":1,\"tid\":7,\"ts\":2.000",
		 "\"B\",\"pid\":1,\"tid\":7,\"ts\":2.000,\"name\":\"a\"",
		 "\"E\",\"pid\":1,\"tid\":7,\"ts\":3.000", "\"name\":\"boot\"",
		 "\"name\":\"thread 9 (program 60)\"");
	assert_int_equal(count("\"ph\":\"B\""), count("\"ph\":\"E\""));
}

static void wrapped(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CAPACITY + 5; i++)
		put(0, 1000 * i, TRACE_INTERRUPT, 7, 1, i);
	assert_int_equal(make(1), 5);
	assert_int_equal(count("\"ph\":\"i\""), CAPACITY);
	IN_ORDER("\"vector\":5}", "\"vector\":6}", "\"vector\":12}", "\"lost\":\"5\"");
	assert_null(strstr(json, "\"vector\":4}"));
}

/* The machine ended while a slot was written; another's is of the round before. */
static void torn(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CAPACITY + 2; i++)
		put(0, 1000 * i, TRACE_INTERRUPT, 7, 1, i);
	ring[0][2].seq = 0;
	ring[0][5].seq -= CAPACITY;
	ring[0][6].thread = UINT32_MAX;
	assert_int_equal(make(1), 2 + 3);
	assert_int_equal(count("\"ph\":\"i\""), CAPACITY - 3);
	IN_ORDER("\"vector\":3}", "\"vector\":4}", "\"vector\":7}", "\"lost\":\"5\"");
}

/* Their events in the order of time; a thread that changes cores stays one track, on which time
 * does not go back. */
static void two_cores(void **state)
{
	(void)state;
	put(0, 1000, TRACE_STATE, 7, 1, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	put(1, 1500, TRACE_STATE, 8, 1, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	put(0, 2000, TRACE_STATE, 7, 2, TRACE_WORD(2, COS_INV_SINV, 0x401000));
	put(0, 3000, TRACE_STATE, 9, 1, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	put(1, 3500, TRACE_STATE, 7, 1, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	put(1, 4000, TRACE_FAULT | 14 << TRACE_VECTOR, 7, 1, 0xabc000);
	assert_int_equal(make(2), 0);
	IN_ORDER("\"B\",\"pid\":2,\"tid\":0,\"ts\":1.000,\"name\":\"thread 7\"",
		 "\"B\",\"pid\":2,\"tid\":1,\"ts\":1.500,\"name\":\"thread 8\"",
		 "\"B\",\"pid\":1,\"tid\":7,\"ts\":2.000,\"name\":\"a\"",
		 "\"B\",\"pid\":2,\"tid\":0,\"ts\":3.000,\"name\":\"thread 9\"",
		 "\"B\",\"pid\":2,\"tid\":1,\"ts\":3.500,\"name\":\"thread 7\"",
		 "\"E\",\"pid\":1,\"tid\":7,\"ts\":3.500", "\"name\":\"page fault\"",
		 "\"address\":\"0xabc000\"");
	assert_int_equal(count("\"ph\":\"B\""), count("\"ph\":\"E\""));
}

static void idle(void **state)
{
	(void)state;
	put(0, 1000, TRACE_STATE, 7, 1, TRACE_WORD(1, COS_INV_BASE, 0x400000));
	put(0, 2000, TRACE_IDLE, 7, 1, 0);
	put(0, 3000, TRACE_INTERRUPT, 7, 1, 0xf0);
	put(0, 3500, TRACE_AWAKE, 7, 1, 0);
	assert_int_equal(make(1), 0);
	IN_ORDER("\"ts\":1.000,\"name\":\"thread 7\"", "\"E\",\"pid\":2,\"tid\":0,\"ts\":2.000",
		 "\"ts\":2.000,\"name\":\"idle\"", "\"ts\":3.000,\"name\":\"timer\"",
		 "\"E\",\"pid\":2,\"tid\":0,\"ts\":3.500", "\"ts\":3.500,\"name\":\"thread 7\"");
	assert_int_equal(count("\"ph\":\"B\""), count("\"ph\":\"E\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nested, begin, end),
		cmocka_unit_test_setup_teardown(unknown_begin, begin, end),
		cmocka_unit_test_setup_teardown(wrapped, begin, end),
		cmocka_unit_test_setup_teardown(torn, begin, end),
		cmocka_unit_test_setup_teardown(two_cores, begin, end),
		cmocka_unit_test_setup_teardown(idle, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
