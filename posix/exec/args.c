/* SPDX-License-Identifier: BSD-2-Clause */
/* Argument and environment strings of a new program. */
#include "base/os.h"
#include "abi/errno.h"
#include "exec/args.h"
#include "mm/user.h"
#include "process/thread.h"

#define ARGS_MAX (2ul << 20) /* as Linux has it for a stack of 8 MiB */

bool exec_args_add(struct exec_args *args, const char *s)
{
	size_t n = strlen(s) + 1;

	if (args->len + n > args->size) {
		size_t size = MAX(2 * args->size, args->len + n + 4096);
		char *text = cos_realloc(args->text, size);

		if (!text)
			return false;
		args->text = text;
		args->size = size;
	}
	memcpy(args->text + args->len, s, n);
	args->len += n;
	return true;
}

/* The strings of a NULL-terminated array in the program. */
long exec_args_user(struct thread *t, uint64_t array, struct exec_args *args, unsigned *count)
{
	char *buffer = shared_at(t, SHARED_DATA);
	uint64_t p;
	long r;

	for (*count = 0; array; array += 8, (*count)++) {
		if (user_get(t, &p, array, 8) < 0)
			return -LX_EFAULT;
		if (p == 0)
			break;
		r = user_string(t, buffer, p, SHARED_DATA_SIZE);
		if (r == -LX_ENAMETOOLONG || args->len > ARGS_MAX)
			return -LX_E2BIG;
		if (r < 0)
			return r;
		if (!exec_args_add(args, buffer))
			return -LX_ENOMEM;
	}
	return 0;
}
