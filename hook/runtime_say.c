/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as logrus writes them, for that is what engines read. */
#include "runtime_say.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base.h"
#include "json.h"
#include "report.h"
#include "runtime_call.h"
#include "str.h"

static unsigned days_of(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
					      31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month] + (month == 1 && leap);
}

/* Not gmtime(3): that reads the file which the environment's TZ names. */
static void now(struct str *out)
{
	unsigned t = (unsigned)time(NULL);
	unsigned seconds = t % 86400;
	unsigned days = t / 86400;
	unsigned month = 0; /* since January 1970 */

	for (; days >= days_of(1970 + month / 12, month % 12); month++)
		days -= days_of(1970 + month / 12, month % 12);

	str_addf(out, "%u-%02u-%02uT%02u:%02u:%02uZ", 1970 + month / 12,
		 month % 12 + 1, days + 1, seconds / 3600, seconds / 60 % 60,
		 seconds % 60);
}

static void line_put(const struct call *c, const char *level, const char *text,
		     struct str *out)
{
	autostr struct str quoted = { 0 };
	autostr struct str when = { 0 };

	now(&when);
	if (strcmp(c->format, "json") != 0) {
		json_put_string(&quoted, NULL, text);
		str_addf(out, "time=\"%s\" level=%s msg=%s\n", str_text(&when),
			 level, str_text(&quoted));
		return;
	}

	json_put_begin(out, NULL, '{');
	json_put_string(out, "level", level);
	json_put_string(out, "msg", text);
	json_put_string(out, "time", str_text(&when));
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
