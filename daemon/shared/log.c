/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on stderr, escaped, each in a single write(2). */
#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "str.h"

static const char *program_name = "resview";
static int least = LOG_INFO;
static bool for_journal;

bool log_is_journal(const char *stream)
{
	autostr struct str own = { 0 };
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;

	str_addf(&own, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return !own.err && strcmp(own.text, stream) == 0;
}

void log_open(const char *program, int level, bool journal)
{
	program_name = program;
	least = level;
	for_journal = journal;
}

static void put(int priority, const struct str *text)
{
	autostr struct str line = { 0 };

	if (for_journal)
		str_addf(&line, "<%d>", priority);
	str_addf(&line, "%s: ", program_name);

	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->text[i];

		if (c < 0x20 || c == 0x7f)
			str_addf(&line, "\\x%02x", c);
		else
			str_add(&line, &c, 1);
	}
	str_adds(&line, "\n");

	/* Nobody is left to tell when stderr fails. */
	if (!line.err)
		(void)!write(STDERR_FILENO, line.text, line.len);
}

void log_line(int priority, const char *fmt, ...)
{
	autostr struct str text = { 0 };
	va_list ap;

	if (priority > least)
		return;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	put(priority, &text);
}

__attribute__((format(printf, 4, 0))) static int
log_errno(int priority, int r, const char *now, const char *fmt, va_list ap)
{
	autostr struct str text = { 0 };

	if (priority > least)
		return r;

	str_vaddf(&text, fmt, ap);
	if (r < 0)
		str_addf(&text, ": %s", strerrordesc_np(-r));
	if (now)
		str_addf(&text, "; %s", now);
	put(priority, &text);
	return r;
}

int log_error(int r, const char *now, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r = log_errno(LOG_ERR, r, now, fmt, ap);
	va_end(ap);
	return r;
}

int log_warning(int r, const char *now, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r = log_errno(LOG_WARNING, r, now, fmt, ap);
	va_end(ap);
	return r;
}
