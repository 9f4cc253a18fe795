/* SPDX-License-Identifier: BSD-2-Clause */
#include <cos/layout.h>
#include <cos/string.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

#define DEFAULT_ALIGNMENT 16
#define ALIGNBIT_MAX 40

int rumpuser_malloc(size_t len_bytes, int alignment, void **memp)
{
	size_t align = alignment > 0 ? (size_t)alignment : DEFAULT_ALIGNMENT;

	if (align & (align - 1))
		return RUMP_EINVAL;
	*memp = arena_alloc(len_bytes, align);
	return *memp ? 0 : RUMP_ENOMEM;
}

void rumpuser_free(void *mem, size_t len_bytes)
{
	arena_free(mem, len_bytes);
}

/* Memory is never executable here: all code of a component is linked into its image. */
int rumpuser_anonmmap(void *prefer, size_t len_bytes, int alignbit, int exec, void **memp)
{
	size_t align = COS_PAGE_SIZE;

	(void)prefer;
	if (exec)
		return RUMP_EACCES;
	if (len_bytes == 0 || alignbit < 0 || alignbit > ALIGNBIT_MAX)
		return RUMP_EINVAL;
	if (align < 1ul << alignbit)
		align = 1ul << alignbit;
	*memp = arena_alloc(len_bytes, align);
	if (!*memp)
		return RUMP_ENOMEM;
	memset(*memp, 0, len_bytes);
	return 0;
}

void rumpuser_unmap(void *addr, size_t len_bytes)
{
	arena_free(addr, len_bytes);
}
