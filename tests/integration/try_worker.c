/* SPDX-License-Identifier: Apache-2.0 */
/* A resview-worker that does not serve: what it does instead is the first word
 * of the file "manner" in its --run-dir. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "control.h"

static void manner(int argc, char *argv[], char *ret, size_t size)
{
	static const char option[] = "--run-dir=";
	char path[4096];
	FILE *file;

	*ret = '\0';
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], option, strlen(option)) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/manner",
			       argv[i] + strlen(option));
		file = fopen(path, "re");
		if (file && !fgets(ret, (int)size, file))
			*ret = '\0';
		if (file)
			(void)fclose(file);
	}
	ret[strcspn(ret, "\n")] = '\0';
}

/* Nothing but what is handed over may be open. */
static int strays(void)
{
	for (int fd = HANDOVER_END; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return 1;
	for (int fd = 0; fd < HANDOVER_END; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			return 1;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	return getenv("NOTIFY_SOCKET") || getenv("LISTEN_FDS");
}

int main(int argc, char *argv[])
{
	char how[32];

	manner(argc, argv, how, sizeof(how));
	if (strcmp(how, "check") == 0)
		return strays() ? 10 : 11;
	if (strcmp(how, "refuse") == 0)
		return WORKER_REFUSED;
	if (strcmp(how, "crash") == 0)
		abort();
	if (strcmp(how, "drain") == 0)
		return WORKER_DRAINED;
	if (strcmp(how, "mute") == 0)
		(void)close(HANDOVER_REPORT);
	if (strcmp(how, "lie") == 0)
		(void)!write(HANDOVER_REPORT, "", 1);

	for (;;)
		(void)pause();
}
