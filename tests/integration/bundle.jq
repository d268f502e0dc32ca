# The config.json of a test's container, of what make_bundle passes. It has what
# `runc spec` gives a container, the host's programs and our hook.

# mount DESTINATION, TYPE, [OPTION...]
def mount($destination; $type; $options):
	{$destination, $type, source: $type, options: $options};

["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"] as $capabilities
| ["nosuid", "noexec", "nodev"] as $harmless
| {
	path: $hook,
	args: ([$hook, "--run-dir", $run]
		+ ($options | split(" ") | map(select(. != "")))),
	env: ["PATH=/usr/bin:/bin"]
} as $ours
| {
	ociVersion: "1.0.2",
	hostname: "test",
	root: {path: $rootfs, readonly: false},
	process: {
		terminal: false,
		user: {uid: 0, gid: 0},
		cwd: "/",
		args: ["sleep", "900"],
		env: [
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"TERM=xterm"
		],
		capabilities: {
			bounding: $capabilities,
			effective: $capabilities,
			permitted: $capabilities,
			ambient: $capabilities
		},
		rlimits: [{type: "RLIMIT_NOFILE", hard: 1024, soft: 1024}],
		noNewPrivileges: true
	},
	mounts: [
		mount("/proc"; "proc"; []),
		mount("/dev"; "tmpfs";
			["nosuid", "strictatime", "mode=755", "size=65536k"]),
		mount("/dev/pts"; "devpts"; ["nosuid", "noexec", "newinstance",
			"ptmxmode=0666", "mode=0620", "gid=5"]),
		mount("/dev/shm"; "tmpfs";
			$harmless + ["mode=1777", "size=65536k"]),
		mount("/dev/mqueue"; "mqueue"; $harmless),
		mount("/sys"; "sysfs"; $harmless + ["ro"]),
		mount("/sys/fs/cgroup"; "cgroup"; $harmless + ["relatime", "ro"]),
		($binds | split("\n")[] | split(" ") | {source: .[0],
			destination: .[1], type: "bind", options: ["rbind", "ro"]})
	],
	hooks: {createRuntime: [$ours], poststop: [$ours]},
	linux: {
		cgroupsPath: $cgroup,
		resources: {devices: [{allow: false, access: "rwm"}]},
		namespaces: ["pid", "network", "ipc", "uts", "mount",
			# As the runtimes do, for there it is of use.
			(if $v2 == "" then empty else "cgroup" end)
			| {type: .}],
		maskedPaths: ["/proc/acpi", "/proc/asound", "/proc/kcore",
			"/proc/keys", "/proc/latency_stats", "/proc/timer_list",
			"/proc/timer_stats", "/proc/sched_debug",
			"/sys/firmware", "/proc/scsi"],
		readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq",
			"/proc/sys", "/proc/sysrq-trigger"]
	}
}
