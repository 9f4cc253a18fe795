/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial port (uart.h). */
#include "uart.h"

/* Registers and bits: PC16550D, table II. */
#define REG_DATA 0
#define REG_IER 1
#define REG_IIR 2 /* read */
#define REG_FCR 2 /* write */
#define REG_LCR 3
#define REG_MCR 4
#define REG_LSR 5
#define REG_MSR 6
#define REG_SCRATCH 7
#define REG_DIVISOR_LOW 0 /* while LCR_DLAB */
#define REG_DIVISOR_HIGH 1

#define IER_RECEIVED 0x01
#define IER_TRANSMIT 0x02
#define IER_LINE 0x04
#define IIR_NONE 0x01
#define IIR_CAUSE 0x0e
#define IIR_MODEM 0x00
#define IIR_TRANSMIT 0x02
#define IIR_LINE 0x06
#define FCR_ENABLE 0x01
#define FCR_CLEAR 0x06
#define FCR_TRIGGER_8 0x80
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define MCR_DTR_RTS 0x03
#define MCR_OUT2 0x08 /* lets the interrupt through on a PC */
#define LSR_READY 0x01
#define LSR_THRE 0x20
#define LSR_IDLE 0x40
#define DIVISOR_115200 1

#define RECEIVE_BURST \
	256 /* bytes that are passed on at once; an emulated FIFO may be refilled meanwhile */

bool uart_init(void)
{
	static const uint8_t patterns[] = {0x5a, 0xa5};

	for (size_t i = 0; i < sizeof(patterns); i++) {
		uart_out(REG_SCRATCH, patterns[i]);
		if (uart_in(REG_SCRATCH) != patterns[i])
			return false;
	}
	uart_out(REG_IER, 0);
	uart_out(REG_LCR, LCR_DLAB);
	uart_out(REG_DIVISOR_LOW, DIVISOR_115200);
	uart_out(REG_DIVISOR_HIGH, 0);
	uart_out(REG_LCR, LCR_8N1);
	uart_out(REG_FCR, FCR_ENABLE | FCR_CLEAR | FCR_TRIGGER_8);
	uart_out(REG_MCR, MCR_DTR_RTS | MCR_OUT2);
	uart_out(REG_IER, IER_RECEIVED);
	return true;
}

void uart_send(const uint8_t *bytes, size_t len_bytes)
{
	while (len_bytes > 0) {
		size_t burst = len_bytes < UART_FIFO ? len_bytes : UART_FIFO;

		if (!(uart_in(REG_LSR) & LSR_THRE)) {
			uart_out(REG_IER, IER_RECEIVED | IER_TRANSMIT);
			uart_wait();
			continue;
		}
		for (size_t i = 0; i < burst; i++)
			uart_out(REG_DATA, bytes[i]);
		bytes += burst;
		len_bytes -= burst;
	}
}

bool uart_idle(void)
{
	return uart_in(REG_LSR) & LSR_IDLE;
}

static void receive(void (*received)(const uint8_t *bytes, size_t len_bytes))
{
	uint8_t burst[RECEIVE_BURST];
	size_t len = 0;

	while (len < sizeof(burst) && uart_in(REG_LSR) & LSR_READY)
		burst[len++] = uart_in(REG_DATA);
	if (len > 0)
		received(burst, len);
}

/* I2 */
void uart_interrupt(void (*received)(const uint8_t *bytes, size_t len_bytes))
{
	uint8_t iir;

	while (!((iir = uart_in(REG_IIR)) & IIR_NONE)) {
		switch (iir & IIR_CAUSE) {
		case IIR_TRANSMIT:
			uart_out(REG_IER, IER_RECEIVED);
			uart_wake();
			break;
		case IIR_MODEM:
			uart_in(REG_MSR);
			break;
		case IIR_LINE:
			uart_in(REG_LSR);
			break;
		default:
			receive(received);
			break;
		}
	}
}
