/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who reads a file in a tight loop. */
#include "try_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base.h"

#define ENOUGH 100

static void remember(struct seen *seen, const char *what)
{
	if (seen->wrong++ == 0)
		(void)snprintf(seen->first, sizeof(seen->first), "%s", what);
}

static void read_once(struct seen *seen, const char *path, const char *want)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[64] = "";

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		remember(seen, strerrordesc_np(errno));
	else if (strncmp(text, want, strlen(want)) != 0)
		remember(seen, text);
	seen->reads++;
}

int reader_start(struct reader *r, const char *path, const char *want)
{
	r->seen = mmap(NULL, sizeof(*r->seen), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->seen == MAP_FAILED)
		return -errno;

	r->pid = fork();
	if (r->pid < 0)
		return -errno;
	if (r->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			read_once(r->seen, path, want);
	}

	return 0;
}

int reader_stop(struct reader *r)
{
	while (*(volatile unsigned long *)&r->seen->reads < ENOUGH)
		(void)usleep(1000);
	(void)kill(r->pid, SIGKILL);
	(void)waitpid(r->pid, NULL, 0);

	printf("%lu reads, %lu wrong%s%s\n", r->seen->reads, r->seen->wrong,
	       r->seen->wrong ? ": " : "", r->seen->first);
	return r->seen->wrong ? -EBADMSG : 0;
}
