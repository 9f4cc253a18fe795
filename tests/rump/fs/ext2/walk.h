/* SPDX-License-Identifier: BSD-2-Clause */
/* Uses a mounted file system in whatever state it is: only crashes and hangs count. */
#ifndef EXT2_TEST_WALK_H
#define EXT2_TEST_WALK_H

/* Read everything below dir, within limits. */
void walk_read(const char *dir);
/* Make, write, move and remove files, among them existing ones. */
void walk_change(void);

#endif
