#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a container may do with its own mounts, against whoever repairs them.

usage: hostile.py ATTACK [ARGUMENT]...

  copies COUNT     make COUNT copies of the namespace
  umount PATH...   lazily, which umount(8) cannot do without a /proc
  root DIR COUNT   move /proc into DIR, make DIR the root, and COUNT copies of
                   the namespace
  many DIR COUNT SOURCE EVERY
                   mount the file SOURCE COUNT times at names of all kinds,
                   every EVERYth of 4,000 bytes
  stack PATH SOURCE COUNT
                   mount the file SOURCE on PATH, one on the other
  cover            mount things over /proc, /sys and what is in them
  links            exchange directories that lead to our files for links
  move             carry our files to places with odd names and back

The last three go on until there is a file /run/stop.
"""

import ctypes
import itertools
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


def copies(count):
    made, make = os.pipe()
    for _ in range(int(count)):
        if os.fork() == 0:
            check(libc.unshare(CLONE_NEWNS), "unshare")
            os.write(make, b".")
            time.sleep(900)
    for _ in range(int(count)):
        os.read(made, 1)
    ready()


def root(where, count):
    """mount(8) and pivot_root(8) could not be run with such a root."""
    for name in ("proc", "old"):
        os.stat(f"{where}/{name}")
    mount("/proc", f"{where}/proc", None, MS_MOVE)
    check(libc.pivot_root(encoded(where), encoded(f"{where}/old")), "pivot")
    copies(count)


def each_until_stop(*steps):
    """Over and over; what fails because of somebody else, fails."""
    print("ready", flush=True)
    done = failed = 0
    for step in itertools.cycle(steps):
        if os.path.exists("/run/stop"):
            break
        try:
            step()
            done += 1
        except OSError:
            failed += 1
    print(done, "done,", failed, "failed")


def covered(target, kind, source=None):
    """Mount something there and take it away again."""
    mount(source or "none", target, kind, 0 if kind else MS_BIND)
    umount(target)


def tmpfs_with_links(target):
    mount("none", target, "tmpfs")
    try:
        for name in ("meminfo", "stat", "pressure", "devices"):
            os.symlink("/etc/passwd", f"{target}/{name}")
    finally:
        umount(target)


def cover():
    os.makedirs("/tmp/fake/pressure", exist_ok=True)
    for name in ("meminfo", "stat", "uptime", "pressure/cpu"):
        with open(f"/tmp/fake/{name}", "w", encoding="ascii") as file:
            file.write("MemTotal: 1 kB\n")
    each_until_stop(
        lambda: covered("/proc/meminfo", None, "/tmp/fake/meminfo"),
        lambda: covered("/proc/stat", None, "/proc/meminfo"),
        lambda: covered("/proc/pressure", "tmpfs"),
        lambda: covered("/proc", None, "/tmp/fake"),
        lambda: tmpfs_with_links("/proc"),
        lambda: covered("/proc", "proc"),
        lambda: covered("/sys/devices/system/cpu", None, "/tmp/fake"),
        lambda: tmpfs_with_links("/sys"),
        lambda: umount("/proc/swaps"),
        lambda: covered("/", "tmpfs"))


def many(where, count, source, every):
    long = encoded(where) + (b"/" + b"n" * 250) * 15
    for top in (encoded(where), long):
        os.makedirs(top, exist_ok=True)
    for i in range(int(count)):
        top = encoded(where) if (i + 1) % int(every) else long
        name = ODD[i % (len(ODD) - 1)]
        target = b"%s/%d%s" % (top, i, name)
        with open(target, "wb"):
            pass
        mount(source, target, None, MS_BIND)
    print("ready", flush=True)


def stack(path, source, count):
    for _ in range(int(count)):
        mount(source, path, None, MS_BIND)
    print("ready", flush=True)


def exchange(one, other):
    check(libc.renameat2(-100, encoded(one), -100, encoded(other), 2),
          "exchange")


def links():
    """/tmp/a/b/stat is ours, and "/tmp/a" and "b" are links at times."""
    os.makedirs("/tmp/a/b", exist_ok=True)
    os.makedirs("/tmp/other/b", exist_ok=True)
    for name in ("/tmp/a/b/stat", "/tmp/other/b/stat", "/tmp/other/stat"):
        with open(name, "wb"):
            pass
    mount("/proc/stat", "/tmp/a/b/stat", None, MS_MOVE)
    os.symlink("/etc", "/tmp/link")
    os.symlink("/tmp/other/b", "/tmp/a/link")
    each_until_stop(lambda: exchange("/tmp/a", "/tmp/link"),
                    lambda: exchange("/tmp/a/b", "/tmp/a/link"),
                    lambda: exchange("/tmp/a", "/tmp/other"))


ODD = (b"with blanks", b"new\nline", b"tab\t", b"back\\slash",
       b"\\040not a blank", b"\\012", b"quote\"'", b"bad \xff\xc3 utf-8",
       b"\x1b[31mred", b"\xe2\x80\xaegnp", b"#", b"a//deleted"[:1] + b"(deleted)",
       b"n" * 255)


def move():
    """Two of ours are carried from one odd name to the next."""
    places = []
    for name in ODD:
        places.append(b"/tmp/odd/" + name)
        os.makedirs(b"/tmp/odd", exist_ok=True)
        with open(places[-1], "wb"):
            pass
    at = {b"/proc/uptime": b"/proc/uptime", b"/proc/stat": b"/proc/stat"}

    def carry(what):
        target = places[carry.next % len(places)]
        carry.next += 1
        mount(at[what], target, None, MS_MOVE)
        at[what] = target

    carry.next = 0
    each_until_stop(*(lambda what=what: carry(what) for what in at))


def main():
    attack, *arguments = sys.argv[1:]
    attacks = {"umount": umount_all, "root": root,
               "copies": copies, "cover": cover,
               "links": links, "move": move, "many": many,
               "stack": stack}
    attacks[attack](*arguments)


if __name__ == "__main__":
    main()
