/* SPDX-License-Identifier: Apache-2.0 */
/* What we were told: state, config.json, annotations. */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base.h"
#include "file.h"
#include "log.h"
#include "options.h"
#include "run.h"

/* WRONG is the member that is wrong, NULL: all of it. */
static int wrong_input(struct job *j, const char *wrong, int r)
{
	if (wrong)
		str_addf(&j->what, ": \"%s\"", wrong);
	if (r == -ENOENT)
		j->why = "missing";
	if (r == -EINVAL)
		j->why = "malformed";

	return r;
}

static int wrong_stage(struct job *j)
{
	j->why = j->state.stage == OCI_INSIDE
			 ? "this hook is for createRuntime, not createContainer"
			 : "this hook is for createRuntime and poststop";
	return -EINVAL;
}

int job_state_known(struct job *j)
{
	bool within = lxc_within(&j->options->lxc);

	(void)snprintf(j->progress->id, sizeof(j->progress->id), "%s",
		       j->state.id);
	if (j->state.stage == OCI_STOPPED) {
		j->progress->stopped = true;
		j->progress->doing = "remove the record";
		return job_forget(j);
	}

	return j->state.stage == OCI_CREATE || within ? 0 : wrong_stage(j);
}

/* Stdin is closed once read: its writer must not wait for us, even when a hung
 * daemon keeps us from ending. */
int job_read_state(struct job *j)
{
	autostr struct str text = { 0 };
	const char *wrong = NULL;
	int r = file_read_fd(STDIN_FILENO, OCI_STATE_MAX, &text);

	(void)close(STDIN_FILENO);
	if (r < 0)
		return r;

	r = oci_state_parse(str_text(&text), text.len, &j->state, &wrong);
	if (r < 0)
		return wrong_input(j, wrong, r);

	return job_state_known(j);
}

int job_read_config(struct job *j)
{
	autoclose int bundle =
		open(j->state.bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autostr struct str text = { 0 };
	const char *wrong = NULL;
	int r;

	str_addf(&j->what, " %s/config.json", j->state.bundle);
	if (bundle < 0)
		return -errno;

	r = file_read(bundle, "config.json", OCI_CONFIG_MAX, &text);
	if (r < 0)
		return r;

	r = oci_config_parse(str_text(&text), text.len, &j->config, &wrong);
	if (r < 0)
		return wrong_input(j, wrong, r);

	return 0;
}

int job_select(struct job *j)
{
	const struct options *o = j->options;
	struct selection *s = &j->selection;
	int r = select_views(j->state.annotations, j->config.annotations, o->on,
			     s);

	if (r < 0)
		return wrong_input(j, NULL, r);
	if (s->unknown.len)
		log_line(LOG_WARNING,
			 "container %s: unknown annotations %s, ignoring",
			 j->state.id, s->unknown.text);
	if (s->bad.len && o->required) {
		str_addf(&j->what, " %s", s->bad.text);
		return wrong_input(j, NULL, -EINVAL);
	}
	if (s->bad.len)
		log_line(LOG_ERR,
			 "container %s: annotations %s: malformed, ignoring",
			 j->state.id, s->bad.text);

	j->record.cpu = s->cpu;
	j->record.uptime = s->uptime;
	return s->on ? 0 : 1;
}
