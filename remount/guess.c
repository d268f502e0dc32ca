/* SPDX-License-Identifier: Apache-2.0 */
/* Engines, known by where they put a container's cgroup and its bundle. */
#include "guess.h"

#include <stdio.h>
#include <string.h>

#include "base.h"
#include "parse.h"
#include "str.h"

enum form {
	FORM_HEX,  /* 64 hexadecimal digits; ".scope" may follow */
	FORM_NAME, /* anything */
	FORM_UNIT, /* a name that systemd has escaped: systemd-escape(1) */
	FORM_NONE, /* no container, and nothing in it is one */
};

#define HEX_LEN 64

/* What one component of a path looks like that names a container. */
struct pattern {
	const char *within; /* stands somewhere in the path above it */
	const char *above;  /* is the component above it */
	const char *before; /* the id in the component */
	const char *after;
	enum form form;
	const char *runtime;
};

/* A component may match several: the first counts. */
static const struct pattern of_cgroup[] = {
	{ .before = "docker-", .runtime = "docker" },
	{ .above = "docker", .runtime = "docker" },
	{ .before = "cri-containerd-", .runtime = "containerd" },
	{ .before = "crio-", .runtime = "cri-o" },
	{ .before = "libpod-", .runtime = "podman" },
	{ .before = "libpod-payload-", .runtime = "podman" },
	{ .before = "nerdctl-", .runtime = "nerdctl" },
	{ .above = "default", .runtime = "nerdctl" },
	{ .above = "k8s.io", .runtime = "containerd" },
	{ .above = "isulad", .runtime = "isulad" },
	{ .above = "pouch", .runtime = "pouch" },
	{ .within = "/kubepods", .runtime = "containerd" },
	{ .before = "lxc.payload.",
	  .after = ".scope",
	  .form = FORM_NAME,
	  .runtime = "lxc" },
	{ .before = "lxc.payload.", .form = FORM_NAME, .runtime = "lxc" },
	{ .above = "lxc.payload", .form = FORM_NAME, .runtime = "lxc" },
	{ .above = "lxc", .form = FORM_NAME, .runtime = "lxc" },
	{ .above = "buildkit", .form = FORM_NAME, .runtime = "buildkit" },
	/* a virtual machine */
	{ .before = "machine-qemu\\x2d", .form = FORM_NONE, .runtime = "-" },
	{ .before = "machine-",
	  .after = ".scope",
	  .form = FORM_UNIT,
	  .runtime = "nspawn" },
	{ .before = "systemd-nspawn@",
	  .after = ".service",
	  .form = FORM_UNIT,
	  .runtime = "nspawn" },
	/* Docker's and others' with a cgroup parent of the user's */
	{ .runtime = "-" },
};

static const struct pattern of_bundle[] = {
	{ .within = "/pouch/", .above = "default", .runtime = "pouch" },
	{ .within = "/io.containerd.runtime.v",
	  .above = "moby",
	  .runtime = "docker" },
	{ .within = "/io.containerd.runtime.v",
	  .above = "default",
	  .runtime = "nerdctl" },
	{ .within = "/io.containerd.runtime.v",
	  .above = "default",
	  .form = FORM_NAME,
	  .runtime = "containerd" },
	{ .within = "/io.containerd.runtime.v", .runtime = "containerd" },
	{ .above = "libcontainerd", .runtime = "docker" },
	{ .within = "/isulad/engines/", .runtime = "isulad" },
	{ .within = "/run/containers/storage/",
	  .above = "overlay-containers",
	  .runtime = "cri-o" },
	{ .above = "overlay-containers", .runtime = "podman" },
	{ .above = "vfs-containers", .runtime = "podman" },
};

/* The component of a path that is looked at. */
struct part {
	struct slice path;  /* up to it, with the '/' */
	struct slice above; /* the component before */
	const char *name;
};

static bool has(struct slice s, const char *text)
{
	return !text || memmem(s.p, s.len, text, strlen(text));
}

