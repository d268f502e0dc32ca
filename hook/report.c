/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to stderr and to syslog(3)'s socket. */
#include "report.h"

#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include "base.h"
#include "str.h"

#define READER_MS 50

/* Not syslog(3): that blocks while the socket's queue is full. */
static int log_socket(void)
{
	static const struct sockaddr_un log = { AF_UNIX, "/dev/log" };
	autoclose int fd =
		socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&log, sizeof(log)) < 0)
		return -1;

	return take_fd(&fd);
}

/* "<3>": how log.c marks a line for the journal */
static uint64_t priority_take(struct slice *line)
{
	struct slice mark;
	uint64_t priority = LOG_ERR;

	if (line->len < 3 || *line->p != '<')
		return priority;

	line->p++;
	line->len--;
	if (slice_until(line, '>', &mark))
		(void)slice_u64(mark, &priority);

	return priority;
}

/* A pipe that polls as writable takes PIPE_BUF bytes at once. Returns whether
 * its reader made room for all of TEXT. */
static bool stderr_say(const struct str *text)
{
	for (size_t at = 0; at < text->len; at += PIPE_BUF) {
		struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
		size_t len = min_u64(text->len - at, PIPE_BUF);

		if (poll(&p, 1, READER_MS) <= 0 ||
		    write(STDERR_FILENO, text->text + at, len) < 0)
			return false;
	}

	return true;
}

static void line_say(struct slice line, int syslog, bool *heard)
{
	autostr struct str out = { 0 };
	uint64_t priority = priority_take(&line);

	str_add(&out, line.p, line.len);
	str_adds(&out, "\n");
	if (!out.err && *heard)
		*heard = stderr_say(&out);

	if (syslog < 0)
		return;

	str_reset(&out);
	str_addf(&out, "<%u>", LOG_DAEMON | (unsigned)(priority & 7));
	str_add(&out, line.p, line.len);
	if (!out.err)
		(void)send(syslog, out.text, out.len,
			   MSG_NOSIGNAL | MSG_DONTWAIT);
}

void report_lines(struct slice text, bool on_stderr)
{
	autoclose int syslog = text.len ? log_socket() : -1;
	struct slice line;
	bool heard = on_stderr;

	while (slice_line(&text, &line))
		line_say(line, syslog, &heard);
}
