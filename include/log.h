/* SPDX-License-Identifier: Apache-2.0 */
/* One line on stderr: what, where, why, and what happens now.
 *
 * Only the edges call this: each main.c, the FUSE service, the supervisor. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <syslog.h>

/* Is stderr what STREAM, that is $JOURNAL_STREAM or NULL, says is the
 * journal's? Everything that a service starts has that variable, wherever its
 * stderr has been redirected to (systemd.exec(5)). */
bool log_is_journal(const char *stream);

/* Say once, before any thread: the program's name, the least important priority
 * that is printed (LOG_INFO), and whether lines begin with "<N>" as the journal
 * reads it (sd-daemon(3)). */
void log_open(const char *program, int level, bool journal);

/* One line at PRIORITY. Control characters are printed as \xNN. */
void log_line(int priority, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* "program: <fmt>: <strerror(-r)>; <now>" at LOG_ERR, where NOW says what
 * happens next ("host figures are shown", "ignoring"), or is NULL. Returns R,
 * so that a caller can `return log_error(r, ...)`. */
int log_error(int r, const char *now, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same at LOG_WARNING. */
int log_warning(int r, const char *now, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
