/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, read whole, relative to a directory fd. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stat;
struct str;

/* Append all of the file PATH below DIR to OUT. MAX is the most bytes we take.
 * Returns 0, -EFBIG when there is more than MAX, or -errno. */
int file_read(int dir, const char *path, size_t max, struct str *out);

/* Append all that can still be read from FD; otherwise as file_read(). */
int file_read_fd(int fd, size_t max, struct str *out);

/* Write all LEN bytes of TEXT to FD. Returns 0 or -errno. */
int file_write_fd(int fd, const char *text, size_t len);

/* Append the content of FD from offset 0, in a single pread(2) where it fits.
 *
 * Only for files that the kernel prints in one piece (single_open(), kernfs
 * attributes): there a short read is the end, Documentation/filesystems/
 * seq_file.rst. Returns 0 or -errno. */
int file_pread_once(int fd, struct str *out);

/* Append what a single pread(2) of 8 KiB or more gives, and no more of it: the
 * first records of a file that is dear to print as a whole. Returns 0 or
 * -errno.
 */
int file_pread_head(int fd, struct str *out);

/* Append the content of FD from offset 0 until a read returns nothing: for
 * files made of many records (/proc/vmstat, /proc/cpuinfo). Returns 0 or
 * -errno. */
int file_pread_all(int fd, struct str *out);

/* Write TEXT to a temporary file beside PATH below DIR and rename it into
 * place, so that a reader sees the old text or the new one, never a part.
 * Returns 0 or -errno; on failure nothing is left behind. Who is killed here
 * leaves a file whose name ends in ".tmp". */
int file_replace(int dir, const char *path, const char *text, size_t len,
		 mode_t mode);

/* The same, with owner and mode of the file AS. */
int file_replace_as(int dir, const char *path, const char *text, size_t len,
		    const struct stat *as);
