#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""flood.py MOUNT CGROUP COUNT: enter COUNT cgroups below CGROUP (in each
hierarchy) in turn, keep a file of MOUNT open from each, and read them all:
each where it was opened, for a file tells about nobody else."""
import os
import sys
import time


def hierarchies():
    """Where a container would have a cgroup of its own."""
    if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
        return ["/sys/fs/cgroup"]
    return [d for d in ("/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/memory",
                        "/sys/fs/cgroup/pids", "/sys/fs/cgroup/unified")
            if os.path.exists(d + "/cgroup.procs")]


def enter(tops, path):
    for top in tops:
        os.makedirs(top + path, exist_ok=True)
        with open(top + path + "/cgroup.procs", "w") as f:
            f.write(str(os.getpid()))


def main():
    mount, cgroup, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    tops = hierarchies()
    fds = []
    failed = 0
    for i in range(count):
        enter(tops, "/%s/%d" % (cgroup, i))
        fds.append(os.open(mount + "/proc/uptime", os.O_RDONLY))
    time.sleep(6)  # the daemon looks at all of them each 5 s
    fds.append(os.open(mount + "/proc/uptime", os.O_RDONLY))
    for i, fd in enumerate(fds):
        enter(tops, "/%s/%d" % (cgroup, min(i, count - 1)))
        try:
            failed += len(os.read(fd, 100).split()) != 2
        except OSError as error:
            failed += 1
            print("file %d: %s" % (i, error))
    print("%d of %d reads failed" % (failed, len(fds)))
    enter(tops, "")
    for i in range(count):
        for top in tops:
            os.rmdir("%s/%s/%d" % (top, cgroup, i))
    sys.exit(failed != 0)


main()
