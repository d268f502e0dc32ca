/* SPDX-License-Identifier: Apache-2.0 */
/* The worker gives its rights away. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "bare.h"
#include "base.h"
#include "log.h"
#include "syscalls.h"

/* A thousand containers with sixty files each. The kernel's table for so many
 * takes 512 KiB; pinned fds make it that large. */
#define FILES_MAX 65536
#define PINS      8

static const char going_on[] = "serving without that";

static size_t limit_now(void)
{
	struct rlimit now = { 0 };

	return getrlimit(RLIMIT_NOFILE, &now) == 0 ? now.rlim_cur : 0;
}

size_t sandbox_limit_files(void)
{
	struct rlimit now;
	struct rlimit lim = { .rlim_cur = FILES_MAX, .rlim_max = FILES_MAX };

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return 0;

	/* Only the privileged may raise what they may raise it to. */
	if (now.rlim_max > FILES_MAX)
		lim.rlim_max = now.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &lim) < 0) {
		lim = now;
		lim.rlim_cur = min_u64(lim.rlim_max, FILES_MAX);
		(void)setrlimit(RLIMIT_NOFILE, &lim);
	}

	return sub_floor(limit_now(), PINS);
}

int sandbox_pin(int *fd)
{
	int least = (int)sub_floor(limit_now(), PINS);
	int pinned = fcntl(*fd, F_DUPFD_CLOEXEC, least);

	if (pinned < 0)
		return -errno;

	close(*fd);
	*fd = pinned;
	return 0;
}

/* From here on no fd gets the number of one that is pinned. Returns the least
 * such number or -errno. */
static int close_numbers(void)
{
	rlim_t most = sub_floor(limit_now(), PINS);
	const struct rlimit lim = { most, most };

	return setrlimit(RLIMIT_NOFILE, &lim) < 0 ? -errno : (int)most;
}

/* Leaving a chroot takes a directory fd whose ".." leads out (ours do not, but
 * before Linux 5.2) or the capability, which is dropped. */
static int change_root(int dir)
{
	if (fchdir(dir) < 0 || chroot(".") < 0)
		return -errno;

	return 0;
}

/* By the kernel's own calls: what is wanted is two structs and three numbers,
 * for which libcap would be one more library to load and to trust. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];
	const unsigned word = CAP_TO_INDEX(CAP_SYS_PTRACE);

	/* What an exec could give back, which is refused anyway: as far as we
	 * may. */
	for (unsigned long c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		(void)prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

	if (syscall(SYS_capget, &head, caps) < 0)
		return -errno;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		unsigned kept = i == word ? CAP_TO_MASK(CAP_SYS_PTRACE) : 0;

		caps[i].permitted &= kept;
		caps[i].effective = caps[i].permitted;
		caps[i].inheritable = 0;
	}

	return syscall(SYS_capset, &head, caps) < 0 ? -errno : 0;
}

/* Log that PART cannot be had, if R says so. */
static unsigned missing(int r, const char *part)
{
	if (r >= 0)
		return 0;

	(void)log_warning(r, going_on, "sandbox: %s", part);
	return 1;
}

/* A pinned directory is good for a filter on its number: nothing else will have
 * that, and nothing outside of it is reached by it. */
static bool good(int fd, int least, bool is_root)
{
	return fd >= 0 && least >= 0 && fd >= least && (is_root || bare_is(fd));
}

unsigned sandbox_enter(const struct sandbox *s)
{
	struct sandbox pinned = *s;
	int least = close_numbers();
	/* Where ".." of the registry leads out of it, it is made the root,
	 * which nothing leads out of: records are all that there is to find. */
	bool bare = bare_is(s->registry);
	int rooted = change_root(bare ? s->root : s->registry);
	unsigned n = missing(least, "limit open files");

	n += missing(rooted, "change the root directory");
	if (!good(s->registry, least, !bare && rooted == 0))
		pinned.registry = -1;
	if (!good(s->triggers, least, false))
		pinned.triggers = -1;
	if (pinned.registry != s->registry)
		n += missing(-ENOTSUP, "keep the right to remove records");
	if (pinned.triggers < 0 && s->triggers >= 0)
		n += missing(-ENOTSUP, "keep the right to set PSI triggers");

	n += missing(drop_capabilities(), "drop capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		n += missing(-errno, "allow no new privileges");
	n += missing(syscalls_restrict(&pinned), "restrict system calls");
	return n;
}
