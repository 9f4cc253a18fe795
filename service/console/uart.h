/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 16550 serial port (National Semiconductor PC16550D, June 1995), by interrupts in both
 * directions. One thread at a time sends; uart_interrupt is called by the thread that waits for the
 * port's interrupt.
 *
 * Sending: the transmit FIFO is filled, 16 bytes for one look at the line status. When it is not
 * empty yet, the sender turns the "transmitter empty" interrupt on and sleeps (uart_wait, given by
 * the owner). Turning it on while the FIFO is empty raises it at once (PC16550D 8.6.5), so no
 * wake-up is lost.
 */
#ifndef SERVICE_CONSOLE_UART_H
#define SERVICE_CONSOLE_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART_FIFO 16
#define UART_PORTS 8

/* Register 0..7 of the port. */
uint8_t uart_in(unsigned reg);
void uart_out(unsigned reg, uint8_t value);
/* Sleep until uart_wake was called after the last return. */
void uart_wait(void);
void uart_wake(void);

/* 115200 baud, 8 data bits, no parity, FIFOs on, receive interrupt on. false: there is no port. */
bool uart_init(void);
void uart_send(const uint8_t *bytes, size_t len_bytes);
/* Is all that was sent on the line? There is no interrupt that says so. */
bool uart_idle(void);
/* Serve all causes; received is called with what came in. */
void uart_interrupt(void (*received)(const uint8_t *bytes, size_t len_bytes));

#endif
