#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever shares a root directory with a container, or its mount namespace,
exchanges its /proc while the hook is at work.

usage: race.py ROOT names|mounts

names: ROOT/proc is exchanged with links, a directory and a file. mounts: what
is mounted there is moved away, unmounted and covered; in the container's mount
namespace. It begins when it reads a byte, and ends at the next, with all where
it belongs; then it says how often it did anything.
"""

import os
import select
import sys

from hostile import MS_BIND, MS_MOVE, exchange, mount, umount


def other_names(root):
    """What /proc is exchanged with, and back."""
    names = [f"{root}/proc.{i}" for i in range(1, 5)]
    os.symlink("/proc", names[0])
    os.symlink("real", names[1])
    os.makedirs(f"{names[2]}/pressure")
    for name in ("meminfo", "stat", "uptime", "pressure/cpu"):
        with open(f"{names[2]}/{name}", "wb"):
            pass
    with open(names[3], "wb"):
        pass

    def there_and_back(name):
        exchange(f"{root}/proc", name)
        exchange(f"{root}/proc", name)

    return [lambda name=name: there_and_back(name) for name in names]


def other_mounts(root):
    proc, real = f"{root}/proc", f"{root}/real"

    def away():
        mount(proc, real, None, MS_MOVE)
        mount(real, proc, None, MS_MOVE)

    def new():
        umount(proc)
        mount("proc", proc, "proc")

    def links():
        mount("none", proc, "tmpfs")
        os.symlink("/etc/passwd", f"{proc}/meminfo")
        os.symlink("/etc", f"{proc}/pressure")
        umount(proc)

    def over(what, kind, source="none"):
        mount(source, f"{proc}/{what}", kind, 0 if kind else MS_BIND)
        umount(f"{proc}/{what}")

    return [away, new, links, lambda: over("pressure", "tmpfs"),
            lambda: over("meminfo", None, "/etc/passwd"), away]


def main():
    root, kind = sys.argv[1:3]
    steps = {"names": other_names, "mounts": other_mounts}[kind](root)
    print("ready", flush=True)
    while os.read(0, 1):
        count = 0
        while not select.select([0], [], [], 0)[0]:
            steps[count % len(steps)]()
            count += 1
        os.read(0, 1)
        print(count, flush=True)


main()
