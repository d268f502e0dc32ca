/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base.h"
#include "guess.h"

#define HEX   "9687bac58d5c4d1606aa46af33d1a21c1d1652e0ac9fb3fc0fc86e3495f42869"
#define OTHER "e8c29da1a2f6c4bb032304f7dfbc5a767e026092c4a2fcbc830e58565f972f54"
#define UID   "9c4f6c1e-6d0b-4b4e-8a63-6c5f2f1c8a11"
#define UID_  "9c4f6c1e_6d0b_4b4e_8a63_6c5f2f1c8a11"
#define POD   "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"

struct row {
	const char *path;
	const char *runtime;
	const char *id;
};

static const struct row cgroups[] = {
	{ "/docker/" HEX, "docker", HEX },
	{ "/docker/" HEX "/init.scope", "docker", HEX },
	{ "/system.slice/docker-" HEX ".scope", "docker", HEX },
	{ "/system.slice/docker-" HEX ".scope/system.slice/cron.service",
	  "docker", HEX },
	{ "/system.slice:docker:" HEX, "docker", HEX },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" HEX
	  ".scope",
	  "docker", HEX },
	/* Kubernetes in Docker, Docker in Docker: the outer one */
	{ "/docker/" HEX "/kubelet/kubepods/pod" UID "/" OTHER, "docker", HEX },
	{ "/docker/" HEX "/docker/" OTHER, "docker", HEX },
	/* a cgroup parent of the user's */
	{ "/ecs/4f0c1c4c/" HEX, "-", HEX },

	{ POD UID_ ".slice/cri-containerd-" HEX ".scope", "containerd", HEX },
	{ POD UID_ ".slice/cri-containerd-" HEX ".scope/init.scope",
	  "containerd", HEX },
	{ "/kubepods/burstable/pod" UID "/" HEX, "containerd", HEX },
	{ "/kubepods/pod" UID "/" HEX, "containerd", HEX },
	{ POD UID_ ".slice/" HEX, "containerd", HEX },
	{ "/system.slice/containerd.service/kubepods-burstable-pod" UID_
	  ".slice:cri-containerd:" HEX,
	  "containerd", HEX },
	{ "/kubelet/kubepods/besteffort/pod" UID "/" HEX, "containerd", HEX },
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" UID_
	  ".slice/cri-containerd-" HEX ".scope",
	  "containerd", HEX },
	{ "/k8s.io/" HEX, "containerd", HEX },
	{ "/kubepods/burstable/pod" UID, "-", "" },
	{ POD UID_ ".slice", "-", "" },

	{ POD UID_ ".slice/crio-" HEX ".scope", "cri-o", HEX },
	{ POD UID_ ".slice/crio-" HEX ".scope/container", "cri-o", HEX },
	{ "/kubepods/burstable/pod" UID "/crio-" HEX, "cri-o", HEX },
	{ POD UID_ ".slice/crio-conmon-" HEX ".scope", "-", "" },

	{ "/machine.slice/libpod-" HEX ".scope", "podman", HEX },
	{ "/machine.slice/libpod-" HEX ".scope/container", "podman", HEX },
	{ "/libpod_parent/libpod-" HEX, "podman", HEX },
	{ "/machine.slice/machine-libpod_pod_" OTHER ".slice/libpod-" HEX
	  ".scope/container",
	  "podman", HEX },
	{ "/system.slice/nginx.service/libpod-payload-" HEX, "podman", HEX },
	{ "/machine.slice/libpod-conmon-" HEX ".scope", "-", "" },
	{ "/libpod_parent/conmon", "-", "" },
	{ "/machine.slice/machine-libpod_pod_" OTHER ".slice", "-", "" },

	{ "/system.slice/nerdctl-" HEX ".scope", "nerdctl", HEX },
	{ "/default/" HEX, "nerdctl", HEX },
	{ "/default/web", "-", "" },
	{ "/isulad/" HEX, "isulad", HEX },
	{ "/pouch/" HEX, "pouch", HEX },
	{ "/docker/buildkit/x3qz8sdqw4v2ljkq5fn9y1abc", "buildkit",
	  "x3qz8sdqw4v2ljkq5fn9y1abc" },

	{ "/lxc.payload.c1", "lxc", "c1" },
	{ "/lxc.payload.user-1000_web-01/init.scope", "lxc",
	  "user-1000_web-01" },
	{ "/lxc.payload.mail/system.slice/docker-" HEX ".scope", "lxc",
	  "mail" },
	{ "/machine.slice/lxc.payload.c1.scope/ns", "lxc", "c1" },
	{ "/lxc/c1/system.slice/cron.service", "lxc", "c1" },
	{ "/user.slice/user-0.slice/session-1.scope/lxc/c1", "lxc", "c1" },
	{ "/lxc.payload/c1/init.scope", "lxc", "c1" },
	{ "/lxc.monitor.c1", "-", "" },
	{ "/lxc.monitor/c1", "-", "" },
	{ "/lxc.pivot", "-", "" },
	{ "/lxc.payload.a b/docker/" HEX, "lxc", "" },

	{ "/machine.slice/machine-deb\\x2d12.scope/payload", "nspawn",
	  "deb-12" },
	{ "/machine.slice/machine-deb.scope", "nspawn", "deb" },
	{ "/machine.slice/systemd-nspawn@deb\\x2d12.service/payload/init.scope",
	  "nspawn", "deb-12" },
	{ "/machine.slice/machine-a\\x20b.scope", "nspawn", "" },
	{ "/machine.slice/machine-a\\x2.scope", "nspawn", "" },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
	  "-", "" },

	{ "", "-", "" },
	{ "/", "-", "" },
	{ "//", "-", "" },
	{ "/resview-test/a", "-", "" },
	{ "/system.slice/cron.service", "-", "" },
	{ "/docker", "-", "" },
	{ "/docker/", "-", "" },
	{ "/docker/" HEX "0", "-", "" },
	{ "/system.slice/docker-.scope", "-", "" },
	{ "/system.slice/docker-9687.scope", "-", "" },
	{ "/system.slice/docker-" HEX ".mount", "-", "" },
	{ "/lxc.payload.", "-", "" },
	{ "/lxc/..", "lxc", "" },
	{ "/::", "-", "" },
	{ "/a:b:", "-", "" },
};

