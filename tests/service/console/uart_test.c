/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial driver against a model of a 16550 (service/console/uart.h has I1 and I2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "service/console/uart.h"

static struct {
	bool present;
	uint8_t ier, lcr, mcr, scratch, divisor_low;
	uint8_t tx[UART_FIFO];
	unsigned ntx, overruns;
	bool tx_interrupt;
	uint8_t line[4096]; /* what was transmitted */
	size_t nline;
	const char *rx;
	bool level;
	unsigned edges, looks;
} port;

static unsigned woken;
static char received[4096];
static size_t nreceived;

static uint8_t cause(void)
{
	if (*port.rx && port.ier & 1)
		return 0x04;
	if (port.tx_interrupt && port.ier & 2)
		return 0x02;
	return 0x01;
}

static void level_update(void)
{
	bool level = cause() != 0x01 && port.mcr & 8;

	port.edges += level && !port.level;
	port.level = level;
}

static void transmit(unsigned n)
{
	for (unsigned i = 0; i < n && port.ntx > 0; i++) {
		port.line[port.nline++] = port.tx[0];
		memmove(port.tx, port.tx + 1, --port.ntx);
		if (port.ntx == 0)
			port.tx_interrupt = true;
	}
	level_update();
}

uint8_t uart_in(unsigned reg)
{
	uint8_t value = 0xff;

	if (!port.present)
		return value;
	switch (reg) {
	case 0:
		value = *port.rx ? *port.rx++ : 0;
		break;
	case 2:
		value = cause();
		if (value == 0x02)
			port.tx_interrupt = false;
		break;
	case 5:
		port.looks++;
		value = (*port.rx ? 1 : 0) | (port.ntx == 0 ? 0x60 : 0);
		break;
	case 7:
		value = port.scratch;
		break;
	}
	level_update();
	return value;
}

void uart_out(unsigned reg, uint8_t value)
{
	if (reg == 0 && port.lcr & 0x80) {
		port.divisor_low = value;
	} else if (reg == 0) {
		port.overruns += port.ntx == UART_FIFO;
		if (port.ntx < UART_FIFO)
			port.tx[port.ntx++] = value;
		port.tx_interrupt = false;
	} else if (reg == 1 && !(port.lcr & 0x80)) {
		if (value & ~port.ier & 2 && port.ntx == 0)
			port.tx_interrupt = true;
		port.ier = value;
	} else if (reg == 3) {
		port.lcr = value;
	} else if (reg == 4) {
		port.mcr = value;
	} else if (reg == 7) {
		port.scratch = value;
	}
	level_update();
}

static void take(const uint8_t *bytes, size_t len)
{
	memcpy(received + nreceived, bytes, len);
	nreceived += len;
}

void uart_wake(void)
{
	woken++;
}

/* I1: while the sender sleeps the line goes on, and the interrupt must come. */
void uart_wait(void)
{
	unsigned edges = port.edges, before = woken;

	assert_true(port.ier & 2);
	transmit(UART_FIFO);
	assert_int_not_equal(port.edges, edges);
	uart_interrupt(take);
	assert_int_equal(woken, before + 1);
}

static int setup(void **state)
{
	(void)state;
	memset(&port, 0, sizeof(port));
	port.present = true;
	port.rx = "";
	woken = 0;
	nreceived = 0;
	assert_true(uart_init());
	return 0;
}

static void finds_no_port(void **state)
{
	(void)state;
	port.present = false;
	assert_false(uart_init());
}

static void sets_the_line_up(void **state)
{
	(void)state;
	assert_int_equal(port.divisor_low, 1);
	assert_int_equal(port.lcr, 3);
	assert_int_equal(port.mcr, 0xb);
	assert_int_equal(port.ier, 1);
}

static void sends_everything_in_order(void **state)
{
	uint8_t bytes[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 7;
	uart_send(bytes, sizeof(bytes));
	assert_false(uart_idle());
	transmit(UART_FIFO);
	assert_true(uart_idle());
	assert_int_equal(port.nline, sizeof(bytes));
	assert_memory_equal(port.line, bytes, sizeof(bytes));
	assert_int_equal(port.overruns, 0);
	/* A look, a sleep and a look for each FIFO of bytes: no polling. */
	assert_true(port.looks < 2 * sizeof(bytes) / UART_FIFO + 10);
}

static void receives_until_no_cause_is_left(void **state)
{
	static char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	port.rx = text;
	level_update();
	assert_int_equal(port.edges, 1);
	uart_interrupt(take);
	assert_int_equal(nreceived, sizeof(text) - 1);
	assert_false(port.level);
	port.rx = "y";
	level_update();
	assert_int_equal(port.edges, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_no_port, setup),
		cmocka_unit_test_setup(sets_the_line_up, setup),
		cmocka_unit_test_setup(sends_everything_in_order, setup),
		cmocka_unit_test_setup(receives_until_no_cause_is_left, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
