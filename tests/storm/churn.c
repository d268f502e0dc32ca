/* SPDX-License-Identifier: Apache-2.0 */
/* A container that does nothing has figures that stand still: move them. */
#include "churn.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base.h"

#define BLOCK      4096
#define MEMORY     (2 << 20)
#define EACH_US    20000
#define DISK_TIMES 8

void churn_disk(void)
{
	static _Alignas(BLOCK) char block[BLOCK];
	autoclose int fd =
		open("/tmp", O_TMPFILE | O_RDWR | O_DIRECT | O_CLOEXEC, 0600);

	if (fd >= 0 && pwrite(fd, block, sizeof(block), 0) > 0)
		(void)fdatasync(fd);
}

void churn_run(uint64_t end)
{
	for (unsigned n = 0; clock_ns(CLOCK_MONOTONIC) < end; n++) {
		size_t size = MEMORY >> n % 4;
		void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p != MAP_FAILED)
			memset(p, 1, size);
		(void)usleep(EACH_US);
		if (p != MAP_FAILED)
			munmap(p, size);
		if (n % DISK_TIMES == 0)
			churn_disk();
	}
}
