/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that name their interpreter in their first line. */
#include "base/os.h"
#include "exec/args.h"
#include "exec/script.h"
#include "file/file.h"
#include "mm/user.h"
#include "process/thread.h"

/* "#!interpreter [argument]": true and the two words, in text. */
bool script_line(struct thread *t, struct file *f, char text[SCRIPT_LINE], char **interp,
		 char **arg)
{
	char *buffer = shared_at(t, SHARED_DATA), *end;
	struct iov iov = {buffer, SCRIPT_LINE - 1};
	long r = f->ops->read(t, f, &iov, 1, 0);

	if (r < 4 || buffer[0] != '#' || buffer[1] != '!')
		return false;
	memcpy(text, buffer, (size_t)r);
	text[r] = 0;
	end = strchr(text, '\n');
	if (!end)
		return false;
	do
		*end-- = 0;
	while (end > text + 1 && (*end == ' ' || *end == '\t' || *end == '\r'));
	for (*interp = text + 2; **interp == ' ' || **interp == '\t';)
		(*interp)++;
	for (*arg = *interp; **arg && **arg != ' ' && **arg != '\t';)
		(*arg)++;
	if (**arg)
		*(*arg)++ = 0;
	while (**arg == ' ' || **arg == '\t')
		(*arg)++;
	return **interp != 0;
}

/* argv becomes: interpreter, its argument, the script, the script's arguments. */
bool script_args(struct exec_args *args, const char *interp, const char *arg, const char *path)
{
	struct exec_args out = {0};
	const char *s = args->text;
	bool ok = exec_args_add(&out, interp) && (!*arg || exec_args_add(&out, arg)) &&
		  exec_args_add(&out, path);

	out.argc = 2 + (*arg != 0);
	for (unsigned i = 0; ok && i < args->argc + args->envc; i++, s += strlen(s) + 1) {
		if (i == 0 && args->argc > 0)
			continue;
		ok = exec_args_add(&out, s);
		if (i < args->argc)
			out.argc++;
		else
			out.envc++;
	}
	cos_free(ok ? args->text : out.text);
	if (ok)
		*args = out;
	return ok;
}
