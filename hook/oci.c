/* SPDX-License-Identifier: Apache-2.0 */
/* OCI state and config.json, as the runtimes really write them. */
#include "oci.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base.h"
#include "registry.h"

void oci_state_free(struct oci_state *s)
{
	json_free(&s->json);
}

void oci_config_free(struct oci_config *c)
{
	json_free(&c->json);
}

static int annotations_get(struct json_object *in, struct json_object **ret,
			   const char **wrong)
{
	int r = json_get_object(in, "annotations", ret);

	*wrong = "annotations";
	return r == -ENOENT ? 0 : r;
}

/* runc says "creating" at createRuntime, crun "created"; runc of before 1.0
 * nothing. At createContainer runc gives pid 1, that of the container's own pid
 * namespace, and crun 0; at poststop runc gives no pid, and crun 0. */
static enum oci_stage stage_of(const char *status, pid_t pid)
{
	if (strcmp(status, "stopped") == 0)
		return OCI_STOPPED;
	if (pid == 0 && *status == '\0')
		return OCI_STOPPED;
	if (pid <= 1)
		return OCI_INSIDE;
	if (*status == '\0' || strcmp(status, "creating") == 0 ||
	    strcmp(status, "created") == 0)
		return OCI_CREATE;

	return OCI_OTHER;
}

static int stage_get(struct json_object *in, struct oci_state *s,
		     const char **wrong)
{
	const char *status = "";
	int64_t pid = 0;
	int r = json_get_string(in, "status", &status);

	*wrong = "status";
	if (r < 0 && r != -ENOENT)
		return r;

	*wrong = "pid";
	r = json_get_i64(in, "pid", &pid);
	if (r < 0 && r != -ENOENT)
		return -EINVAL;
	if (pid < 0 || pid > INT_MAX)
		return -EINVAL;

	s->stage = stage_of(status, (pid_t)pid);
	s->pid = s->stage == OCI_CREATE ? (pid_t)pid : 0;
	return 0;
}

/* "bundlePath" is what runc said before 1.0. */
static int bundle_get(struct json_object *in, struct oci_state *s,
		      const char **wrong)
{
	int r = json_get_string(in, "bundle", &s->bundle);

	if (r == -ENOENT)
		r = json_get_string(in, "bundlePath", &s->bundle);
	if (r == -ENOENT && s->stage != OCI_CREATE)
		return 0;

	*wrong = "bundle";
	if (r == 0 && (*s->bundle != '/' || strlen(s->bundle) >= PATH_MAX))
		return -EINVAL;

	return r;
}

static int state_get(struct oci_state *s, const char **wrong)
{
	int r = json_get_string(s->json, "id", &s->id);

	*wrong = "id";
	if (r == 0 && !id_valid(s->id))
		r = -EINVAL;
	if (r == 0)
		r = stage_get(s->json, s, wrong);
	if (r == 0)
		r = bundle_get(s->json, s, wrong);
	if (r == 0)
		r = annotations_get(s->json, &s->annotations, wrong);

	return r;
}

int oci_state_parse(const char *text, size_t len, struct oci_state *ret,
		    const char **wrong)
{
	autostate struct oci_state s = { 0 };
	int r = json_parse(text, len, &s.json);

	*wrong = NULL;
	if (r == 0)
		r = state_get(&s, wrong);
	if (r < 0)
		return r;

	*ret = s;
	s.json = NULL;
	return 0;
}

static int config_get(struct oci_config *c, const char **wrong)
{
	struct json_object *root;
	int r = json_get_object(c->json, "root", &root);

	*wrong = "root";
	if (r < 0)
		return r;

	*wrong = "root.path";
	r = json_get_string(root, "path", &c->root);
	if (r == 0 && (*c->root == '\0' || strlen(c->root) >= PATH_MAX))
		r = -EINVAL;
	if (r < 0)
		return r;

	return annotations_get(c->json, &c->annotations, wrong);
}

int oci_config_parse(const char *text, size_t len, struct oci_config *ret,
		     const char **wrong)
{
	autooci struct oci_config c = { 0 };
	int r = json_parse(text, len, &c.json);

	*wrong = NULL;
	if (r == 0)
		r = config_get(&c, wrong);
	if (r < 0)
		return r;

	*ret = c;
	c.json = NULL;
	return 0;
}
