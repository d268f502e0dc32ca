/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "file.h"
#include "machine.h"
#include "oci.h"
#include "str.h"

#define STATES FIXTURES "/../fuzz/seeds/state/"

static int parse_state(const char *text, struct oci_state *s,
		       const char **wrong)
{
	return oci_state_parse(text, strlen(text), s, wrong);
}

/* As each runtime really sent it. */
static void understands_every_runtime(void **state)
{
	static const struct {
		const char *file;
		enum oci_stage stage;
		pid_t pid;
		bool annotations;
	} rows[] = {
		{ "cri-createRuntime", OCI_CREATE, 4750, true },
		{ "cri-prestart", OCI_CREATE, 4750, true },
		{ "crun-createRuntime", OCI_CREATE, 26512, false },
		{ "crun-poststop", OCI_STOPPED, 0, false },
		{ "crun-prestart", OCI_CREATE, 26512, false },
		{ "ctr-createRuntime", OCI_CREATE, 23070, false },
		{ "ctr-prestart", OCI_CREATE, 23070, false },
		{ "ctrcfg-createRuntime", OCI_CREATE, 23190, false },
		{ "docker-createRuntime", OCI_CREATE, 23673, false },
		{ "docker-prestart", OCI_CREATE, 23673, false },
		{ "podman-createContainer", OCI_INSIDE, 0, true },
		{ "podman-createRuntime", OCI_CREATE, 16257, true },
		{ "podman-poststop", OCI_STOPPED, 0, true },
		{ "podman-prestart", OCI_CREATE, 16257, true },
		{ "runc-createRuntime", OCI_CREATE, 21756, false },
		{ "runc-poststop", OCI_STOPPED, 0, false },
		{ "runc-prestart", OCI_CREATE, 21756, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostate struct oci_state s = { 0 };
		autostr struct str path = { 0 };
		autostr struct str text = { 0 };
		const char *wrong;

		str_addf(&path, STATES "%s.json", rows[i].file);
		assert_int_equal(
			file_read(AT_FDCWD, path.text, OCI_STATE_MAX, &text),
			0);
		if (parse_state(text.text, &s, &wrong) != 0)
			fail_msg("%s: %s", path.text, wrong);
		assert_int_equal(s.stage, rows[i].stage);
		assert_int_equal(s.pid, rows[i].pid);
		assert_int_equal(s.annotations != NULL, rows[i].annotations);
		assert_int_equal(*s.bundle, '/');
	}
}

#define ID     "\"id\":\"a\""
#define BUNDLE ",\"bundle\":\"/b\""

static void knows_the_stage(void **state)
{
	static const struct {
		const char *text;
		enum oci_stage stage;
	} rows[] = {
		{ "{" ID BUNDLE ",\"pid\":7}", OCI_CREATE },
		{ "{" ID ",\"bundlePath\":\"/b\",\"pid\":7}", OCI_CREATE },
		{ "{" ID BUNDLE "}", OCI_STOPPED },
		{ "{" ID "}", OCI_STOPPED },
		{ "{" ID ",\"pid\":0,\"status\":\"stopped\"}", OCI_STOPPED },
		{ "{" ID ",\"pid\":9,\"status\":\"stopped\"}", OCI_STOPPED },
		{ "{" ID BUNDLE ",\"pid\":0,\"status\":\"created\"}",
		  OCI_INSIDE },
		{ "{" ID BUNDLE ",\"pid\":1,\"status\":\"creating\"}",
		  OCI_INSIDE },
		{ "{" ID BUNDLE ",\"pid\":9,\"status\":\"running\"}",
		  OCI_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostate struct oci_state s = { 0 };
		const char *wrong;

		assert_int_equal(parse_state(rows[i].text, &s, &wrong), 0);
		if (s.stage != rows[i].stage)
			fail_msg("%s: %d", rows[i].text, s.stage);
	}
}

static void names_what_is_wrong(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *wrong;
	} rows[] = {
		{ "", -EINVAL, NULL },
		{ "{", -EINVAL, NULL },
		{ "[]", -EINVAL, NULL },
		{ "{}", -ENOENT, "id" },
		{ "{\"id\":7}", -EINVAL, "id" },
		{ "{\"id\":\"\"}", -EINVAL, "id" },
		{ "{\"id\":\"a/b\"}", -EINVAL, "id" },
		{ "{\"id\":\"..\"}", -EINVAL, "id" },
		{ "{" ID ",\"pid\":\"7\"}", -EINVAL, "pid" },
		{ "{" ID ",\"pid\":-1}", -EINVAL, "pid" },
		{ "{" ID ",\"pid\":2147483648}", -EINVAL, "pid" },
		{ "{" ID ",\"pid\":99999999999999999999}", -EINVAL, "pid" },
		{ "{" ID ",\"status\":7}", -EINVAL, "status" },
		{ "{" ID ",\"pid\":7}", -ENOENT, "bundle" },
		{ "{" ID ",\"pid\":7,\"bundle\":\"b\"}", -EINVAL, "bundle" },
		{ "{" ID ",\"pid\":7,\"bundle\":[]}", -EINVAL, "bundle" },
		{ "{" ID BUNDLE ",\"pid\":7,\"annotations\":[]}", -EINVAL,
		  "annotations" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostate struct oci_state s = { 0 };
		const char *wrong;

		if (parse_state(rows[i].text, &s, &wrong) != rows[i].r)
			fail_msg("taken: %s", rows[i].text);
		if (rows[i].wrong)
			assert_string_equal(wrong, rows[i].wrong);
		else
			assert_null(wrong);
	}
}

static void reads_the_root_of_config(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *wrong;
	} rows[] = {
		{ "{}", -ENOENT, "root" },
		{ "{\"root\":\"/x\"}", -EINVAL, "root" },
		{ "{\"root\":{}}", -ENOENT, "root.path" },
		{ "{\"root\":{\"path\":\"\"}}", -EINVAL, "root.path" },
		{ "{\"root\":{\"path\":1}}", -EINVAL, "root.path" },
		{ "{\"root\":{\"path\":\"a\\u0000b\"}}", -EINVAL, "root.path" },
		{ "{\"root\":{\"path\":\"a\"},\"annotations\":7}", -EINVAL,
		  "annotations" },
		{ "{\"root\":{\"path\":\"rootfs\",\"x\":1},\"y\":[[]]}", 0,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autooci struct oci_config c = { 0 };
		const char *wrong;
		int r = oci_config_parse(rows[i].text, strlen(rows[i].text), &c,
					 &wrong);

		if (r != rows[i].r)
			fail_msg("%s: %d", rows[i].text, r);
		if (r < 0)
			assert_string_equal(wrong, rows[i].wrong);
		else
			assert_string_equal(c.root, "rootfs");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands_every_runtime),
		cmocka_unit_test(knows_the_stage),
		cmocka_unit_test(names_what_is_wrong),
		cmocka_unit_test(reads_the_root_of_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