#define SHIM "/run/containerd/io.containerd.runtime.v2.task/"

static const struct row bundles[] = {
	{ SHIM "moby/" HEX, "docker", HEX },
	{ SHIM "k8s.io/" HEX, "containerd", HEX },
	{ SHIM "default/" HEX, "nerdctl", HEX },
	{ SHIM "default/web", "containerd", "web" },
	{ "/run/docker/containerd/daemon/io.containerd.runtime.v2.task/"
	  "moby/" HEX,
	  "docker", HEX },
	{ "/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/" HEX,
	  "containerd", HEX },
	{ "/run/containerd/io.containerd.runtime.v1.linux/k8s.io/" HEX,
	  "containerd", HEX },
	{ "/run/docker/libcontainerd/" HEX, "docker", HEX },
	{ "/var/lib/pouch/containerd/state/io.containerd.runtime.v1.linux/"
	  "default/" HEX,
	  "pouch", HEX },
	{ "/run/containers/storage/overlay-containers/" HEX "/userdata",
	  "cri-o", HEX },
	{ "/var/lib/containers/storage/overlay-containers/" HEX "/userdata",
	  "podman", HEX },
	{ "/home/a/.local/share/containers/storage/vfs-containers/" HEX
	  "/userdata",
	  "podman", HEX },
	{ "/var/lib/isulad/engines/lcr/" HEX, "isulad", HEX },
	{ "/srv/bundles/web", "-", "" },
	{ "", "-", "" },
};

static void check(const char *path, const struct guess *got,
		  const struct row *want)
{
	if (strcmp(got->runtime, want->runtime) != 0 ||
	    strcmp(got->id, want->id) != 0)
		fail_msg("%s: %s \"%s\", not %s \"%s\"", path, got->runtime,
			 got->id, want->runtime, want->id);
}

static void knows_cgroups(void **state)
{
	struct guess got;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cgroups); i++) {
		guess_container(cgroups[i].path, NULL, &got);
		check(cgroups[i].path, &got, &cgroups[i]);
	}
}

static void knows_bundles(void **state)
{
	struct guess got;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bundles); i++) {
		guess_container(NULL, bundles[i].path, &got);
		check(bundles[i].path, &got, &bundles[i]);
	}
}

static void believes_the_bundle_first(void **state)
{
	static const struct row moby = { "", "docker", HEX };
	static const struct row own = { "", "containerd", HEX };
	struct guess got;

	(void)state;
	guess_container("/kubepods/pod" UID "/" HEX, SHIM "moby/" HEX, &got);
	check("both", &got, &moby);
	guess_container("/kubepods/pod" UID "/" HEX, "/srv/web", &got);
	check("one", &got, &own);
}

static void an_id_has_an_end(void **state)
{
	char path[400] = "/lxc/";
	struct guess got;

	(void)state;
	memset(path + 5, 'x', RECORD_ID_MAX);
	guess_container(path, NULL, &got);
	assert_int_equal(strlen(got.id), RECORD_ID_MAX);

	memset(path + 5, 'x', RECORD_ID_MAX + 1);
	guess_container(path, NULL, &got);
	assert_string_equal(got.id, "");
	assert_string_equal(got.runtime, "lxc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_cgroups),
		cmocka_unit_test(knows_bundles),
		cmocka_unit_test(believes_the_bundle_first),
		cmocka_unit_test(an_id_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
