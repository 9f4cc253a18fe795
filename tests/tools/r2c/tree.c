/* SPDX-License-Identifier: BSD-2-Clause */
/* The small tree of tests: files, and objects by the assembler. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file.h"
#include "report.h"
#include "tree.h"

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

const char *tree_file(struct tree *tree, const char *path, const char *text)
{
	char *full = pool_printf(&tree->pool, "%s/%s", tree->top, path);
	char *slash = strrchr(full, '/');

	*slash = 0;
	must(file_mkdirs(full), full);
	*slash = '/';
	must(file_write(full, text, strlen(text)), full);
	return full;
}

/* The audience comes last, so that the text's lines keep their numbers. */
void tree_interface(struct tree *tree, const char *path, const char *audience, const char *text)
{
	tree_file(tree, path,
		  pool_printf(&tree->pool, "%s/*\n * Audience: %s.\n */\n", text, audience));
}

static void assemble(struct tree *tree, const char *source, const char *object)
{
	char *full = pool_printf(&tree->pool, "%s/%s", tree->top, object);
	char *const argv[] = {"as", "-o", full, (char *)source, NULL};
	struct buffer log = {0};

	must(command_run(argv, &log) == 0, log.data ? log.data : "as");
	buffer_free(&log);
}

/* Each word of a list: format it, the word without its mark being the last argument. */
static void words_print(struct buffer *out, const char *words, const char *format)
{
	char *copy = strdup(words), *save;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (*word == '-')
			continue;
		const char *name = *word == '~' ? word + 1 : word;
		if (*word == '~')
			buffer_printf(out, "\t.weak %s\n", name);
		for (const char *at = format; *at; at++) {
			if (*at == '%')
				buffer_printf(out, "%s", name);
			else
				buffer_add(out, at, 1);
		}
	}
	free(copy);
}

void tree_component(struct tree *tree, const char *name, const char *defines, const char *uses)
{
	struct buffer text = {0};

	buffer_printf(&text, "\t.text\n");
	words_print(&text, defines, "\t.globl %\n%:\tret\n");
	if (!strchr(defines, '-'))
		buffer_printf(&text, "\t.globl component_init\ncomponent_init:\n");
	words_print(&text, uses, "\tcall %\n");
	buffer_printf(&text, "\tret\n\t.section .note.GNU-stack, \"\", @progbits\n");
	const char *path = pool_printf(&tree->pool, "build/component/%s.s", name);
	path = tree_file(tree, path, text.data);
	assemble(tree, path, pool_printf(&tree->pool, "build/component/%s.o", name));
	buffer_free(&text);
}

static void link_real(struct tree *tree, const char *path)
{
	char *real = realpath(path, NULL);

	must(real && symlink(real, pool_printf(&tree->pool, "%s/%s", tree->top, path)) == 0, path);
	free(real);
}

void tree_make(struct tree *tree)
{
	static const char domain[] = "\t.text\n\t.weak __cos_thread_entry\n"
				     "\t.globl __cos_init_entry, __cos_copy_start, __cos_copy_end\n"
				     "\t.globl __cos_copy_fault\n"
				     "__cos_thread_entry:\tret\n__cos_init_entry:\tret\n"
				     "__cos_copy_start:\tnop\n__cos_copy_end:\tnop\n"
				     "__cos_copy_fault:\tret\n"
				     "\t.section .note.GNU-stack, \"\", @progbits\n";

	*tree = (struct tree){0};
	char *top = pool_strdup(&tree->pool, "/tmp/r2c-test.XXXXXX");
	must(mkdtemp(top) != NULL, top);
	tree->top = top;
	assemble(tree, tree_file(tree, "build/libcos/domain.s", domain), "build/libcos/domain.o");
	tree_file(tree, "kernel/.here", "");
	tree_file(tree, "libcos/.here", "");
	link_real(tree, "kernel/include");
	link_real(tree, "libcos/include");
	tree_interface(tree, "interface/mem/mem.h", "everyone",
		       "COS_INTERFACE long mem_map(unsigned long len);\n");
	tree_interface(tree, "interface/mem/pager.h", "the kernel",
		       "COS_INTERFACE long mem_pagefault(long a, long b,\n\tlong c);\n");
	tree_interface(tree, "interface/ping/ping.h", "everyone",
		       "/* a comment */\n"
		       "COS_INTERFACE long ping_hit(long n, const void *buf);\n"
		       "COS_INTERFACE struct cos_pair ping_two(void);\n");
	link_real(tree, "interface/cos");
	tree_interface(tree, "interface/pong/pong.h", "everyone",
		       "COS_INTERFACE long pong_hit(long n);\n");
	tree_component(tree, "boot", "__cos_thread_entry -", "");
	tree_component(tree, "mem", "mem_map mem_pagefault", "");
	tree_component(tree, "sched", "sched_x", "mem_map");
	tree_component(tree, "ping", "ping_hit ping_two", "mem_map");
	tree_component(tree, "pong", "pong_hit", "ping_hit");
}

void tree_free(struct tree *tree)
{
	tree_report(tree);
	fclose(tree->stream);
	report_to(NULL);
	free(tree->reported);
	file_remove_tree(tree->top);
	pool_free(&tree->pool);
}

void tree_report(struct tree *tree)
{
	if (tree->stream) {
		fclose(tree->stream);
		free(tree->reported);
	}
	tree->stream = open_memstream(&tree->reported, &tree->reported_len);
	must(tree->stream != NULL, "open_memstream");
	report_to(tree->stream);
}

const char *tree_reported(struct tree *tree)
{
	fflush(tree->stream);
	return tree->reported;
}

struct tree tree;

int tree_setup(void **state)
{
	(void)state;
	tree_make(&tree);
	tree_report(&tree);
	return 0;
}

int tree_teardown(void **state)
{
	(void)state;
	tree_free(&tree);
	return 0;
}
