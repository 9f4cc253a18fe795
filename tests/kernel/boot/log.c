/* SPDX-License-Identifier: BSD-2-Clause */
/* The log read back: the kernel's text, ours, what is lost, and the event of new text. */
#include "test.h"

#define HW COS_BOOT_HW
#define TID 20
#define STATIC_KIB_MAX 1024
#define PAGE_BYTES_MAX 16
#define WORD_CR 0x0d0d0d0d0d0d0d0dUL /* carriage returns, which are not to be seen */

static uint64_t arcv;
static uint64_t events;

union text {
	char byte[16];
	uint64_t word[2];
};

/* -> rax; *at: where the text begins */
static long log_read(uint64_t *at, union text *text)
{
	struct sys s = {COS_OP(HW, COS_HW_LOG_READ), {*at}};
	long n = sys(&s);

	*at = s.arg[0];
	text->word[0] = s.arg[1];
	text->word[1] = s.arg[2];
	return n;
}

static uint64_t log_end(void)
{
	uint64_t at = 0;
	union text text;
	long n;

	while ((n = log_read(&at, &text)) > 0)
		at += (uint64_t)n;
	EXPECT(n, 0);
	return at;
}

/* The first line: the kernel's static memory, and its bytes for each page of RAM. */
static void first_line(void)
{
	char line[80] = {0};
	uint64_t at = 0, number[2] = {0};
	union text text;
	unsigned n = 0;

	while (at < sizeof(line) - sizeof(text) && log_read(&at, &text) == sizeof(text))
		for (unsigned i = 0; i < sizeof(text); i++)
			line[at++] = text.byte[i];
	for (unsigned i = 0; line[i] != '\n' && n < 2; i++) {
		if (line[i] >= '0' && line[i] <= '9')
			number[n] = number[n] * 10 + (uint64_t)(line[i] - '0');
		else if (number[n])
			n++;
	}
	EXPECT(n, 2);
	EXPECT(number[0] >= 64 && number[0] <= STATIC_KIB_MAX, true);
	EXPECT(number[1] >= 8 && number[1] <= PAGE_BYTES_MAX, true);
}

static void reader_body(uint64_t tid)
{
	(void)tid;
	for (;;)
		events += (uint64_t)op_once(arcv, COS_ARCV_WAIT, 0, 0);
}

static void log_events(void)
{
	uint64_t thd = thd_new(COS_BOOT_COMP, TID, thd_entry, (uint64_t)reader_body);

	arcv = slot_new();
	EXPECT(OP(COS_BOOT_CAPTBL, COS_MK_ARCV, arcv, thd), 0);
	EXPECT(OP(HW, COS_HW_LOG_BIND, thd), -COS_ECAP);
	EXPECT(OP(HW, COS_HW_LOG_BIND, arcv), 0);
	EXPECT(OP(HW, COS_HW_LOG_BIND, arcv), -COS_ENOMEM);
	EXPECT(op_once(thd, COS_THD_PRIO, 0, 0), 0);
	/* Text before it waits is counted; text while it waits lets it run at once. */
	EXPECT(OP(HW, COS_HW_LOG, 8, WORD_CR), 8);
	EXPECT(events, 0);
	EXPECT(op_once(thd, COS_THD_SWITCH, 0, 0), 0);
	EXPECT(events, 1);
	EXPECT(OP(HW, COS_HW_LOG, 8, WORD_CR), 8);
	EXPECT(events, 2);
	EXPECT(OP(COS_BOOT_CAPTBL, COS_CAPTBL_REMOVE, arcv), 0);
	EXPECT(OP(HW, COS_HW_LOG, 8, WORD_CR), 8);
	EXPECT(events, 2);
	events_of(TID);
}

void test_log(void)
{
	union text text;
	uint64_t at = 0, end;

	EXPECT(log_read(&at, &text), sizeof(text));
	EXPECT(at, 0);
	EXPECT(text.word[0], 0x203a6c656e72656bUL); /* "kernel: " */
	first_line();
	end = log_end();
	/* The test's own lines are in it. */
	EXPECT(end > 100, true);
	EXPECT(OP(HW, COS_HW_LOG, 5, 0x0d6f6c6c6548UL), 5);
	at = end;
	EXPECT(log_read(&at, &text), 5);
	EXPECT(at, end);
	EXPECT(text.word[0], 0x6f6c6c6548UL);
	EXPECT(text.word[1], 0);
	at = end + 5;
	EXPECT(log_read(&at, &text), 0);
	at = end + 6;
	EXPECT(log_read(&at, &text), -COS_EINVAL);
	/* Once around: the oldest text is lost, and a reader of it gets a later position. */
	for (unsigned i = 0; i < COS_LOG_BYTES / 32 + 1; i++)
		EXPECT(OP(HW, COS_HW_LOG, 32, WORD_CR, WORD_CR, WORD_CR, WORD_CR), 32);
	at = end + 5;
	EXPECT(log_read(&at, &text), sizeof(text));
	EXPECT(at > end + 5 + 32, true);
	EXPECT(text.word[1], WORD_CR);
	EXPECT(log_end() - at, COS_LOG_BYTES - 1);
	EXPECT(log_end() - (end + 5), COS_LOG_BYTES + 32);
	log_events();
}
