/* SPDX-License-Identifier: BSD-2-Clause */
/* crypt(3) as POSIX has it; see crypt.c. */
char *crypt(const char *key, const char *salt);