/* What is left of S between BEFORE and AFTER, at least a byte. */
static bool between(struct slice s, const char *before, const char *after,
		    struct slice *ret)
{
	size_t head = before ? strlen(before) : 0;
	size_t tail = after ? strlen(after) : 0;

	if (s.len <= head + tail || (head && memcmp(s.p, before, head) != 0) ||
	    (tail && memcmp(s.p + s.len - tail, after, tail) != 0))
		return false;

	*ret = (struct slice){ s.p + head, s.len - head - tail };
	return true;
}

static bool hex_take(struct slice *s)
{
	struct slice rest;

	for (size_t i = 0; i < HEX_LEN; i++)
		if (i == s->len || !s->p[i] ||
		    !strchr("0123456789abcdef", s->p[i]))
			return false;

	rest = (struct slice){ s->p + HEX_LEN, s->len - HEX_LEN };
	s->len = HEX_LEN;
	return rest.len == 0 || slice_is(rest, ".scope");
}

static bool pattern_match(const struct pattern *p, const struct part *in,
			  struct slice *ret)
{
	if (p->above && !slice_is(in->above, p->above))
		return false;
	if (!has(in->path, p->within) ||
	    !between(slice_of(in->name), p->before, p->after, ret))
		return false;

	return p->form != FORM_HEX || hex_take(ret);
}

/* "\x2d" is '-'; it is the only one that a valid id may have. */
static void id_set(const struct pattern *p, struct slice id, struct guess *ret)
{
	autostr struct str text = { 0 };
	struct slice rest;

	while (id.len) {
		if (p->form == FORM_UNIT && between(id, "\\x2d", NULL, &rest)) {
			str_adds(&text, "-");
			id = rest;
			continue;
		}
		str_add(&text, id.p++, 1);
		id.len--;
	}

	if (!text.err && id_valid(str_text(&text)))
		(void)snprintf(ret->id, sizeof(ret->id), "%s", text.text);
}

/* "user.slice:docker:ID" is what a runtime is told that leaves cgroups to
 * systemd. One that does not do so makes a cgroup of that very name. */
static void name_put(struct slice component, struct str *out)
{
	struct slice kind = component;
	struct slice slice;
	struct slice id;

	if (slice_until(&kind, ':', &slice)) {
		id = kind;
		if (slice_until(&id, ':', &kind) && id.len) {
			str_addf(out, "%.*s-%.*s.scope", (int)kind.len, kind.p,
				 (int)id.len, id.p);
			return;
		}
	}

	str_add(out, component.p, component.len);
}

static bool part_match(const struct pattern *list, size_t count,
		       const struct part *in, struct guess *ret)
{
	struct slice id;

	for (size_t i = 0; i < count; i++) {
		if (!pattern_match(&list[i], in, &id))
			continue;
		ret->runtime = list[i].runtime;
		if (list[i].form != FORM_NONE)
			id_set(&list[i], id, ret);
		return true;
	}

	return false;
}

/* The outermost container: what is further in may be its own work. Returns how
 * much of PATH leads to it and is its name. */
static size_t path_match(const struct pattern *list, size_t count,
			 const char *path, struct guess *ret)
{
	struct part in = { .above = { "", 0 } };
	struct slice rest = slice_of(path ? path : "");
	struct slice component;

	in.path = (struct slice){ rest.p, 0 };
	while (slice_until(&rest, '/', &component)) {
		autostr struct str name = { 0 };

		name_put(component, &name);
		in.path.len = (size_t)(component.p - in.path.p);
		in.name = str_text(&name);
		if (part_match(list, count, &in, ret))
			return in.path.len + component.len;
		in.above = component;
	}

	return 0;
}

void guess_container(const char *cgroup, const char *bundle, struct guess *ret)
{
	*ret = (struct guess){ .runtime = "-" };

	/* The bundle is more precise: many engines share a cgroup's name. */
	if (!path_match(of_bundle, ARRAY_SIZE(of_bundle), bundle, ret))
		ret->len = path_match(of_cgroup, ARRAY_SIZE(of_cgroup), cgroup,
				      ret);
}
