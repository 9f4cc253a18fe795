/* SPDX-License-Identifier: BSD-2-Clause */
/* Use a mounted file system whatever it is like: only crashes and hangs count. */
#ifndef EXT2_TEST_WALK_H
#define EXT2_TEST_WALK_H

/* Read everything below dir, within limits. */
void walk_read(const char *dir);
/* Make, write, move and remove things, among them what was there. */
void walk_change(void);

#endif
