/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as logrus writes them, for that is what engines read. */
#include "runtime_say.h"

#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base.h"
#include "json.h"
#include "report.h"
#include "runtime_call.h"
#include "str.h"

static void now(char out[static 32])
{
	time_t t = time(NULL);
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(out, 32, "%FT%TZ", &tm))
		*out = '\0';
}

static void line_put(const struct call *c, const char *level, const char *text,
		     struct str *out)
{
	autostr struct str quoted = { 0 };
	char time[32];

	now(time);
	if (strcmp(c->format, "json") != 0) {
		json_put_string(&quoted, NULL, text);
		str_addf(out, "time=\"%s\" level=%s msg=%s\n", time, level,
			 str_text(&quoted));
		return;
	}

	json_put_begin(out, NULL, '{');
	json_put_string(out, "level", level);
	json_put_string(out, "msg", text);
	json_put_string(out, "time", time);
	json_put_end(out, '}');
	str_adds(out, "\n");
}

/* crun's --log may name something else than a file. */
static const char *file_of(const char *log)
{
	if (!log || strncmp(log, "file:", 5) == 0)
		return log ? log + 5 : NULL;
	if (strncmp(log, "syslog:", 7) == 0 ||
	    strncmp(log, "journald:", 9) == 0)
		return NULL;

	return log;
}

/* The engine chose the file; a pipe without a reader does not keep us. */
static int log_append(const char *path, const struct str *line)
{
	autoclose int fd = open(path,
				O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK |
					O_NOCTTY | O_CLOEXEC,
				0644);

	if (fd < 0 || line->err ||
	    write(fd, line->text, line->len) != (ssize_t)line->len)
		return -1;

	return 0;
}

void say(const struct call *c, int priority, const char *text)
{
	autostr struct str line = { 0 };
	autostr struct str own = { 0 };
	const char *file = file_of(c->log);

	line_put(c, priority == LOG_ERR ? "error" : "warning", text, &line);
	str_addf(&own, "<%d>resview-runtime: %s", priority, text);
	report_lines(slice_of(str_text(&own)),
		     !file || log_append(file, &line) < 0);
}
