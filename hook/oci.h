/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime says: the state on stdin, and the bundle's config.json. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "json.h"

#define OCI_STATE_MAX  (8U << 20)
#define OCI_CONFIG_MAX (16U << 20)

enum oci_stage {
	OCI_CREATE, /* prestart, createRuntime */
	OCI_STOPPED,
	OCI_INSIDE, /* createContainer, startContainer: the container's
		     * namespaces, and no pid that means anything to us */
	OCI_OTHER,
};

struct oci_state {
	struct json_object *json; /* owns the rest */
	const char *id;           /* valid: id_valid() */
	enum oci_stage stage;
	pid_t pid;                       /* 0 unless OCI_CREATE */
	const char *bundle;              /* absolute; NULL when OCI_STOPPED */
	struct json_object *annotations; /* NULL: none */
};

struct oci_config {
	struct json_object *json;        /* owns the rest */
	const char *root;                /* relative to the bundle */
	struct json_object *annotations; /* NULL: none */
};

#define autostate __attribute__((cleanup(oci_state_free)))
#define autooci   __attribute__((cleanup(oci_config_free)))
void oci_state_free(struct oci_state *s);
void oci_config_free(struct oci_config *c);

/* Return 0, -ENOENT when a member is missing, -EINVAL when it (or all of the
 * text) is malformed, -ENOMEM, and in *WRONG the name of the member, NULL when
 * it is the text. On success the caller owns *RET. */
int oci_state_parse(const char *text, size_t len, struct oci_state *ret,
		    const char **wrong);
int oci_config_parse(const char *text, size_t len, struct oci_config *ret,
		     const char **wrong);
