/* SPDX-License-Identifier: Apache-2.0 */
/* How many files are open, and how much memory their texts take, in the shared
 * memory of a resviewd: what nobody frees is seen nowhere else. Or makes it the
 * memory of a resviewd of another version, and says which it was. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "area.h"
#include "base.h"

#define FDS_MAX 64
#define NAME    "/memfd:resview-area"

/* The fd number N of process PID, if that is the memory. */
static int open_area(const char *pid, int n)
{
	char path[64];
	char target[64] = "";

	(void)snprintf(path, sizeof(path), "/proc/%s/fd/%d", pid, n);
	if (readlink(path, target, sizeof(target) - 1) < 0 ||
	    strncmp(target, NAME, strlen(NAME)) != 0)
		return -ENOENT;

	return open(path, O_RDWR | O_CLOEXEC);
}

static unsigned count(const _Atomic uint64_t *map, size_t words)
{
	unsigned n = 0;

	for (size_t i = 0; i < words; i++)
		n += (unsigned)__builtin_popcountll(atomic_load(&map[i]));

	return n;
}

int main(int argc, char **argv)
{
	struct area *a = MAP_FAILED;
	autoclose int fd = -1;

	for (int n = 0; argc > 1 && n < FDS_MAX && fd < 0; n++)
		fd = open_area(argv[1], n);
	if (fd >= 0)
		a = mmap(NULL, sizeof(*a), PROT_READ | PROT_WRITE, MAP_SHARED,
			 fd, 0);
	if (a == MAP_FAILED) {
		fprintf(stderr, "usage: peek PID [LAYOUT]\n");
		return 2;
	}

	if (argc > 2) {
		printf("%u\n", a->layout);
		a->layout = (uint32_t)strtoul(argv[2], NULL, 10);
	} else {
		printf("%u %u\n",
		       count(a->handles_used, ARRAY_SIZE(a->handles_used)),
		       count(a->blocks_used, ARRAY_SIZE(a->blocks_used)));
	}
	return 0;
}
