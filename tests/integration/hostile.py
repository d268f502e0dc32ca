#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a container may do with its own mounts, against whoever repairs them.

usage: hostile.py ATTACK [ARGUMENT]...

  umount PATH...   lazily, which umount(8) cannot do without a /proc
  root DIR COUNT   move /proc into DIR, make DIR the root, and COUNT copies of
                   the namespace
"""

import ctypes
import os
import sys
import time

MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE = 1 << 12, 1 << 13, 1 << 14, 1 << 18
MNT_DETACH = 2
CLONE_NEWNS = 0x20000

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def encoded(path):
    return path if path is None or isinstance(path, bytes) else path.encode()


def mount(source, target, kind, flags=0):
    check(libc.mount(encoded(source), encoded(target), encoded(kind), flags,
                     None), f"mount {target}")


def umount(target):
    check(libc.umount2(encoded(target), MNT_DETACH), f"umount {target}")


def ready():
    print("ready", flush=True)
    while True:
        time.sleep(900)


def umount_all(*paths):
    for path in paths:
        umount(path)


def root(where, count):
    """mount(8) and pivot_root(8) could not be run with such a root."""
    for name in ("proc", "old"):
        os.stat(f"{where}/{name}")
    mount("/proc", f"{where}/proc", None, MS_MOVE)
    check(libc.pivot_root(encoded(where), encoded(f"{where}/old")), "pivot")
    for _ in range(int(count)):
        if os.fork() == 0:
            check(libc.unshare(CLONE_NEWNS), "unshare")
            time.sleep(900)
    time.sleep(0.3)
    ready()


def main():
    attack, *arguments = sys.argv[1:]
    attacks = {"umount": umount_all, "root": root}
    attacks[attack](*arguments)


main()
