/* SPDX-License-Identifier: Apache-2.0 */
/* stdin to stdout, with our hooks. */
#include "add_hooks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base.h"
#include "edits.h"
#include "entry.h"
#include "file.h"
#include "log.h"
#include "oci.h"
#include "options.h"
#include "splice.h"

/* What `ctr oci spec` prints limits open files to 1024, and containerd applies
 * that to all containers of which the spec is the base, while without one they
 * have its own limits. */
static int change(const struct options *o, const struct str *spec,
		  struct str *out)
{
	autoentry struct entry e = { 0 };
	autoedits struct edits edits = { 0 };
	struct slice text = { str_text(spec), spec->len };
	unsigned flags = SPLICE_NO_RLIMITS;
	int r = entry_make(o, &e);

	if (o->prestart)
		flags |= SPLICE_PRESTART;
	if (r == 0)
		r = splice_find(text, &e, flags, &edits);
	if (r < 0)
		return r;

	edits_apply(&edits, text, out);
	return out->err;
}

int add_hooks(const struct options *o)
{
	autostr struct str spec = { 0 };
	autostr struct str out = { 0 };
	int r = file_read_fd(STDIN_FILENO, OCI_CONFIG_MAX, &spec);

	if (r < 0)
		log_error(r, NULL, "read the spec on stdin");
	else if ((r = change(o, &spec, &out)) < 0)
		log_error(r, "nothing is printed", "add hooks to the spec");
	else if ((r = file_write_fd(STDOUT_FILENO, out.text, out.len)) < 0)
		log_error(r, NULL, "print the spec");

	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
